#include "server/app/cli.hpp"
#include "server/app/training_clock.hpp"
#include "server/service/keys/service.hpp"
#include "server/service/records/case.hpp"
#include "server/service/unit/row_proofs.hpp"

#include <iostream>
#include <memory>

/// `sponsio record`: what an administrator may do with issued records.
namespace sponsio::app {
namespace {

struct Arguments {
    DatabaseOptions database;
    std::filesystem::path state, passphrase_file, training_clock;
    std::string record, status, open, end, why;
    bool json = false;
};

std::unique_ptr<Clock const> clock_of(Arguments const& a) {
    if (a.training_clock.empty()) return std::make_unique<SystemClock>();
    return must(TrainingClock::open(a.training_clock));
}

service::KeyPlace keys_of(Arguments const& a) {
    auto place = service::KeyPlace::below(state_of(a.database, a.state));
    if (!a.passphrase_file.empty()) place.passphrase_file = a.passphrase_file;
    return place;
}

/// The one step that was asked for.
Outcome<void> change(service::RecordCase& record, Arguments const& a) {
    if (auto const cause = domain::from_word<domain::RecordCause>(a.open)) return record.open(*cause);
    if (auto const cause = domain::from_word<domain::RecordCause>(a.end)) return record.end(*cause);
    return record.show(domain::from_word<domain::RecordStatus>(a.status).value());
}

domain::Json words_of_open(domain::OpenCauses causes) {
    json::Array words;
    for (auto const& rule : domain::cause_rules())
        if (causes.has(rule.cause)) words.push_back(domain::word(rule.cause));
    return words;
}

void set_status(Arguments const& a) {
    auto const id = RecordId::parse(a.record);
    if (!id)
        throw CommandFailed{in_own_language({"--record is the id of a record, as its jti says.",
                                             "--record 为记录编号，见其 jti。"}),
                            ExitCode::usage};
    if (a.open.empty() && a.end.empty() && a.status.empty())
        throw CommandFailed{
            in_own_language({"Say what changes: --open CAUSE, --end CAUSE or --status WORD.",
                             "请说明更改内容：--open CAUSE、--end CAUSE 或者 --status WORD。"}),
            ExitCode::usage};
    auto const clock = clock_of(a);
    auto const keys = must(service::KeyService::open_existing(keys_of(a), *clock));
    service::Vault const vault = keys->vault();
    with_session(
        a.database,
        [&](db::PgSession& session) -> Outcome<void> {
            auto record = service::RecordCase::lock(
                session, vault,
                {.record = *id, .why = a.why, .actor = domain::System{}, .now = clock->now()});
            if (!record) return record.error();
            if (auto done = change(*record, a); !done) return done;
            auto const published = record->save();
            std::string_view const status = domain::word(record->status());
            domain::JsonObject const said{
                {"record_id", id->text()},
                {"status", status},
                {"causes", words_of_open(record->causes())},
                {"serial", published ? domain::Json(std::int64_t{published->serial}) : domain::Json()},
                {"changed_at", published ? domain::Json(to_rfc3339(published->changed_at)) : domain::Json()}};
            if (a.json)
                std::cout << json::write(said) << "\n";
            else
                std::cout << "Record " << id->text() << (published ? " is " : " stays ") << status << ".\n";
            return {};
        },
        service::row_prover(vault));
}

}  // namespace

void add_record_commands(CLI::App& app) {
    auto const a = std::make_shared<Arguments>();
    auto* record = app.add_subcommand("record", "Issued records");
    record->require_subcommand(1);
    auto* status = record->add_subcommand(
        "status",
        "Changes what the status list says of a record: opens or ends one of the causes that it is "
        "computed from, or makes one status the one that is shown. The change is logged; a running server "
        "publishes it within a second");
    add_database_options(*status, a->database);
    add_state_options(*status, a->state, a->passphrase_file);
    status->add_option("--training-clock", a->training_clock, "As given to serve")->type_name("FILE");
    status->add_option("--record", a->record, "Id of the record")->type_name("ID")->required();
    std::vector<std::string> const causes = list_of<domain::RecordCause>();
    std::vector<std::string> const statuses = list_of<domain::RecordStatus>();
    auto* open = status->add_option("--open", a->open, "Opens a cause: " + CLI::detail::join(causes, ", "))
                     ->type_name("CAUSE")
                     ->check(one_of(causes));
    auto* end = status->add_option("--end", a->end, "Ends a cause; those still open are shown again")
                    ->type_name("CAUSE")
                    ->check(one_of(causes));
    status
        ->add_option("--status", a->status,
                     "Opens the cause of a status and ends those that are stronger: " +
                         CLI::detail::join(statuses, ", "))
        ->type_name("WORD")
        ->check(one_of(statuses))
        ->excludes(open)
        ->excludes(end);
    open->excludes(end);
    status->add_option("--why", a->why, "A word or the number of a document, nothing personal")
        ->type_name("WORD")
        ->required();
    status->add_flag("--json", a->json, "Answers with a JSON document");
    status->callback([a] { set_status(*a); });
}

}  // namespace sponsio::app
