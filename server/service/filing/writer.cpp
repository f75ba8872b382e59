#include "server/service/filing/writer.hpp"

#include "server/service/filing/refusals.hpp"
#include "server/service/tasks/first_inquiry.hpp"
#include "server/service/tasks/open_ends.hpp"
#include "server/store/idempotency.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace sponsio::service {
namespace {

using domain::CommitmentState;
using domain::Json;

constexpr int serials_at_once = 256;
constexpr int most_attempts = 4;
/// This many rows are sent to the database at once, while the next ones are prepared.
constexpr std::size_t rows_ahead = 64;
constexpr std::size_t most_notices = 4096;  ///< remembered
/// What the event of a commitment says of one that came late; its content says why.
constexpr char const* entered_late = "entered late";

/// The coverage as its row stores it; nothing for full coverage.
std::optional<std::string> coverage_of(KnownMatter const& matter) {
    domain::Coverage const coverage = matter.content.verification.coverage;
    if (coverage == domain::Coverage::full) return std::nullopt;
    return std::string(domain::word(coverage));
}

store::FilingLookup question_about(std::span<Filing const> batch, bool with_keys, Instant now) {
    store::FilingLookup question;
    question.ended_by = now - store::key_lifetime;
    for (Filing const& filing : batch) {
        if (with_keys) {
            question.accounts.push(filing.who->account);
            question.keys.push(filing.once.key);
            if (filing.draft.client_reference) {
                question.organisations.push(filing.who->organisation);
                question.references.push(*filing.draft.client_reference);
            }
        }
        question.notices.push(filing.draft.notice);
        question.committers.push(filing.committer_index);
    }
    return question;
}

std::pair<std::span<db::Rows const>, std::span<db::Rows const>> split(std::span<db::Rows const> rows,
                                                                      std::size_t first) {
    return {rows.first(first), rows.subspan(first)};
}

}  // namespace

/// A filing prepared for storage, if it may be filed under this notice.
struct FilingWriter::Written {
    store::FilingNotice notice;
    std::shared_ptr<KnownMatter const> matter;
    std::string code;
    std::string text;
    Json document;
    crypto::Digest digest;
    store::SealedColumns sealed;
};

/// The work done while the database answers the lookup of a batch.
struct FilingWriter::Ahead {
    Instant now{};
    Serials serials{};
    std::vector<std::optional<Written>> written{};  ///< of the first filings of the batch

    std::optional<Written> take(std::size_t filing) {
        return filing < written.size() ? std::exchange(written[filing], std::nullopt) : std::nullopt;
    }
};

/// The rows of one transaction. They are dropped if it fails.
struct FilingWriter::Round {
    db::PgSession& db;
    Instant now;
    store::FilingContext context;
    LogWriter::Round log;
    FilingAlarms::Round alarms{};
    /// For matters with first-time verification: committers with an earlier commitment.
    std::vector<store::CommitterOfMatter> not_new{};
    Serials serials{};
    std::map<std::shared_ptr<KnownMatter const>, Outcome<store::TaskEnd>> deadlines{};
    std::vector<store::NewCommitment> rows{};
    std::size_t sent = 0;  ///< of the rows: they are with the database
    std::vector<Outcome<Filed>> outcomes{};
    /// By idempotency key: the row, and the position of its answer.
    std::map<std::pair<AccountId, std::string_view>, std::pair<std::size_t, std::size_t>> made{};
    /// By reference: the position of the answer.
    std::map<std::pair<OrganisationId, std::string_view>, std::size_t> referenced{};
    std::set<NoticeId> answered{};  ///< notices that were given to one person

    /// Sends the database the rows that it does not have yet.
    void send_rows(std::int16_t shard) {
        auto const rest = std::span(rows).subspan(std::exchange(sent, rows.size()));
        if (rest.empty()) return;
        db::Pipeline pipeline;
        store::add_commitments(pipeline, rest, shard, now);
        pipeline.send_ahead(db);
    }
};

