#include "server/app/cli.hpp"
#include "server/app/training_clock.hpp"
#include "server/service/keys/service.hpp"
#include "server/service/records/status.hpp"

#include <iostream>
#include <memory>

/// `sponsio record`: what an administrator may do with issued records.
namespace sponsio::app {
namespace {

struct Arguments {
    DatabaseOptions database;
    std::filesystem::path state, passphrase_file, training_clock;
    std::string record, status, why;
    bool json = false;
};

std::vector<std::string> words_of_a_status() {
    std::vector<std::string> words;
    for (auto const& row : words_of(domain::RecordStatus{})) words.emplace_back(row.text);
    return words;
}

std::unique_ptr<Clock const> clock_of(Arguments const& a) {
    if (a.training_clock.empty()) return std::make_unique<SystemClock>();
    return must(TrainingClock::open(a.training_clock));
}

service::KeyPlace keys_of(Arguments const& a) {
    auto place = service::KeyPlace::below(state_of(a.database, a.state));
    if (!a.passphrase_file.empty()) place.passphrase_file = a.passphrase_file;
    return place;
}

void set_status(Arguments const& a) {
    auto const record = RecordId::parse(a.record);
    if (!record) throw CommandFailed{"--record is the id of a record, as its jti says.", ExitCode::usage};
    auto const status = domain::from_word<domain::RecordStatus>(a.status);
    auto const clock = clock_of(a);
    auto const keys = must(service::KeyService::open_existing(keys_of(a), *clock));
    service::Vault const vault = keys->vault();
    with_session(a.database, [&](db::PgSession& session) -> Outcome<void> {
        auto const change = service::set_status(
            session, vault, {.record = *record, .status = *status, .why = a.why, .now = clock->now()});
        if (!change) return change.error();
        domain::JsonObject const said{{"record_id", record->text()},
                                      {"status", domain::word(change->status)},
                                      {"serial", std::int64_t{change->serial}},
                                      {"changed_at", to_rfc3339(change->changed_at)}};
        if (a.json)
            std::cout << json::write(said) << "\n";
        else
            std::cout << "Record " << record->text() << " is " << domain::word(change->status) << ".\n";
        return {};
    });
}

}  // namespace

void add_record_commands(CLI::App& app) {
    auto const a = std::make_shared<Arguments>();
    auto* record = app.add_subcommand("record", "Issued records");
    record->require_subcommand(1);
    auto* status = record->add_subcommand(
        "status",
        "Changes what the status list says of a record; the change is logged. A running server "
        "publishes it within a second");
    add_database_options(*status, a->database);
    add_state_options(*status, a->state, a->passphrase_file);
    status->add_option("--training-clock", a->training_clock, "As given to serve")->type_name("FILE");
    status->add_option("--record", a->record, "Id of the record")->type_name("ID")->required();
    status->add_option("--status", a->status, CLI::detail::join(words_of_a_status(), ", "))
        ->type_name("WORD")
        ->check(one_of(words_of_a_status()))
        ->required();
    status->add_option("--why", a->why, "A word or the number of a document, nothing personal")
        ->type_name("WORD")
        ->required();
    status->add_flag("--json", a->json, "Answers with a JSON document");
    status->callback([a] { set_status(*a); });
}

}  // namespace sponsio::app
