#include "server/service/window/service.hpp"

#include "crypto/random.hpp"
#include "server/base/form.hpp"
#include "server/base/internal.hpp"
#include "server/db/error.hpp"
#include "server/service/findings/view.hpp"
#include "server/service/listings/service.hpp"
#include "server/service/objections/view.hpp"
#include "server/service/parties/access_service.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/history_view.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/store/commitments.hpp"
#include "server/store/organisations.hpp"
#include "server/store/personal_queries.hpp"
#include "server/store/publicity.hpp"
#include "server/store/records.hpp"
#include "server/store/removals.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

constexpr domain::Length long_text{.max = 4000};
constexpr int most_of_a_kind = 200;  ///< of what the overview lists
constexpr int latest_sign_ins = 20;
constexpr std::string_view visit_prefix = "sponsio_case_";

Fault not_this_case() {
    return fault(
        problem::unauthenticated,
        "The case code, the name and the document do not belong together. Compare them with the prior "
        "notice and the document.",
        "案件查询码、姓名（名称）与证件号码不相符，请与事先告知书和证件核对。");
}

Fault too_often() {
    Fault refusal = fault(problem::throttled, "Too many wrong tries; go on in an hour, or ask at the unit.",
                          "尝试次数过多，请一小时后再试，或者到认定单位查询。");
    refusal.retry_after = CaseWindow::of_tries;
    return refusal;
}

bool has(std::vector<Bytes> const& terms, std::vector<std::uint8_t> const& one) {
    return std::ranges::any_of(terms, [&](Bytes const& term) { return std::ranges::equal(term, one); });
}

template <class Body>
auto in_words(Body body) -> decltype(body()) {
    try {
        return body();
    } catch (db::DbError const& error) {
        bool const open = error.constraint() == "objection_open" || error.constraint() == "repair_open";
        if (error.kind() != db::ErrorKind::unique || !open) throw;
        return fault(problem::conflict, "What you filed about this record before is still being handled.",
                     "此前就该记录提交的申请尚在办理中。");
    }
}

Outcome<RecordId> own_record(db::PgSession& db, CaseVisitor const& visitor) {
    if (auto const record = store::record_of_finding(db, visitor.session.finding)) return *record;
    return fault(problem::conflict, "There is no record in this case.", "本案没有信用记录。");
}

/// Who asked, for what and on what; which official it was, the unit knows.
Json query_for_subject(db::PgSession& db, store::PersonalQueryRow const& row) {
    auto const organisation = store::organisation_by_id(db, row.query.organisation);
    return JsonObject{{"at", to_rfc3339(row.query.at)},
                      {"organisation_name", organisation ? Json(organisation->name) : Json()},
                      {"purpose", domain::word(row.query.purpose)},
                      {"grant_id", or_null(row.query.grant)},
                      {"fields", json::Array(row.query.fields.begin(), row.query.fields.end())}};
}

}  // namespace

OwnStatement OwnStatement::read(domain::Fields& fields) {
    return {fields.text("text", long_text)};
}

void CaseWindow::count(Attempt outcome) const {
    if (!parts_.metrics) return;
    char const* const word = outcome == Attempt::opened    ? "opened"
                             : outcome == Attempt::refused ? "refused"
                                                           : "limited";
    parts_.metrics->case_window_sign_ins.with({word}).add();
}