/// A code from the allocated serials; nothing if they are used up.
std::optional<std::string> FilingWriter::code_at_hand(Serials& serials, Filing const& filing) {
    std::pair const place{filing.who->region_code, filing.draft.made_on};
    auto const block = serials.find(place);
    if (block == serials.end() || block->second.first == block->second.end) return std::nullopt;
    return domain::commitment_code(place.first, place.second, block->second.first++);
}

Outcome<std::string> FilingWriter::next_code(Round& round, Filing const& filing) {
    if (auto code = code_at_hand(round.serials, filing)) return std::move(*code);
    auto const& [region, day] = std::tie(filing.who->region_code, filing.draft.made_on);
    round.serials[{region, day}] = store::take_serials(round.db, region, day, serials_at_once);
    if (auto code = code_at_hand(round.serials, filing)) return std::move(*code);
    return fault(problem::conflict, "All 999,999 codes of this region and day are used.",
                 "该行政区当日承诺编码已用尽。");
}

/// Prepares filings from the cached notices, matters and serials.
FilingWriter::Ahead FilingWriter::write_ahead(std::span<Filing const> batch) const {
    Ahead ahead{.now = parts_.clock.now(), .serials = memory_->serials, .written = {}};
    for (Filing const& filing : batch.first(std::min(batch.size(), rows_ahead))) {
        auto& written = ahead.written.emplace_back();
        auto const notice = memory_->notices.find(filing.draft.notice);
        if (notice == memory_->notices.end() || notice->second.organisation != filing.who->organisation)
            continue;
        auto matter = parts_.matters.known(notice->second.matter, notice->second.version);
        if (!matter) continue;
        if (auto code = code_at_hand(ahead.serials, filing))
            written = write(filing, notice->second, std::move(matter), std::move(*code), ahead.now);
    }
    return ahead;
}

void FilingWriter::remember(std::span<store::FilingNotice const> notices) {
    auto& known = memory_->notices;
    if (known.size() > most_notices) known.clear();
    for (store::FilingNotice const& notice : notices) known.insert_or_assign(notice.id, notice);
}

/// A stored commitment as it was answered when it was filed.
Outcome<Filed> FilingWriter::first_answer(Round& round, OrganisationId organisation,
                                          std::string const& code) const {
    auto const row = store::commitment_by_code(round.db, code);
    // Who has left the agency is no longer given what they filed for it.
    if (row.value().organisation != organisation) return fault(problem::not_found);
    auto filed = filed_from_rows(round.db, parts_.vault, parts_.matters, row.value());
    if (!filed) return filed;
    filed->state = first_state(*filed->matter);
    if (filed->task && !filed->task->with_filing) filed->task.reset();
    filed->signed_paper.reset();
    filed->withdrawal = {};
    return filed;
}

/// The commitment that has the reference already, from an earlier batch or from this one; nothing if none
/// has.
std::optional<Outcome<Filed>> FilingWriter::referenced(Round& round, Filing const& filing) {
    if (!filing.draft.client_reference) return std::nullopt;
    OrganisationId const organisation = filing.who->organisation;
    std::string_view const reference = *filing.draft.client_reference;
    auto const& used_before = round.context.used_references;
    auto const used = std::ranges::find_if(used_before, [&](store::FilingReference const& one) {
        return one.reference == reference && one.organisation == organisation;
    });
    auto const same = round.referenced.find({organisation, reference});
    if (used == used_before.end() && same == round.referenced.end()) return std::nullopt;
    auto earlier = used != used_before.end() ? first_answer(round, organisation, used->code)
                                             : round.outcomes[same->second];
    if (!earlier) return earlier;
    if (!domain::is_same_promise(earlier->document, filing.draft)) return reference_taken(earlier->code);
    earlier->replayed = true;
    return earlier;
}

