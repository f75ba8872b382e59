#pragma once

#include "server/db/session.hpp"
#include "server/domain/knowledge.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Documents of knowledge that were given to the running system; they are kept for ever.
namespace sponsio::store {

struct GivenDocument {
    std::int32_t number = 0;  ///< set by the database, in the order in which they were given
    Uuid id;
    domain::KnowledgeDocument document;
    std::array<std::uint8_t, 32> digest{};  ///< SHA-256 of the bytes
    std::optional<AccountId> given_by;      ///< nobody: from the command line
    Instant given_at;
};

/// A lock, held until the transaction ends, so that documents are given one at a time.
void lock_given_knowledge(db::PgSession& db);
void insert(db::PgSession& db, GivenDocument const& document);
/// The documents, in the order in which they were given.
std::vector<GivenDocument> given_knowledge(db::PgSession& db);
/// The same of one kind without their bytes.
std::vector<GivenDocument> given_versions(db::PgSession& db, domain::KnowledgeKind kind);
/// The bytes of one version; nothing if it was not given.
std::optional<std::string> given_content(db::PgSession& db, domain::KnowledgeKind kind,
                                         std::string const& key, std::string const& version);
/// The number of the last one; 0 if there is none.
std::int32_t last_given_knowledge(db::PgSession& db);

}  // namespace sponsio::store