// -------------------------------------------------------------------------------------------------- the door
Async<Json> CaseWindow::sign_in(domain::CaseSignIn who, std::string network, Deadline deadline) {
    // The same work is done for every try, whatever comes of it.
    auto const documents = parts_.terms.of_document(who.document.value());
    auto const names = parts_.terms.of_name(who.name);
    auto const code = crypto::sha256(as_bytes(who.code));
    auto const address = parts_.vault.prove("case_attempt.address", network).value;
    auto work = [=, this](db::PgSession& session) -> Outcome<Json> {
        Instant const now = parts_.clock.now();
        NewSecret const secret = make_secret(visit_prefix);
        auto const tried = in_transaction(
            session, [&](db::PgSession& db) -> Outcome<std::pair<Attempt, std::optional<Instant>>> {
                auto const before = store::refused_attempts(db, code, address, now - of_tries);
                if (before.of_code >= tries_of_code || before.of_address >= tries_of_address)
                    return std::pair{Attempt::limited, std::optional<Instant>{}};
                auto const found = store::case_of_code(db, code);
                bool const is_theirs = found && is_proven(parts_.vault, found->code) &&
                                       has(documents, found->committer_index) &&
                                       has(names, found->committer_name_index);
                store::insert(db, store::CaseAttempt{
                                      .at = now,
                                      .code = code,
                                      .address = address,
                                      .opened = is_theirs,
                                      .finding = found ? std::optional(found->code.finding) : std::nullopt});
                if (!is_theirs) return std::pair{Attempt::refused, std::optional<Instant>{}};
                store::CaseSessionRow const row{.id = new_id<CaseSessionId>(now),
                                                .finding = found->code.finding,
                                                .subject = found->code.subject,
                                                .token = secret.digest,
                                                .opened_at = now,
                                                .expires_at = now + longest_visit};
                insert_proven(db, parts_.vault, row);
                tell_made(db, "case session", row.id.raw(), std::nullopt, now);
                return std::pair{Attempt::opened, std::optional(row.expires_at)};
            });
        if (!tried) return tried.error();
        count(tried->first);
        if (tried->first == Attempt::limited) return too_often();
        if (tried->first == Attempt::refused) return not_this_case();
        return Json(JsonObject{{"token", secret.text}, {"expires_at", to_rfc3339(tried->second.value())}});
    };
    return parts_.db.run(deadline, std::move(work));
}

Async<std::shared_ptr<CaseVisitor const>> CaseWindow::visitor(std::string_view token, Deadline deadline) {
    return parts_.db.run(
        deadline,
        [this,
         digest = token_digest(token)](db::PgSession& db) -> Outcome<std::shared_ptr<CaseVisitor const>> {
            auto row = store::live_session(db, digest, parts_.clock.now());
            if (!row || !is_proven(parts_.vault, *row))
                return fault(problem::unauthenticated,
                             "Sign in to your case (signInToCase); a visit ends after 30 minutes.",
                             "请先凭案件查询码登录（signInToCase）；每次登录三十分钟内有效。");
            auto const finding = store::finding_by_id(db, row->finding);
            if (!finding) return internal("finding of a session");
            return std::make_shared<CaseVisitor const>(
                CaseVisitor{std::move(*row), finding->organisation, finding->commitment_code});
        });
}

Async<void> CaseWindow::sign_out(Caller<CaseVisitor> const& caller) {
    return parts_.db.run(caller.deadline, [this, caller](db::PgSession& db) -> Outcome<void> {
        store::CaseSessionRow row = caller.who->session;
        change_proven(db, parts_.vault, row, [&](auto& session) { session.ended_at = parts_.clock.now(); });
        return {};
    });
}