/// The earlier answer for the same key, from an earlier batch or from this one.
std::optional<Outcome<Filed>> FilingWriter::repetition(Round& round, Filing const& filing) {
    Filed earlier;
    AccountId const account = filing.who->account;
    auto const used = std::ranges::find_if(round.context.used_keys, [&](store::FilingKey const& key) {
        return key.key == filing.once.key && key.account == account;
    });
    auto const same = round.made.find({account, filing.once.key});
    if (used != round.context.used_keys.end()) {
        if (used->request_digest != filing.once.digest) return reused_key();
        auto rebuilt = first_answer(round, filing.who->organisation, used->resource);
        if (!rebuilt) return rebuilt.error();
        earlier = std::move(*rebuilt);
    } else if (same != round.made.end()) {
        auto const [row, outcome] = same->second;
        if (round.rows[row].request_digest != filing.once.digest) return reused_key();
        earlier = *round.outcomes[outcome];
    } else {
        return std::nullopt;
    }
    earlier.replayed = true;
    return earlier;
}

Outcome<store::FilingNotice> FilingWriter::admit(Round const& round, Filing const& filing) const {
    return memory_->admission.admit(round.db, round.context, filing);
}

/// Looks for committers new to a matter, if the batch has one for which that counts. Two shards that file a
/// person's first two commitments at once both see none and both make a task; a lock would cost more.
void FilingWriter::look_for_first_times(Round& round, std::span<Filing const> batch) {
    std::vector<store::CommitterOfMatter> asked;
    for (Filing const& filing : batch) {
        auto const notice = admit(round, filing);
        if (!notice) continue;
        auto const matter = parts_.matters.find(round.db, notice->matter, notice->version);
        if (matter->content.verification.coverage == domain::Coverage::first_time)
            asked.push_back({notice->matter, filing.committer_index});
    }
    if (!asked.empty()) round.not_new = store::earlier_committers(round.db, asked);
}

Outcome<store::TaskEnd> const& FilingWriter::deadline_of(
    Round& round, std::shared_ptr<KnownMatter const> const& matter) const {
    if (auto const found = round.deadlines.find(matter); found != round.deadlines.end()) return found->second;
    auto const period = verification_period(*matter, round.now, parts_.calendar);
    auto end = period ? Outcome<store::TaskEnd>(end_of(*period)) : Outcome<store::TaskEnd>(period.error());
    return round.deadlines.emplace(matter, std::move(end)).first->second;
}

/// The verification task of the commitment; none if its matter is exempt, or leaves it to a draw, a clue or
/// the committer's first time.
Outcome<std::optional<store::NewTask>> FilingWriter::task_for(
    Round& round, std::shared_ptr<KnownMatter const> const& matter,
    store::CommitterOfMatter const& who) const {
    domain::VerificationPlan const& plan = matter->content.verification;
    bool const first_time = plan.coverage == domain::Coverage::first_time;
    bool const wanted = plan.coverage == domain::Coverage::full ||
                        (first_time && std::ranges::find(round.not_new, who) == round.not_new.end());
    if (plan.mode == domain::VerifyMode::exempt || !wanted) return std::optional<store::NewTask>{};
    auto const& deadline = deadline_of(round, matter);
    if (!deadline) return deadline.error();
    return std::optional(store::NewTask{.id = new_id<TaskId>(round.now),
                                        .organisation = matter->verifying_unit,
                                        .mode = std::string(domain::word(plan.mode)),
                                        .end = *deadline,
                                        .question = question_for(plan, round.now),
                                        .inspectors = static_cast<std::int16_t>(plan.inspectors),
                                        .first_time = first_time});
}

FilingWriter::Written FilingWriter::write(Filing const& filing, store::FilingNotice const& notice,
                                          std::shared_ptr<KnownMatter const> matter, std::string code,
                                          Instant now) const {
    domain::CommitmentContent const content{.code = code,
                                            .matter_code = matter->code,
                                            .matter_version = matter->version,
                                            .matter_digest = matter->digest,
                                            .notice_digest = notice.digest,
                                            .accepted_by = filing.who->organisation_uscc,
                                            .accepted_at = now,
                                            .salt = to_base64url(crypto::system_entropy().array<16>())};
    Json document = content.to_json(filing.draft);
    std::string text = json::canonical(document);
    crypto::Digest const digest = crypto::sha256(as_bytes(text));
    auto sealed = parts_.vault.seal(text, store::content_label(code));
    return {notice, std::move(matter), std::move(code), std::move(text), std::move(document),
            digest, std::move(sealed)};
}

