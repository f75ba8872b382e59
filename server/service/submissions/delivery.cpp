#include "server/service/submissions/delivery.hpp"

#include "crypto/keys/signer.hpp"
#include "server/base/internal.hpp"
#include "server/base/log.hpp"
#include "server/service/submissions/report_queue.hpp"
#include "server/store/organisations.hpp"
#include "text/utf8.hpp"

#include <algorithm>

namespace sponsio::service {

using client::PlatformReply;
using domain::BatchEvent;
using domain::BatchState;
using domain::SubmissionEvent;
using domain::SubmissionState;

namespace {

std::vector<std::string> numbers_of(std::vector<store::ReportRow> const& rows) {
    std::vector<std::string> numbers;
    for (store::ReportRow const& row : rows) numbers.push_back(row.record_no);
    return numbers;
}

/// Holds a line that cannot be decrypted any more, so that it does not hold up the others.
Outcome<void> hold(db::PgSession& db, store::ReportRow const& row, Fault const& why, Instant now) {
    auto const to = step(db, domain::submission_lifecycle, row.state, SubmissionEvent::reject, {},
                         {.subject = row.record_no,
                          .actor = domain::System{},
                          .now = now,
                          .why = std::string(why.problem->slug)});
    if (!to) return to.error();
    store::hold(db, row.record_no);
    log::error("submission.unreadable", {{log::Key::id, row.record_no}, {log::Key::cause, why.cause}});
    return {};
}

constexpr std::size_t kept_bytes = 8192;   ///< of what the platform answered
constexpr std::size_t longest_type = 128;  ///< of the name of its type

struct Readable {
    std::string kept;
    bool truncated;
};

/// The text as valid UTF-8 of at most so many bytes; what is no text becomes U+FFFD.
Readable readable(std::string_view text, std::size_t most) {
    constexpr std::string_view unreadable = "\xEF\xBF\xBD";
    Readable result{{}, false};
    for (std::size_t at = 0; at != text.size();) {
        std::size_t const length = utf8_sequence(text, at);
        std::string_view const piece = length == 0 ? unreadable : text.substr(at, length);
        if (result.kept.size() + piece.size() > most) return {std::move(result.kept), true};
        result.kept += piece;
        at += std::max<std::size_t>(length, 1);
    }
    return result;
}

/// Nothing of a type that no server names: it is shown to people as it came.
std::optional<std::string> readable_type(std::string const& type) {
    bool const fits = !type.empty() && type.size() <= longest_type &&
                      std::ranges::all_of(type, [](char c) { return c >= ' ' && c <= '~'; });
    return fits ? std::optional(type) : std::nullopt;
}

/// Moves many reports by one transition.
Outcome<SubmissionState> move_all(db::PgSession& db, std::span<std::string const> numbers,
                                  SubmissionState from, SubmissionEvent event, Instant now) {
    auto const to = domain::submission_lifecycle.next(from, event, domain::NoFacts{});
    if (to) store::append_events(db, numbers, from, event, *to, now);
    return to;
}

}  // namespace

SubmissionDelivery::SubmissionDelivery(db::DbExecutor& db, Vault const& vault,
                                       client::PlatformClient& platform, CurrentSigner signer,
                                       Clock const& clock, crypto::Entropy& entropy, Metrics* metrics,
                                       DeliveryOptions options)
    : Errand(db, clock, {options.peer, options.database_limit, options.errand_reached}),
      vault_(vault),
      platform_(platform),
      signer_(std::move(signer)),
      clock_(clock),
      entropy_(entropy),
      metrics_(metrics),
      options_(std::move(options)) {}

// ------------------------------------------------------------------------------------------------- 1. gather
Outcome<bool> SubmissionDelivery::gather() {
    return in_database([this](db::PgSession& session) {
        Instant const now = clock_.now();
        auto gathered = in_transaction(session, [&](db::PgSession& db) { return gather_in(db, now); });
        // After a crash before the commit the reports still wait, and the serial is lost. After it the batch
        // is stored, byte for byte, and unsigned.
        if (gathered && *gathered) options_.reached(BatchPoint::after_gathering);
        return gathered;
    });
}

Outcome<bool> SubmissionDelivery::gather_in(db::PgSession& db, Instant now) {
    auto const organisation = store::organisation_waiting(db);
    if (!organisation) return false;
    auto const unit = store::organisation_by_id(db, *organisation);
    auto const rows = store::lock_waiting(db, *organisation, static_cast<int>(options_.max_records));
    if (!unit || rows.empty()) return false;
    auto const signer = signer_();

    std::vector<std::string> lines, numbers;
    std::size_t bytes = 0;
    for (store::ReportRow const& row : rows) {
        auto line = vault_.open(row.line, store::report_label(row.record_no));
        if (!line) {
            if (auto held = hold(db, row, line.error(), now); !held) return held.error();
            continue;
        }
        bytes += line->size() + 1;
        if (bytes > options_.max_bytes && !lines.empty()) break;
        lines.push_back(std::move(*line));
        numbers.push_back(row.record_no);
    }
    if (lines.empty()) return true;

    Date const today = china_date(now);
    auto const serial = store::take_batch_serial(db, *organisation, today);
    if (!serial) return fault(problem::conflict, "This organisation's batches of the day are used up.");
    std::string const records = domain::join_lines(lines);
    domain::BatchManifest const manifest{.batch_no = domain::batch_no(unit->uscc, today, *serial),
                                         .sender = {unit->uscc, unit->name},
                                         .receiver = options_.receiver,
                                         .resource_code = options_.resource_code,
                                         .record_count = static_cast<std::int64_t>(lines.size()),
                                         .digest_sm3 = crypto::sm3(as_bytes(records)),
                                         .created_at = now,
                                         .kid = signer->kid()};
    store::BatchRow const batch{.batch_no = manifest.batch_no,
                                .organisation = *organisation,
                                .manifest = manifest.bytes(),
                                .records = vault_.seal(records, store::batch_label(manifest.batch_no)),
                                .record_count = static_cast<int>(lines.size()),
                                .kid = manifest.kid,
                                .created_at = now,
                                .next_try_at = now};
    if (!store::insert(db, batch, numbers)) return internal("a locked report was taken");
    born(db, domain::batch_lifecycle,
         {.subject = batch.batch_no,
          .actor = domain::System{},
          .now = now,
          .why = std::to_string(numbers.size()) + " records",
          .organisation = batch.organisation});
    if (auto moved = move_all(db, numbers, SubmissionState::queued, SubmissionEvent::gather, now); !moved)
        return moved.error();
    options_.reached(BatchPoint::in_gathering);
    log::info("submission.gathered", {{log::Key::batch, batch.batch_no}, {log::Key::count, numbers.size()}});
    return true;
}

// --------------------------------------------------------------------------------------------------- 2. sign
Outcome<bool> SubmissionDelivery::sign() {
    return in_database([this](db::PgSession& session) {
        auto done = in_transaction(session, [&](db::PgSession& db) { return sign_in(db); });
        // After a crash before the commit nobody saw the signature, and the same bytes are signed again.
        if (done && *done) options_.reached(BatchPoint::after_signing);
        return done;
    });
}

Outcome<bool> SubmissionDelivery::sign_in(db::PgSession& db) {
    auto const row = store::lock_unsigned(db);
    if (!row) return false;
    auto const signer = signer_();
    if (signer->kid() != row->kid) {
        // The key has changed since. The new manifest is stored before it is signed,
        // so this is a step of its own.
        auto manifest = domain::BatchManifest::parse(row->manifest);
        if (!manifest) return internal("stored manifest");
        manifest->kid = signer->kid();
        store::restate(db, row->batch_no, manifest->bytes(), manifest->kid);
        return true;
    }
    log::info("submission.signing", {{log::Key::batch, row->batch_no}, {log::Key::id, row->kid}});
    Bytes const signature = signer->sign(as_bytes(row->manifest));
    if (!signer->public_key().verify(as_bytes(row->manifest), signature)) {
        if (metrics_) metrics_->sign_errors.with({"submission"}).add();
        return internal("own signature does not verify");
    }
    store::set_signature(db, row->batch_no, signature);
    options_.reached(BatchPoint::in_signing);
    if (metrics_) metrics_->signatures.with({"submission"}).add();
    return true;
}

// ------------------------------------------------------------------------------------------------ 3. deliver
Outcome<std::optional<BatchClaim>> SubmissionDelivery::claim(db::PgSession& db, Instant now) {
    using Claimed = std::optional<BatchClaim>;
    auto const row = store::lock_due_batch(db, now);
    if (!row) return Claimed{};
    BatchClaim claim{row->batch_no, row->attempts + 1, row->state != BatchState::queued, {}};
    BatchState state = row->state;
    Move const move{.subject = row->batch_no, .actor = domain::System{}, .now = now};
    if (state == BatchState::sent) {
        // The sender never reported the outcome: its process died, or exceeded its lease.
        auto const to = step(db, domain::batch_lifecycle, state, BatchEvent::lose_answer, {}, move);
        if (!to) return to.error();
        state = *to;
    } else if (state == BatchState::queued) {
        auto records = vault_.open(row->records, store::batch_label(row->batch_no));
        if (!records) {
            store::put_back(db, row->batch_no, state, now + options_.longest_pause,
                            records.error().problem->slug);
            return Claimed{};
        }
        claim.body =
            domain::BatchBytes{row->manifest, std::move(*records), to_string(row->signature.value())}.body();
        auto const to = step(db, domain::batch_lifecycle, state, BatchEvent::send, {}, move);
        if (!to) return to.error();
        state = *to;
    }
    store::take_into_work(db, row->batch_no, state, now + options_.lease);
    return Claimed{std::move(claim)};
}

Outcome<PlatformReply> SubmissionDelivery::exchange(BatchClaim const& claim) {
    Deadline const deadline = std::chrono::steady_clock::now() + options_.call_limit;
    PlatformReply reply = claim.ask_first ? platform_.get(claim.batch_no, deadline)
                                          : platform_.put(claim.batch_no, claim.body, deadline);
    if (metrics_) metrics_->deliver_attempts.with({client::name(reply.kind)}).add();
    log::info("submission.exchanged", {{log::Key::batch, claim.batch_no},
                                       {log::Key::attempt, claim.attempt},
                                       {log::Key::method, claim.ask_first ? "GET" : "PUT"},
                                       {log::Key::status, client::name(reply.kind)},
                                       {log::Key::cause, reply.cause}});
    return reply;
}

std::optional<store::BatchRow> SubmissionDelivery::lock_again(db::PgSession& db, BatchClaim const& claim) {
    return store::lock_attempt(db, claim.batch_no, claim.attempt);
}

Outcome<void> SubmissionDelivery::settle(db::PgSession& db, store::BatchRow& row, BatchClaim& claim,
                                         PlatformReply const& reply, Instant now) {
    switch (reply.kind) {
        case PlatformReply::Kind::answered: return take_answer(db, row, claim, reply, now);
        case PlatformReply::Kind::not_there:
            return set_aside(db, row, claim, BatchEvent::not_there, reply, now);
        case PlatformReply::Kind::refused:
        case PlatformReply::Kind::not_sent:
            // The platform has nothing of this sending. It may have an earlier one: a query that was refused,
            // or never sent, proves nothing.
            if (!claim.ask_first) return set_aside(db, row, claim, BatchEvent::not_there, reply, now);
            break;
        case PlatformReply::Kind::unavailable:
        case PlatformReply::Kind::lost: break;
    }
    return set_aside(db, row, claim, BatchEvent::lose_answer, reply, now);
}

void SubmissionDelivery::keep_exchange(db::PgSession& db, store::BatchRow const& row, BatchClaim const& claim,
                                       PlatformReply const& reply, Instant now) {
    store::ExchangeRow exchange{.batch_no = row.batch_no,
                                .attempt = claim.attempt,
                                .at = now,
                                .method = claim.ask_first ? "GET" : "PUT",
                                .outcome = std::string(client::name(reply.kind)),
                                .cause = reply.cause.empty() ? std::nullopt : std::optional(reply.cause),
                                .status = reply.status,
                                .content_type = readable_type(reply.content_type),
                                .body = std::nullopt,
                                .truncated = false};
    if (reply.kind != PlatformReply::Kind::answered && !reply.body.empty()) {
        auto const text = readable(reply.body, kept_bytes);
        exchange.truncated = text.truncated;
        exchange.body =
            vault_.seal_beside(row.records, text.kept, store::exchange_label(row.batch_no, claim.attempt));
    }
    store::insert(db, exchange);
}

Outcome<void> SubmissionDelivery::take_answer(db::PgSession& db, store::BatchRow const& row,
                                              BatchClaim const& claim, PlatformReply const& reply,
                                              Instant now) {
    std::string const& body = reply.body;
    auto const manifest = domain::BatchManifest::parse(row.manifest);
    if (!manifest) return internal("stored manifest");
    auto const reports = store::reports_of_batch(db, row.batch_no);
    auto const answer = domain::BatchAnswer::parse(body);
    if (!answer || !answer->answers(*manifest, numbers_of(reports))) {
        PlatformReply no_answer = reply;
        no_answer.kind = PlatformReply::Kind::lost;
        no_answer.cause = answer ? "answer_to_another_batch" : "unreadable_answer";
        return set_aside(db, row, claim, BatchEvent::lose_answer, no_answer, now);
    }
    std::vector<std::string> accepted, rejected;
    std::vector<store::Verdict> verdicts;
    for (domain::RecordVerdict const& v : answer->records) {
        (v.accepted ? accepted : rejected).push_back(v.record_no);
        store::Verdict verdict{
            v.record_no, v.accepted ? SubmissionState::accepted : SubmissionState::rejected, std::nullopt};
        if (!v.accepted) {
            auto const report = std::ranges::find(reports, v.record_no, &store::ReportRow::record_no);
            verdict.errors = vault_.seal_beside(report->line, json::write(domain::errors_json(v.errors)),
                                                errors_label(v.record_no));
        }
        verdicts.push_back(std::move(verdict));
    }
    auto const to = step(db, domain::batch_lifecycle, row.state, BatchEvent::answer, {},
                         {.subject = row.batch_no,
                          .actor = domain::System{},
                          .now = now,
                          .why = std::to_string(accepted.size()) + " accepted, " +
                                 std::to_string(rejected.size()) + " rejected"});
    if (!to) return to.error();
    for (auto const& [numbers, event] :
         {std::pair{&accepted, SubmissionEvent::accept}, std::pair{&rejected, SubmissionEvent::reject}})
        if (auto moved = move_all(db, *numbers, SubmissionState::batched, event, now); !moved)
            return moved.error();
    keep_exchange(db, row, claim, reply, now);
    store::set_answer(db, row.batch_no,
                      vault_.seal_beside(row.records, body, store::answer_label(row.batch_no)), now);
    if (store::set_verdicts(db, row.batch_no, verdicts) != static_cast<std::int64_t>(verdicts.size()))
        return internal("a report of a batch has its answer already");
    log::info("submission.answered", {{log::Key::batch, row.batch_no},
                                      {log::Key::count, accepted.size()},
                                      {log::Key::attempt, row.attempts}});
    return {};
}

Outcome<void> SubmissionDelivery::set_aside(db::PgSession& db, store::BatchRow const& row,
                                            BatchClaim const& claim, BatchEvent event,
                                            PlatformReply const& reply, Instant now) {
    keep_exchange(db, row, claim, reply, now);
    BatchState state = row.state;
    std::string const why = reply.cause.empty() ? std::string(client::name(reply.kind)) : reply.cause;
    // From unknown to unknown there is no step.
    if (event != BatchEvent::lose_answer || state != BatchState::unknown) {
        auto const to = step(db, domain::batch_lifecycle, state, event, {},
                             {.subject = row.batch_no, .actor = domain::System{}, .now = now, .why = why});
        if (!to) return to.error();
        state = *to;
    }
    // The platform says that it never received the batch: no need to wait.
    bool const at_once = reply.kind == PlatformReply::Kind::not_there;
    store::put_back(db, row.batch_no, state, at_once ? now : now + pause_after(row.attempts), why);
    log::warn("submission.set_aside",
              {{log::Key::batch, row.batch_no}, {log::Key::attempt, row.attempts}, {log::Key::cause, why}});
    return {};
}

/// attempt^4 seconds, capped, varied by up to a tenth.
std::chrono::milliseconds SubmissionDelivery::pause_after(int attempts) {
    std::int64_t const n = std::clamp(attempts, 1, 100);
    return spread_pause(std::chrono::seconds{n * n * n * n}, options_.longest_pause, 100, entropy_);
}

// -------------------------------------------------------------------------------------------------- together
Outcome<bool> SubmissionDelivery::round(std::function<bool()> const& stop) {
    bool any = false;
    std::optional<Fault> failed;
    // Batches that cannot be gathered or signed do not delay those that can be delivered.
    for (auto one : {&SubmissionDelivery::gather, &SubmissionDelivery::sign, &SubmissionDelivery::deliver}) {
        while (!stop()) {
            auto const done = (this->*one)();
            if (!done && !failed) failed = done.error();
            if (!done || !*done) break;
            any = true;
        }
    }
    if (metrics_) publish();
    if (failed) return *failed;
    return any;
}

void SubmissionDelivery::publish() {
    auto const outbox =
        in_database([](db::PgSession& db) -> Outcome<store::Outbox> { return store::outbox(db); });
    if (!outbox) return;
    Metrics const& m = *metrics_;
    m.outbox_depth.with({"waiting"}).set(static_cast<double>(outbox->reports_queued));
    m.outbox_depth.with({"queued"}).set(static_cast<double>(outbox->batches_queued));
    m.outbox_depth.with({"sent"}).set(static_cast<double>(outbox->batches_sent));
    m.outbox_depth.with({"unknown"}).set(static_cast<double>(outbox->batches_unknown));
    auto const age = outbox->oldest ? clock_.now() - *outbox->oldest : std::chrono::microseconds{0};
    m.outbox_oldest.set(std::chrono::duration<double>(age).count());
}

}  // namespace sponsio::service
