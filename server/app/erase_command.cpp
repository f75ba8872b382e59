#include "reference/front/files.hpp"
#include "server/app/cli.hpp"
#include "server/app/server_keys.hpp"
#include "server/app/training_clock.hpp"
#include "server/domain/identity_document.hpp"
#include "server/service/erasure/steps.hpp"
#include "server/service/keys/service.hpp"
#include "server/service/unit/row_proofs.hpp"

#include <iostream>
#include <memory>

/// `sponsio erase`: what the operator asks to be erased. A second person confirms it over the API.
namespace sponsio::app {
namespace {

struct Arguments {
    DatabaseOptions database;
    std::filesystem::path state, passphrase_file, training_clock, document_file;
    std::string commitment, reason, basis;
    bool json = false;
};

std::unique_ptr<Clock const> clock_of(Arguments const& a) {
    if (a.training_clock.empty()) return std::make_unique<SystemClock>();
    return must(TrainingClock::open(a.training_clock));
}

void print(Arguments const& a, std::vector<store::ErasureRow> const& rows) {
    for (store::ErasureRow const& row : rows)
        if (a.json)
            std::cout << json::write(service::erasure_view(row)) << "\n";
        else
            std::cout << row.id.text() << "  " << row.commitment_code << "  " << domain::word(row.part)
                      << "  " << domain::word(row.state) << "\n";
}

std::unique_ptr<service::KeyService> keys_of(Arguments const& a, Clock const& clock) {
    return must(service::KeyService::open_existing(
        key_place(state_of(a.database, a.state), a.passphrase_file), clock));
}

/// The terms of the document in the file. A number on the command line would stand in the history of the
/// shell.
std::vector<Bytes> terms_of(Arguments const& a, service::KeyService const& keys, Clock const& clock) {
    std::string const text = must(front::read_file(a.document_file));
    auto const json = must(domain::parse_json(text));
    auto const document = must(domain::decode(domain::Json(domain::JsonObject{{"document", json}}),
                                              [today = china_date(clock.now())](domain::Fields& fields) {
                                                  return domain::optional_document(fields, today);
                                              }));
    return keys.person_terms().of_document(document.value());
}

void request(Arguments const& a) {
    if (a.commitment.empty() == a.document_file.empty())
        throw CommandFailed{
            in_own_language(
                {"Say what is to be erased: --commitment CODE, or --document-file FILE for all cases "
                 "of a person.",
                 "请指明销毁对象：--commitment CODE，或者 --document-file FILE（该人的全部案件）。"}),
            ExitCode::usage};
    auto const clock = clock_of(a);
    auto const draft =
        must(domain::decode(domain::Json(domain::JsonObject{{"reason", a.reason}, {"legal_basis", a.basis}}),
                            service::ErasureDraft::read));
    auto const keys = keys_of(a, *clock);
    service::Vault const vault = keys->vault();
    auto const terms = a.document_file.empty() ? std::vector<Bytes>{} : terms_of(a, *keys, *clock);
    std::vector<store::ErasureRow> rows;
    with_session(
        a.database,
        [&](db::PgSession& session) -> Outcome<void> {
            if (a.document_file.empty()) {
                auto row = service::request_erasure(session, a.commitment, draft, clock->now());
                if (!row) return row.error();
                rows.push_back(std::move(*row));
                return {};
            }
            auto all = service::request_erasures(session, terms, draft, clock->now());
            if (!all) return all.error();
            rows = std::move(*all);
            return {};
        },
        service::row_prover(vault));
    print(a, rows);
    if (!a.json)
        std::cout << in_own_language(
                         {"Nothing is erased until an administrator of the agency or above confirms it "
                          "(confirmErasure).",
                          "须经该单位或其上级单位的管理员确认（confirmErasure）后方才销毁。"})
                  << "\n";
}

void list(Arguments const& a) {
    std::vector<store::ErasureRow> rows;
    with_session(a.database, [&](db::PgSession& session) -> Outcome<void> {
        rows = store::erasures_after(session, std::nullopt, std::nullopt, 10'000);
        return {};
    });
    print(a, rows);
}

}  // namespace

void add_erase_commands(CLI::App& app) {
    auto const a = std::make_shared<Arguments>();
    auto* erase = app.add_subcommand("erase", "Erasure of what is known of a person");
    erase->require_subcommand(1);
    auto* ask = erase->add_subcommand("request",
                                      "Asks for the erasure of a case, or of all cases of a person; an "
                                      "administrator confirms it over the API");
    add_state_options(*ask, a->state, a->passphrase_file);
    ask->add_option("--training-clock", a->training_clock, "As given to serve")->type_name("FILE");
    ask->add_option("--commitment", a->commitment, "Code of the commitment")->type_name("CODE");
    ask->add_option(
           "--document-file", a->document_file,
           "File with the person's document as JSON: {\"type\": \"citizen_id\", \"number\": ...}; delete it "
           "afterwards")
        ->type_name("FILE")
        ->check(CLI::ExistingFile);
    std::vector<std::string> const reasons = list_of<domain::ErasureReason>();
    ask->add_option("--reason", a->reason, "Why: " + CLI::detail::join(reasons, ", "))
        ->type_name("WORD")
        ->check(one_of(reasons))
        ->required();
    ask->add_option("--basis", a->basis, "Legal basis: law and article, or the document that orders it")
        ->required();
    ask->callback([a] { request(*a); });
    auto* shown =
        erase->add_subcommand("list", "Lists erasures; one is finished when no copy can be opened any more");
    shown->callback([a] { list(*a); });
    for (CLI::App* leaf : {ask, shown}) {
        add_database_options(*leaf, a->database);
        leaf->add_flag("--json", a->json, "Answers with one JSON document for each");
    }
}

}  // namespace sponsio::app
