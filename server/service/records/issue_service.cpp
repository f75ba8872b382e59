#include "server/service/records/issue_service.hpp"

#include "crypto/keys/signer.hpp"
#include "server/base/internal.hpp"
#include "server/base/log.hpp"
#include "server/service/records/status_places.hpp"
#include "server/service/unit/log_leaf.hpp"
#include "server/service/unit/transaction.hpp"

#include <algorithm>
#include <iterator>

namespace sponsio::service {
namespace {

using domain::DraftEvent;
using domain::DraftState;

/// Only a word goes into the event: the reason of a refusal must name no person.
Move by_the_system(std::string subject, Instant now, std::string why = {}) {
    Move move{.subject = std::move(subject), .actor = domain::System{}, .now = now};
    if (!why.empty()) move.why = std::move(why);
    return move;
}

store::FindingForRecord* find(std::vector<store::FindingForRecord>& rows, FindingId id) {
    auto const found = std::ranges::find(rows, id, &store::FindingForRecord::finding);
    return found == rows.end() ? nullptr : &*found;
}

/// The state of one of the locked drafts; nothing if it is not among them.
std::optional<DraftState> state_in(std::vector<std::pair<RecordId, DraftState>> const& states, RecordId id) {
    auto const found = std::ranges::find(states, id, &std::pair<RecordId, DraftState>::first);
    return found == states.end() ? std::nullopt : std::optional(found->second);
}

template <class Things>
std::vector<RecordId> ids_of(Things const& things) {
    std::vector<RecordId> ids;
    ids.reserve(things.size());
    for (auto const& thing : things) ids.push_back(thing.id);
    return ids;
}

}  // namespace

struct IssueService::Ready {
    store::RecordDraft row;
    OpenedFinding finding;
    LintedDraft token;
};

/// The work of one drafting transaction.
struct IssueService::Drafting {
    db::PgSession& db;
    Instant now;
    crypto::Signer const& signer;
    std::vector<store::RecordDraft> drafts{};
    std::vector<store::NewStatus> statuses{};
    Events events{};