// --------------------------------------------------------------------------------------------------- reading
Outcome<Json> CaseWindow::view(db::PgSession& db, CaseVisitor const& visitor) const {
    Instant const now = parts_.clock.now();
    auto const finding = store::finding_by_id(db, visitor.session.finding);
    auto const unit = store::organisation_by_id(db, visitor.organisation);
    if (!finding || !unit) return internal("finding of a session");
    auto own = own_finding_view(db, parts_.vault, *finding);
    if (!own) return own.error();
    json::Array publicity, objections, repairs, removals, sign_ins;
    Json record, listings = json::Array{};
    if (auto const id = store::record_of_finding(db, finding->id)) {
        auto const row = store::record_by_id(db, *id);
        if (!row) return internal("record of a finding");
        record = JsonObject{{"record_id", id->text()},
                            {"issued_at", to_rfc3339(row->issued_at)},
                            {"status", or_null(row->status)}};
        for (auto const& one :
             store::publicity_after(db, {visitor.organisation, {}, *id, {}, most_of_a_kind}))
            publicity.push_back(JsonObject{{"state", domain::word(one.state)},
                                           {"published_at", or_null(one.published_at)},
                                           {"until", to_iso(last_day(one.ends_at))},
                                           {"rule", one.rule},
                                           {"ended_at", or_null(one.ended_at)},
                                           {"ended_why", or_null(one.ended_why)}});
        listings = own_listings_view(db, visitor.organisation, *id, most_of_a_kind);
        for (auto const& one : store::objections_after(db, {{}, {}, *id, {}, most_of_a_kind})) {
            auto shown = own_objection_view(db, parts_.vault, one, now);
            if (!shown) return shown.error();
            objections.push_back(std::move(*shown));
        }
        for (auto const& one : store::repairs_after(db, {{}, {}, *id, {}, most_of_a_kind})) {
            auto shown = RepairService::own_view(db, parts_.vault, one, now);
            if (!shown) return shown.error();
            repairs.push_back(std::move(*shown));
        }
        for (auto const& one : store::removals_after(db, {{}, {}, {}, *id, {}, most_of_a_kind}))
            removals.push_back(
                JsonObject{{"measure", domain::word(one.measure)},
                           {"state", domain::word(one.state)},
                           {"ordered_at", to_rfc3339(one.ordered_at)},
                           {"due_on", one.due_at ? Json(to_iso(last_day(*one.due_at))) : Json()},
                           {"waiting", store::receivers_waiting(db, one.id)},
                           {"ended_at", or_null(one.ended_at)}});
    }
    for (auto const& one : store::attempts_about(db, finding->id, latest_sign_ins))
        sign_ins.push_back(JsonObject{{"at", to_rfc3339(one.at)}, {"opened", one.opened}});
    JsonObject answer{{"filing_id", finding->id.text()},
                      {"unit_uscc", unit->uscc},
                      {"unit_name", unit->name},
                      {"expires_at", to_rfc3339(visitor.session.expires_at)}};
    for (json::Member const& member : *own) answer.add(member.key, member.value);
    answer.add("record", std::move(record))
        .add("publicity", std::move(publicity))
        .add("listings", std::move(listings))
        .add("objections", std::move(objections))
        .add("repairs", std::move(repairs))
        .add("removals", std::move(removals))
        .add("sign_ins", std::move(sign_ins));
    return Json(std::move(answer));
}

Async<Json> CaseWindow::overview(Caller<CaseVisitor> const& caller) {
    return parts_.db.run(caller.deadline, [this, caller](db::PgSession& session) -> Outcome<Json> {
        return in_snapshot(session, [&](db::PgSession& db) { return view(db, *caller.who); });
    });
}

Async<Json> CaseWindow::paper(Caller<CaseVisitor> const& caller, DocumentId id) {
    return parts_.db.run(caller.deadline, [this, caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const paper = store::document_by_id(db, id);
        if (!paper || paper->document.finding != caller.who->session.finding)
            return fault(problem::not_found);
        if (!is_for_subject(*paper, store::documents_of(db, paper->document.finding)))
            return fault(problem::not_found);
        return document_view(db, parts_.vault, *paper);
    });
}

Async<Page> CaseWindow::queries(Caller<CaseVisitor> const& caller, std::int64_t after, int limit) {
    return parts_.db.run(caller.deadline, [caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        auto const commitment = store::commitment_by_code(db, caller.who->commitment_code);
        if (!commitment) return internal("commitment of a finding");
        Page page;
        for (auto const& row : store::personal_queries_after(
                 db, {.after = after, .of = {}, .subject = {commitment->committer_index}, .limit = limit}))
            page.add(query_for_subject(db, row), std::to_string(row.id));
        return page;
    });
}

// -----------------------------------------------------------------------------------------------------
// filing
/// Files in one transaction, once a key: `act(db, visitor)` returns the id under which files are added.
template <class Act>
Async<Created> CaseWindow::file(Caller<CaseVisitor> const& caller, RequestOnce once, Act act) {
    return parts_.db.run(caller.deadline, [this, caller, once = std::move(once),
                                           act = std::move(act)](db::PgSession& session) {
        auto made = in_words([&]() -> Outcome<Created> {
            return create_once(
                session, parts_.vault, KeyOwner(caller.who->session.subject), once, parts_.clock.now(),
                [&](db::PgSession& db) -> Outcome<Made> {
                    Outcome<Uuid> const id = act(db, *caller.who);
                    if (!id) return id.error();
                    auto answer = view(db, *caller.who);
                    if (!answer) return answer.error();
                    return Made{"/public/v1/my-case/filings/" + id->text(), std::move(*answer)};
                });
        });
        if (made && parts_.leaves_waiting) parts_.leaves_waiting();
        return made;
    });
}