/// Decides on one filing and, if it is new and may be filed, adds its rows to the round.
Outcome<Filed> FilingWriter::take(Round& round, Filing const& filing, std::optional<Written> written) {
    auto earlier = repetition(round, filing);
    if (earlier && *earlier) return std::move(*earlier);
    // A line that is keyed by its reference is told that this is taken, and not of a key that it never chose.
    if (auto same = referenced(round, filing)) return std::move(*same);
    if (earlier) return std::move(*earlier);
    auto const notice = admit(round, filing);
    if (!notice) return notice.error();
    if (round.answered.contains(notice->id)) return answered_notice();
    if (written && written->notice != *notice) written.reset();
    auto matter = written ? written->matter : parts_.matters.find(round.db, notice->matter, notice->version);
    store::CommitterOfMatter const committer{notice->matter, filing.committer_index};
    auto const task = task_for(round, matter, committer);
    if (!task) return task.error();
    if (!written) {
        auto code = next_code(round, filing);
        if (!code) return code.error();
        written = write(filing, *notice, matter, std::move(*code), round.now);
    }
    domain::Official const& who = *filing.who;
    CommitmentState const state = first_state(*matter);
    // Shard and proof are known when the round is sealed.
    LogReceipt logged{.place = {0, round.log.append(commitment_entry(round.now, written->digest))},
                      .entry = {},
                      .proof = {}};
    round.rows.push_back({.code = written->code,
                          .notice = filing.draft.notice,
                          .matter = notice->matter,
                          .matter_version = notice->version,
                          .organisation = who.organisation,
                          .filed_by = who.account,
                          .made_on = filing.draft.made_on,
                          .valid_until = filing.draft.valid_until,
                          .committer_kind = std::string(domain::word(filing.draft.committer.kind)),
                          .committer_index = filing.committer_index,
                          .name_index = filing.name_index,
                          .sealed = std::move(written->sealed),
                          .content_digest = written->digest,
                          .state = state,
                          .coverage = coverage_of(*matter),
                          .task = *task,
                          .key = filing.once.key,
                          .request_digest = filing.once.digest,
                          .leaf_index = logged.place.index,
                          .client_reference = filing.draft.client_reference});
    if (filing.draft.late_reason) round.rows.back().why = entered_late;
    if (notice->personal()) {
        round.rows.back().answers_notice = true;
        round.answered.insert(notice->id);
    }
    std::optional<store::WatchingTask> watching;
    if (*task) {
        store::TaskEnd const& end = (*task)->end;
        watching = store::WatchingTask{(*task)->id, end, round.now, true};
        if (!end.waits_for)
            round.alarms.add(matter->verifying_unit, matter->verifying_region, end.due_at, (*task)->id);
        if ((*task)->first_time) round.not_new.push_back(committer);
    }
    round.made[{who.account, filing.once.key}] = {round.rows.size() - 1, round.outcomes.size()};
    if (filing.draft.client_reference)
        round.referenced[{who.organisation, *filing.draft.client_reference}] = round.outcomes.size();
    return Filed{std::move(written->code),
                 std::move(written->text),
                 std::move(written->document),
                 written->digest,
                 state,
                 round.now,
                 std::move(matter),
                 std::move(watching),
                 std::move(logged)};
}

