#pragma once

#include "server/app/database.hpp"
#include "server/service/knowledge/service.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <vector>

namespace sponsio::app {

/// Gives a file to the database. The fault's sentence names the file.
Outcome<service::Given> give_file(db::PgSession& db, std::filesystem::path const& file, Instant now);

/// What the program carries and what was given to this database; `calendars`, the files of --calendar, are
/// given now. The fault is a sentence for the operator.
Outcome<domain::Knowledge> open_knowledge(Database const& database,
                                          std::vector<std::filesystem::path> const& calendars,
                                          Clock const& clock);

/// What the program carries with these files laid over it, without any database.
Outcome<domain::Knowledge> knowledge_with_files(std::vector<std::filesystem::path> const& files);

/// knowledge: add, list, show.
void add_knowledge_commands(CLI::App& app);

}  // namespace sponsio::app