/// A step of the finding that the subject itself takes; the files of it are added to the finding.
Async<Created> CaseWindow::speak(Caller<CaseVisitor> const& caller, RequestOnce once,
                                 std::function<Outcome<void>(FindingCase&)> step) {
    return file(caller, std::move(once),
                [this, step = std::move(step)](db::PgSession& db, CaseVisitor const& who) -> Outcome<Uuid> {
                    auto row = store::lock_finding(db, who.session.finding);
                    if (!row) return fault(problem::not_found);
                    FindingCase one(db, parts_.findings, std::move(*row), nullptr, parts_.clock.now(),
                                    who.session.subject);
                    if (auto done = step(one); !done) return done.error();
                    one.save();
                    return who.session.finding.raw();
                });
}

Async<Created> CaseWindow::state(Caller<CaseVisitor> const& caller, RequestOnce once,
                                 OwnStatement statement) {
    return speak(caller, std::move(once), [said = std::move(statement.text)](FindingCase& one) {
        return one.defend({.waived = false, .text = said});
    });
}

Async<Created> CaseWindow::ask_hearing(Caller<CaseVisitor> const& caller, RequestOnce once,
                                       OwnStatement request) {
    return speak(caller, std::move(once), [said = std::move(request.text)](FindingCase& one) {
        return one.request_hearing({.text = said});
    });
}

Async<Created> CaseWindow::object(Caller<CaseVisitor> const& caller, RequestOnce once,
                                  domain::OwnObjection objection) {
    return file(
        caller, std::move(once),
        [this, said = std::move(objection)](db::PgSession& db, CaseVisitor const& who) -> Outcome<Uuid> {
            auto const record = own_record(db, who);
            if (!record) return record.error();
            auto const id = parts_.objections.file_own(db, *record, said, who.session.subject);
            if (!id) return id.error();
            return id->raw();
        });
}

Async<Created> CaseWindow::apply(Caller<CaseVisitor> const& caller, RequestOnce once,
                                 domain::OwnRepair application) {
    return file(
        caller, std::move(once),
        [this, said = std::move(application)](db::PgSession& db, CaseVisitor const& who) -> Outcome<Uuid> {
            auto const record = own_record(db, who);
            if (!record) return record.error();
            auto const id = parts_.repairs.apply_own(db, *record, said, who.session.subject);
            if (!id) return id.error();
            return id->raw();
        });
}

// ----------------------------------------------------------------------------------------------------- files
Outcome<store::EvidenceHolder> CaseWindow::holder_of(db::PgSession& db, CaseVisitor const& visitor,
                                                     Uuid const& of) const {
    if (of == visitor.session.finding.raw()) return store::EvidenceHolder(visitor.session.finding);
    auto const record = store::record_of_finding(db, visitor.session.finding);
    auto const objection = store::objection_by_id(db, ObjectionId{of});
    auto const repair = store::repair_by_id(db, RepairId{of});
    if (record && ((objection && objection->record == *record) || (repair && repair->record == *record)))
        return store::EvidenceHolder(store::CaseFiles{of});
    return fault(problem::not_found);
}

std::shared_ptr<EvidenceIntake> CaseWindow::take_in() const {
    return take_in_evidence(parts_.vault, parts_.clock.now());
}

Async<void> CaseWindow::expects_evidence(Caller<CaseVisitor> const& caller, Uuid const& of) {
    return parts_.db.run(caller.deadline, [this, caller, of](db::PgSession& db) -> Outcome<void> {
        auto const holder = holder_of(db, *caller.who, of);
        if (!holder) return holder.error();
        return {};
    });
}

Async<Created> CaseWindow::add_evidence(Caller<CaseVisitor> const& caller, RequestOnce once, Uuid const& of,
                                        EvidenceUpload upload) {
    return parts_.db.run(caller.deadline,
                         [this, caller, once = std::move(once), of,
                          upload = std::move(upload)](db::PgSession& session) -> Outcome<Created> {
                             Instant const now = parts_.clock.now();
                             return create_once(session, parts_.vault, KeyOwner(caller.who->session.subject),
                                                once, now, [&](db::PgSession& db) -> Outcome<Made> {
                                                    auto const holder = holder_of(db, *caller.who, of);
                                                    if (!holder) return holder.error();
                                                    return keep_piece(
                                                        db, *holder,
                                                        "/public/v1/my-case/filings/" + of.text() + "/files",
                                                        std::nullopt, upload, now);
                                                });
                         });
}

}  // namespace sponsio::service