    void store() const {
        store::insert_drafts(db, drafts);
        if (!statuses.empty()) store::insert_statuses(db, statuses, now);
        store::append(db, events);
    }
};

IssueService::IssueService(Parts parts, IssueOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      facts_(parts_.vault, parts_.matters, parts_.rules, parts_.calendar, options_.issuer) {}

Outcome<IssueCount> IssueService::round(Deadline deadline) {
    return parts_.db.run_blocking(deadline, [this](db::PgSession& db) { return round(db); });
}

Outcome<std::int64_t> IssueService::reconsider_refused(Deadline deadline) {
    return parts_.db.run_blocking(deadline, [](db::PgSession& db) {
        return in_transaction(db, [](db::PgSession& session) -> Outcome<std::int64_t> {
            return store::reconsider_refused(session);
        });
    });
}

/// Each step starts from the database, not from the result of the previous step. A crash anywhere is a pause:
/// the next round, in this process or another, goes on from the last commit.
Outcome<IssueCount> IssueService::round(db::PgSession& db) {
    IssueCount count;
    auto const drafted = draft_some(db);
    if (!drafted) return drafted.error();
    count.drafted = *drafted;
    issue_some(db, count);
    return count;
}

// ------------------------------------------------------------------------------------------ 1. the draft
Outcome<std::size_t> IssueService::draft_some(db::PgSession& db) {
    Instant const now = parts_.clock.now();
    auto const signer = parts_.signer(now);
    if (!signer) return signer.error();
    auto drafted = in_transaction(db, [&](db::PgSession& session) -> Outcome<std::size_t> {
        auto const findings = store::claim_effective_findings(session, options_.batch);
        if (findings.empty()) return std::size_t{0};
        auto rows = store::findings_for_records(session, findings);
        auto const on_record = store::findings_on_record(session, findings);
        auto const places = take_status_places(session, rows.size(), options_.status_list_size, now);
        Drafting drafting{session, now, **signer};
        for (FindingId finding : findings)
            if (!find(rows, finding)) refuse(session, finding, "facts_missing", now);
        for (std::size_t i = 0; i != rows.size(); ++i)
            draft_one(std::move(rows[i]), on_record, places[i], drafting);
        drafting.store();
        // After a crash before the commit the findings are on their list as before and are claimed again.
        options_.reached(IssuePoint::before_draft_commit);
        return findings.size();
    });
    // After a crash here, or a lost answer, the draft is stored and its finding off the list, so no second
    // draft is made; the next step finds it among the waiting drafts.
    if (drafted && *drafted != 0) options_.reached(IssuePoint::after_draft_commit);
    return drafted;
}

void IssueService::draft_one(store::FindingForRecord row, std::span<store::FindingOnRecord const> on_record,
                             store::StatusPlace place, Drafting& drafting) const {
    db::PgSession& db = drafting.db;
    Instant const now = drafting.now;
    crypto::Signer const& signer = drafting.signer;
    auto const id = new_id<RecordId>(now);
    FindingId const finding = row.finding;
    auto const opened = facts_.open(db, std::move(row), on_record);
    if (!opened) return refuse(db, finding, refusal_of(opened.error()), now);
    auto const facts = facts_.read(*opened, id, now, place);
    if (!facts) return refuse(db, finding, refusal_of(facts.error()), now);

    auto const document =
        DraftDocument::derive(*facts, signer.kid(), signer.algorithm(), crypto::system_entropy().array<32>());
    if (domain::Lint const* broken = domain::first_broken_lint(*facts, document.payload()))
        return refuse(db, finding, std::string(broken->id), now);

    std::string const bytes = document.canonical();
    drafting.drafts.push_back({.id = id,
                               .finding = finding,
                               .commitment_code = opened->row.commitment_code,
                               .organisation = opened->row.organisation,
                               .subject_index = opened->row.committer_index,
                               .kid = signer.kid(),
                               .to_be_signed = parts_.vault.seal(bytes, store::draft_label(id)),
                               .digest = crypto::sha256(as_bytes(bytes)),
                               .drafted_at = now});
    drafting.statuses.push_back({id, place});
    Move born_of = by_the_system(id.text(), now);
    born_of.organisation = opened->row.organisation;
    drafting.events.push_back(birth(domain::draft_lifecycle, born_of));
}

void IssueService::refuse(db::PgSession& db, FindingId finding, std::string const& rule, Instant now) const {
    parts_.metrics.lint_failures.with({rule}).add();
    log::warn("record.refused", {{log::Key::subject, finding}, {log::Key::rule, rule}});
    if (!store::refuse(db, finding, rule, now)) return;
    store::append(db, {.at = now,
                       .lifecycle = "credit record",
                       .subject = finding.text(),
                       .from = std::nullopt,
                       .event = "refuse",
                       .to = "refused",
                       .actor = domain::System{},
                       .why = rule,
                       .rule = std::nullopt});
}

// ----------------------------------------------------------------------------------- 2. the draft read again
void IssueService::issue_some(db::PgSession& db, IssueCount& count) {
    auto const signer = parts_.signer(parts_.clock.now());
    if (!signer) {
        count.failed = signer.error();
        return;
    }
    std::vector<Ready> ready = check(db, **signer, count);
    ready = announce(db, std::move(ready));
    // After a crash before the commit of the record the draft is announced and not issued. It is read,
    // linted, announced and signed again; the signature that was not stored was never shown to anybody.
    std::vector<IssuedRecord> records = sign(std::move(ready), **signer, count);
    store_all(db, records, count);
}

std::vector<IssueService::Ready> IssueService::check(db::PgSession& db, crypto::Signer const& signer,
                                                     IssueCount& count) {
    std::vector<Ready> ready;
    std::vector<store::RecordDraft> waiting =
        store::drafts_waiting(db, looked_at_, options_.batch, options_.share);
    // Drafts that cannot be issued now are tried again after the others.
    looked_at_.reset();
    if (waiting.size() == static_cast<std::size_t>(options_.batch)) looked_at_ = waiting.back().id;
    std::vector<FindingId> ids;
    ids.reserve(waiting.size());
    for (store::RecordDraft const& row : waiting) ids.push_back(row.finding);
    auto findings = store::findings_for_records(db, ids);
    auto const on_record = store::findings_on_record(db, ids);
    for (store::RecordDraft& row : waiting) {
        std::optional<OpenedFinding> opened;
        if (auto* finding = find(findings, row.finding))
            if (auto known = facts_.open(db, std::move(*finding), on_record)) opened = std::move(*known);
        auto verdict = inspect(row, opened, signer);
        if (auto* token = std::get_if<LintedDraft>(&verdict)) {
            ready.push_back({std::move(row), std::move(*opened), std::move(*token)});
        } else {
            set_aside(db, row, std::get<DraftDoubt>(verdict));
            ++count.set_aside;
        }
    }
    return ready;
}

std::variant<LintedDraft, DraftDoubt> IssueService::inspect(store::RecordDraft const& row,
                                                            std::optional<OpenedFinding> const& finding,
                                                            crypto::Signer const& signer) const {
    using enum DraftDoubt::Kind;
    auto document = parts_.vault.open(row.to_be_signed, store::draft_label(row.id));
    if (!document) return DraftDoubt{altered, "draft_unreadable"};
    // A draft without a status position is older than the status lists and is drafted anew.
    if (!finding || !row.status) return DraftDoubt{facts_changed, "facts_missing"};
    auto facts = facts_.read(*finding, row.id, row.drafted_at, *row.status);
    if (!facts) return DraftDoubt{facts_changed, "facts_missing"};
    auto verdict = lint_draft({std::move(*document), row.digest, row.kid}, std::move(*facts));
    // A draft for a key that has retired meanwhile is drafted anew for its successor.
    if (std::holds_alternative<LintedDraft>(verdict) && row.kid != signer.kid())
        return DraftDoubt{facts_changed, "key_retired"};
    return verdict;
}

void IssueService::set_aside(db::PgSession& db, store::RecordDraft const& row, DraftDoubt doubt) {
    Instant const now = parts_.clock.now();
    auto const done = in_transaction(db, [&](db::PgSession& session) -> Outcome<void> {
        auto const state = state_in(store::lock_drafts(session, std::span(&row.id, 1)), row.id);
        if (state != row.state) return {};  // another process was here
        bool const given_up = store::count_drafts(session, row.finding) >= options_.most_drafts;
        bool const for_a_person = doubt.kind == DraftDoubt::Kind::altered ||
                                  (doubt.kind == DraftDoubt::Kind::facts_changed && given_up);
        auto const to = step(session, domain::draft_lifecycle, *state,
                             for_a_person ? DraftEvent::refuse : DraftEvent::supersede, domain::NoFacts{},
                             by_the_system(row.id.text(), now, std::string(doubt.rule)));
        if (!to) return to.error();
        store::set_states(session, std::span(&row.id, 1), *to);
        if (for_a_person || doubt.kind == DraftDoubt::Kind::broken_rule)
            refuse(session, row.finding, std::string(doubt.rule), now);
        else
            store::release_finding(session, row.finding);
        return {};
    });
    if (!done) throw FaultError(done.error());
    log::warn("record.draft_set_aside", {{log::Key::id, row.id}, {log::Key::rule, doubt.rule}});
}

// --------------------------------------------------------------------------------------- 3. the signature
std::vector<IssueService::Ready> IssueService::announce(db::PgSession& db, std::vector<Ready> ready) {
    if (ready.empty()) return ready;
    Instant const now = parts_.clock.now();
    std::vector<bool> still(ready.size());
    auto const announced = in_transaction(db, [&](db::PgSession& session) -> Outcome<void> {
        std::vector<RecordId> ids;
        ids.reserve(ready.size());
        for (Ready const& one : ready) ids.push_back(one.row.id);
        // Locked, so that nobody moves an announced draft before the announcement is stored.
        auto const states = store::lock_drafts(session, ids);
        Events events;
        for (std::size_t i = 0; i != ready.size(); ++i) {
            auto const state = state_in(states, ids[i]);
            still[i] = state == DraftState::drafted;
            if (!still[i]) continue;  // another process was faster
            auto const to = step(events, domain::draft_lifecycle, *state, DraftEvent::begin_signing,
                                 domain::NoFacts{}, by_the_system(ids[i].text(), now, ready[i].row.kid));
            if (!to) return to.error();
        }
        store::append(session, events);
        // A crash before the commit: nothing was announced and no key was used.
        options_.reached(IssuePoint::before_signing_commit);
        return {};
    });
    if (!announced) throw FaultError(announced.error());
    options_.reached(IssuePoint::after_signing_commit);
    std::vector<Ready> kept;
    for (std::size_t i = 0; i != ready.size(); ++i)
        if (still[i]) kept.push_back(std::move(ready[i]));
    return kept;
}

std::vector<IssuedRecord> IssueService::sign(std::vector<Ready> ready, crypto::Signer const& signer,
                                             IssueCount& count) {
    std::vector<IssuedRecord> records;
    auto const published = ready.empty() ? crypto::KeyResolver() : parts_.published();
    for (Ready& one : ready) {
        log::info("record.signing", {{log::Key::id, one.row.id}});
        options_.reached(IssuePoint::before_signature);
        Outcome<SignedRecord> record = Fault{};
        try {
            record = sign_draft(std::move(one.token), signer, published);
        } catch (Failure const&) {
            record = internal("signer");
        }
        options_.reached(IssuePoint::after_signature);
        if (!record) {
            parts_.metrics.sign_errors.with({"record"}).add();
            log::error("record.not_signed",
                       {{log::Key::id, one.row.id}, {log::Key::cause, record.error().cause}});
            count.failed = record.error();
            continue;
        }
        parts_.metrics.signatures.with({"record"}).add();
        records.push_back({.id = one.row.id,
                           .position = 0,
                           .finding = one.row.finding,
                           .organisation = one.row.organisation,
                           .opened = std::move(one.finding),
                           .facts = std::move(record->facts),
                           .sd_jwt = std::move(record->sd_jwt)});
    }
    return records;
}

// ------------------------------------------------------------------------------------------- 4. the record
void IssueService::store_all(db::PgSession& db, std::vector<IssuedRecord>& records, IssueCount& count) {
    if (records.empty()) return;
    auto const together = store(db, records);
    if (together) {
        count.issued += *together;
        return;
    }
    if (records.size() == 1) {
        count.failed = together.error();
        return;
    }
    // One record whose report cannot be queued must not hold up the others: halving isolates it.
    auto const middle = records.begin() + static_cast<std::ptrdiff_t>(records.size() / 2);
    std::vector<IssuedRecord> rest(std::move_iterator(middle), std::move_iterator(records.end()));
    records.erase(middle, records.end());
    store_all(db, records, count);
    store_all(db, rest, count);
}

Outcome<std::size_t> IssueService::store(db::PgSession& db, std::vector<IssuedRecord>& records) {
    Instant const now = parts_.clock.now();
    auto stored = in_transaction(db, [&](db::PgSession& session) -> Outcome<std::size_t> {
        auto const issued = store::issue_drafts(session, ids_of(records));
        auto const others = std::ranges::stable_partition(records, [&](IssuedRecord const& record) {
            return std::ranges::find(issued, record.id) != issued.end();
        });
        std::span<IssuedRecord> const mine(records.begin(), others.begin());
        if (mine.empty()) return std::size_t{0};
        if (auto kept = store_rows(session, mine, now); !kept) return kept.error();
        // After a crash before the commit the position is free again, the draft waits,
        // and the hook's work is undone.
        options_.reached(IssuePoint::before_record_commit);
        return mine.size();
    });
    // After a crash here, or a lost answer, the draft is issued, so nothing signs it again, and its row is
    // unique (credit_record has the draft's primary key).
    if (stored && *stored != 0) {
        options_.reached(IssuePoint::after_record_commit);
        parts_.leaves_waiting();
    }
    return stored;
}

Outcome<void> IssueService::store_rows(db::PgSession& db, std::span<IssuedRecord> records,
                                       Instant now) const {
    std::int64_t position = store::take_positions(db, static_cast<std::int64_t>(records.size()));
    std::vector<store::CreditRecord> rows;
    std::vector<store::NewLeaf> leaves;
    Events events;
    for (IssuedRecord& record : records) {
        record.position = position++;
        std::string const& token = record.sd_jwt;
        rows.push_back({.id = record.id,
                        .position = record.position,
                        .organisation = record.organisation,
                        .sd_jwt = parts_.vault.seal(token, store::record_label(record.id)),
                        .digest = crypto::sha256(as_bytes(token)),
                        .issued_at = record.facts.issued_at});
        leaves.push_back(record_leaf(record.id, token, now));
        auto const to = step(events, domain::draft_lifecycle, DraftState::drafted, DraftEvent::issue,
                             domain::NoFacts{}, by_the_system(record.id.text(), now));
        if (!to) return to.error();
        events.push_back(birth(domain::record_lifecycle, {.subject = record.id.text(),
                                                          .actor = domain::System{},
                                                          .now = now,
                                                          .rule = record.facts.retention_rule}));
    }
    store::insert_records(db, rows);
    store::append(db, events);
    store::insert_leaves(db, leaves, now);
    return parts_.on_issued(db, records);
}

}  // namespace sponsio::service
