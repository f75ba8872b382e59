#include "server/app/cli.hpp"
#include "server/app/closed_lists.hpp"
#include "server/app/vocabulary.hpp"
#include "server/base/metrics.hpp"
#include "server/domain/catalogue.hpp"
#include "server/domain/lifecycles.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

/// `sponsio migrate`, and what prints the product's own tables: catalogue, rules, lifecycles, words,
/// problems.
namespace sponsio::app {
namespace {

void add_migrate(CLI::App& app) {
    struct Arguments {
        DatabaseOptions database;
        bool status = false;
    };

    auto const a = std::make_shared<Arguments>();
    auto* migrate = app.add_subcommand("migrate", "Brings a database to the version of this program");
    add_database_options(*migrate, a->database);
    migrate->add_flag("--status", a->status, "Only says what is applied; exit code 1 if something is not");
    migrate->callback([a] {
        Database const database = must(Database::reach(a->database, Database::Use::administer));
        auto options = must(db::embedded_migrations(database.owner_uri()));
        options.on_applied = [](db::Migration const& m) {
            std::cout << "applied " << m.version << " " << m.name << "\n";
        };
        if (!a->status) {
            int const applied = must(db::migrate(options));
            std::cout << (applied ? "The database is up to date now." : "The database was up to date.")
                      << "\n";
            return;
        }
        auto const status = must(db::migration_status(options));
        for (auto const& row : status.rows)
            std::cout << row.version << " " << row.name << " " << row.applied_at.value_or("not applied")
                      << "\n";
        if (!status.up_to_date)
            throw CommandFailed{
                in_own_language({"Not every migration is applied; apply them with: sponsio migrate",
                                 "尚有未应用的升级，请执行：sponsio migrate"})};
    });
}

void add_catalogue(CLI::App& app) {
    struct Arguments {
        std::string question;
        std::string language = "zh";
    };

    auto const a = std::make_shared<Arguments>();
    auto* catalogue = app.add_subcommand("catalogue", "The proofs that may not be demanded");
    catalogue->require_subcommand(1);
    auto* search = catalogue->add_subcommand("search", "May a resident be asked for this proof?");
    search->add_option("question", a->question, "What the proof is called")->required();
    search->add_option("--lang", a->language, "zh or en: the language of the answer")
        ->check(one_of({"zh", "en"}));
    search->callback([a] {
        auto const all = must(domain::Catalogue::from_resources());
        auto const hits = all.search(a->question, std::nullopt, china_date(SystemClock{}.now()), 3);
        if (hits.empty())
            throw CommandFailed{in_own_language(
                {"Nothing in the catalogue is called that; try another word, or list all: sponsio catalogue "
                 "list",
                 "清单中没有该名称的证明，请换一个说法，或者列出全部：sponsio catalogue list"})};
        bool const zh = a->language == "zh";
        for (auto const& hit : hits) {
            std::cout << hit.item->item_id << "  " << (zh ? hit.item->name.zh : hit.item->name.en) << "  ("
                      << hit.score << ")\n  " << (zh ? hit.item->answer.zh : hit.item->answer.en) << "\n";
            for (auto const& way : hit.item->ways)
                std::cout << "  - " << (zh ? way.text.zh : way.text.en) << "\n";
            for (auto const& exception : hit.item->exceptions)
                std::cout << "  ! " << (zh ? exception.text.zh : exception.text.en) << "\n";
        }
    });
    catalogue->add_subcommand("list", "Every item")->callback([] {
        auto const all = must(domain::Catalogue::from_resources());
        for (auto const& item : all.items())
            std::cout << item.item_id << "  " << item.name.zh << "  " << item.name.en << "\n";
    });
}

void add_documents(CLI::App& app) {
    app.add_subcommand("lifecycles", "Prints docs/lifecycles.md from the tables the server runs on")
        ->callback([] { std::cout << domain::lifecycles_document(); });
    auto const json = std::make_shared<bool>(false);
    auto* words = app.add_subcommand("words", "Prints docs/words.md: every closed list of words");
    words->add_flag("--json", *json, "Answers with one JSON document");
    words->callback([json] { std::cout << (*json ? words_json() + "\n" : words_document()); });
    app.add_subcommand("exit-codes", "Prints docs/exit-codes.md: what the program ends with")->callback([] {
        std::cout << exit_codes_document();
    });
    app.add_subcommand("problems", "Prints docs/errors.md: every kind of refusal")->callback([] {
        std::cout << errors_document();
    });
    app.add_subcommand("metrics", "Prints docs/metrics.md: every number at /metrics")->callback([] {
        std::cout << "# Metrics 指标\n\nPrinted by `sponsio metrics`; do not edit by hand. A family with "
                     "labels appears with its "
                     "first value.\n\n| name | kind | labels | what it is |\n|---|---|---|---|\n";
        for (MetricInfo const& info : all_metrics()) {
            std::cout << "| `" << info.name << "` | " << info.kind << " |";
            for (std::string_view const label : info.labels) std::cout << " `" << label << "`";
            std::cout << " | " << info.help << " |\n";
        }
    });
}

}  // namespace

void add_schema_commands(CLI::App& app) {
    add_migrate(app);
    add_catalogue(app);
    add_documents(app);
}

}  // namespace sponsio::app
