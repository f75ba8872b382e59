#include "server/app/knowledge_commands.hpp"

#include "server/app/cli.hpp"
#include "server/app/training_clock.hpp"

#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

/// `sponsio knowledge`: what ages, for a database whose server may be running.
namespace sponsio::app {
namespace {

using domain::Json;

struct Arguments {
    DatabaseOptions database;
    std::vector<std::filesystem::path> files;
    std::string key, version;
    std::filesystem::path training_clock;
    bool json = false;
};

Outcome<std::string> content_of(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        return fault(problem::invalid, "The file " + path.string() + " cannot be read.",
                     "无法读取文件 " + path.string() + "。");
    return std::move(text).str();
}

void print(Arguments const& a, Json const& document) {
    if (a.json) {
        std::cout << json::write(document) << "\n";
        return;
    }
    auto const text = [&](char const* name) {
        Json const* value = document.find(name);
        return value && value->is_string() ? value->as_string() : std::string();
    };
    Json const* counts = document.find("counts");
    std::cout << text("kind") << "  " << text("key") << "  " << text("version") << "  "
              << (text("given_at").empty() ? "carried" : "given " + text("given_at")) << "  "
              << (counts && !counts->as_bool() ? "superseded" : "counts") << "\n  source: " << text("source")
              << "\n  sha256: " << text("digest_sha256") << "\n";
}

void add(Arguments const& a) {
    auto const clock = must(clock_from(a.training_clock));
    with_session(a.database, [&](db::PgSession& db) -> Outcome<void> {
        for (auto const& file : a.files) {
            auto given = give_file(db, file, clock->now());
            if (!given) return given.error();
            print(a, service::view(given->document));
        }
        return {};
    });
}

void list(Arguments const& a) {
    with_session(a.database, [&](db::PgSession& db) -> Outcome<void> {
        for (Json const& document : service::known_documents(db)) print(a, document);
        return {};
    });
}

void show(Arguments const& a) {
    with_session(a.database, [&](db::PgSession& db) -> Outcome<void> {
        auto all = domain::carried_documents();
        for (store::GivenDocument& given : store::given_knowledge(db))
            all.push_back(std::move(given.document));
        for (auto const& document : all) {
            if (document.key != a.key || document.version != a.version) continue;
            std::cout << document.bytes << std::flush;
            return {};
        }
        return fault(problem::not_found,
                     "There is no " + a.key + " " + a.version + "; list them with: sponsio knowledge list",
                     "没有 " + a.key + " " + a.version + "，可用 sponsio knowledge list 查看。");
    });
}

/// The refusal of a file, which it names.
Fault not_taken(std::filesystem::path const& file, Fault refused) {
    refused.detail.en =
        file.string() + " is not taken: " +
        (refused.detail.en.empty() ? std::string(refused.problem->en) + "." : refused.detail.en);
    refused.detail.zh =
        "未采用 " + file.string() + "：" +
        (refused.detail.zh.empty() ? std::string(refused.problem->zh) + "。" : refused.detail.zh);
    refused.cause.clear();
    return refused;
}

CLI::App* leaf(CLI::App& parent, char const* name, char const* about, std::shared_ptr<Arguments> const& a,
               void (*body)(Arguments const&)) {
    auto* command = parent.add_subcommand(name, about);
    add_database_options(*command, a->database);
    command->callback([a, body] { body(*a); });
    return command;
}

}  // namespace

Outcome<service::Given> give_file(db::PgSession& db, std::filesystem::path const& file, Instant now) {
    auto bytes = content_of(file);
    if (!bytes) return bytes.error();
    auto given = service::give_knowledge(db, std::move(*bytes), std::nullopt, now);
    if (!given) return not_taken(file, given.error());
    return given;
}

Outcome<domain::Knowledge> open_knowledge(Database const& database,
                                          std::vector<std::filesystem::path> const& calendars,
                                          Clock const& clock) {
    try {
        db::PgSession session(database.connection());
        auto given = service::in_transaction(session, [&](db::PgSession& db) -> Outcome<void> {
            for (auto const& file : calendars)
                if (auto one = give_file(db, file, clock.now()); !one) return one.error();
            return {};
        });
        if (!given) return given.error();
        auto known = service::knowledge_here(session);
        if (known) return known;
        Fault broken = known.error();
        broken.detail.en =
            "A document that was given to this database does not fit what this program carries; give "
            "a higher version of it with: sponsio knowledge add. " +
            broken.detail.en;
        broken.detail.zh = "此前提供的内容与本程序自带内容不符，请用 sponsio knowledge add 提供更高版本。" +
                           broken.detail.zh;
        return broken;
    } catch (db::DbError const& error) {
        return db::fault_of(error);
    }
}

Outcome<domain::Knowledge> knowledge_with_files(std::vector<std::filesystem::path> const& files) {
    std::vector<domain::KnowledgeDocument> given;
    auto known = domain::Knowledge::of(given);
    for (auto const& file : files) {
        auto bytes = content_of(file);
        if (!bytes) return bytes.error();
        auto document = domain::knowledge_document(std::move(*bytes));
        if (!document) return not_taken(file, document.error());
        known = domain::knowledge_with(given, *document);
        if (!known) return not_taken(file, known.error());
        given.push_back(std::move(*document));
    }
    return known;
}

void add_knowledge_commands(CLI::App& app) {
    auto const a = std::make_shared<Arguments>();
    auto* knowledge = app.add_subcommand(
        "knowledge", "What ages: calendars, regions, rule packs, lists of proofs that may not be demanded");
    knowledge->require_subcommand(1);
    auto* give =
        leaf(*knowledge, "add",
             "Gives documents, in the form of schema/, to the database: they count in every server on it "
             "within seconds, and after every later start",
             a, add);
    give->add_option("files", a->files, "JSON files; which kind each is shows in it")
        ->type_name("FILE")
        ->required()
        ->check(CLI::ExistingFile);
    give->add_option("--training-clock", a->training_clock, "As given to serve")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    give->add_flag("--json", a->json, "Answers with one JSON document for each");
    leaf(*knowledge, "list", "Lists what the program carries and what was given, and what counts", a, list)
        ->add_flag("--json", a->json, "Answers with one JSON document for each");
    auto* one = leaf(*knowledge, "show", "Prints a document exactly as it was given", a, show);
    one->add_option("key", a->key, "As listed: cn-2027, cn-regions, cn-national")->required();
    one->add_option("version", a->version, "As listed")->required();
}

}  // namespace sponsio::app