/// One transaction. Used keys are looked up only with `look_for_keys`; without, a batch with a refused or
/// repeated filing is not stored or answered, and the caller calls again.
std::optional<std::vector<Outcome<Filed>>> FilingWriter::round(db::PgSession& db,
                                                               std::span<Filing const> batch,
                                                               bool look_for_keys) {
    db::Tx tx(db, {.begin_with_first_pipeline = true});
    db::Pipeline look;
    log_.ask(look);
    if (!batch.empty())
        store::ask_filing_context(look, question_about(batch, look_for_keys, parts_.clock.now()));
    Ahead ahead;
    // In a second attempt some filings may be repetitions or refused, and their codes would be lost.
    std::vector<db::Rows> const rows =
        tx.run(look, [&] { ahead = write_ahead(look_for_keys ? std::span<Filing const>() : batch); });
    auto const [log_answers, answers] = split(rows, store::round_start_statements);
    Round round{.db = db,
                .now = ahead.now,
                .context = store::read_filing_context(answers),
                .log = log_.begin(db, log_answers),
                .serials = std::move(ahead.serials)};
    remember(round.context.notices);
    look_for_first_times(round, batch);
    for (std::size_t i = 0; i != batch.size(); ++i) {
        round.outcomes.push_back(take(round, batch[i], ahead.take(i)));
        // A repetition gets its first answer whatever the present decision would be,
        // so keys come before refusals.
        if (!round.outcomes.back() && !look_for_keys) return std::nullopt;
        if (round.rows.size() - round.sent == rows_ahead) round.send_rows(log_.shard());
    }
    if (round.log.empty()) {
        db::Pipeline renewal;
        if (log_.renew(renewal)) {
            tx.commit_with(renewal);
            log_.renewed();
        }
        return std::move(round.outcomes);
    }

    db::Pipeline head, last;
    round.send_rows(log_.shard());
    round.log.seal(head, round.now);
    head.send_ahead(db);
    // Answers are prepared while the database works; none is sent before the commit.
    for (Outcome<Filed>& outcome : round.outcomes)
        if (outcome && !outcome->logged.place.shard)
            outcome->logged = round.log.receipt(outcome->logged.place.index);
    memory_->alarms.arm(last, round.alarms, round.now);
    // Before this line nothing has happened: the transaction is rolled back and every caller may try again.
    // After it everything is durable: a caller whose answer is lost gets it again for the same key.
    auto const answered = commit(tx, last);
    memory_->serials = std::move(round.serials);
    std::erase_if(memory_->serials, [](auto const& entry) { return entry.second.first == entry.second.end; });
    memory_->alarms.committed(round.alarms, answered, round.now);
    round.log.committed();
    return std::move(round.outcomes);
}

/// Commits; drops all remembered rows if the outcome is unknown.
std::vector<db::Rows> FilingWriter::commit(db::Tx& tx, db::Pipeline const& last) {
    auto known = std::exchange(memory_, fresh_memory());
    try {
        auto answers = tx.commit_with(last);
        log_.reach(LogPoint::after_commit);
        memory_ = std::move(known);
        return answers;
    } catch (db::DbError const& error) {
        if (error.kind() != db::ErrorKind::unknown_outcome) memory_ = std::move(known);
        throw;
    }
}

std::unique_ptr<FilingWriter::Memory> FilingWriter::fresh_memory() const {
    return std::make_unique<Memory>(FilingAlarms({parts_.rules, parts_.calendar}), Admission(parts_));
}

void FilingWriter::connected(db::PgSession& db) {
    memory_ = fresh_memory();
    if (parts_.rows) parts_.rows->drop();
    log_.forget();
    store::prepare_for_filing(db);
}

std::vector<Outcome<Filed>> FilingWriter::attempt(db::PgSession& db, std::span<Filing const> batch) {
    auto const begin = std::chrono::steady_clock::now();
    // A used key is rare, so the first attempt relies on the key's unique index.
    for (int n = 1;; ++n) {
        try {
            auto outcomes = round(db, batch, n > 1);
            if (!outcomes) continue;
            if (parts_.metrics && !batch.empty()) {
                std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
                parts_.metrics->group_commit_batch.observe(static_cast<double>(batch.size()));
                parts_.metrics->group_commit_seconds.observe(took.count());
            }
            return std::move(*outcomes);
        } catch (db::DbError const& error) {
            if (error.kind() != db::ErrorKind::unique || n == most_attempts) throw;
            // Stored earlier, or by another writer between our lookup and our insert: a
            // new lookup finds its answer.
            if (error.constraint() == "idempotency_key_pkey" ||
                error.constraint() == store::client_reference_key ||
                error.constraint() == store::answered_notice_key)
                continue;
            // The code is ours to choose. If it exists already, the remembered serials are wrong.
            if (error.constraint() != "commitment_pkey") throw;
            memory_ = fresh_memory();
        }
    }
}

}  // namespace sponsio::service
