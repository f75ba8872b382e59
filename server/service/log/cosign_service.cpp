#include "server/service/log/cosign_service.hpp"

#include "crypto/log/witness.hpp"
#include "server/base/log.hpp"
#include "server/service/log/state.hpp"
#include "server/service/unit/peer_hold.hpp"
#include "server/store/cosignatures.hpp"
#include "server/store/peer_holds.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using namespace std::chrono_literals;
using Kind = client::WitnessReply::Kind;

/// The limit for one call: a slower witness is asked again later, and a stop waits no longer than that.
constexpr auto patience = 5s;

/// The latest time that fits every clock and column.
constexpr std::chrono::sys_seconds end_of_time{253'402'300'799s};

Fault not_now(std::string cause) {
    Fault f = fault(problem::unavailable, "The witness does not answer.", "见证人没有应答。");
    f.cause = std::move(cause);
    return f;
}

}  // namespace

void CosignService::count(std::string_view outcome) const {
    parts_.metrics.cosign_attempts.with({parts_.witness.name(), outcome}).add();
}

/// The witness has seen another log than this one: any further signature would extend the fork.
Fault CosignService::freeze(db::PgSession& db, std::int16_t shard, std::uint64_t size,
                            std::string const& cause) const {
    std::string const why = "the witness " + parts_.witness.name() + " has seen another log: " + cause +
                            ". Put the newer database back, or end this shard before everybody's eyes: "
                            "sponsio log resume --accept-loss";
    store::freeze_log(db, shard, why);
    log::error("log.frozen", {{log::Key::shard, shard}, {log::Key::cause, why}});
    return refused(shard, size, cause);
}

/// Either the witness is not set up for this log, or it is wrong; neither goes away by itself.
Fault CosignService::refused(std::int16_t shard, std::uint64_t size, std::string cause) const {
    count("refused");
    log::error("log.witness_refused", {{log::Key::name, parts_.witness.name()},
                                       {log::Key::shard, shard},
                                       {log::Key::count, size},
                                       {log::Key::cause, cause}});
    Fault f = fault(problem::conflict, "The witness will not cosign the log.", "见证人拒绝联署日志。");
    f.cause = std::move(cause);
    return f;
}

Outcome<std::size_t> CosignService::round() {
    auto const deadline = std::chrono::steady_clock::now() + 2 * patience;
    auto heads =
        parts_.db.run_blocking(deadline, [this](db::PgSession& db) -> Outcome<std::vector<store::LogHead>> {
            if (store::peer_held(db, parts_.witness.vkey(), parts_.clock.now()))
                return std::vector<store::LogHead>{};
            return store::log_heads(db);
        });
    if (!heads) return heads.error();
    // With a slow witness a round does not reach all of them, so each begins with another one.
    if (!heads->empty())
        std::ranges::rotate(*heads, heads->begin() + static_cast<std::ptrdiff_t>(rounds_++ % heads->size()));
    std::size_t done = 0;
    std::optional<Fault> refusal;
    for (store::LogHead const& head : *heads) {
        if (head.size == 0 || head.frozen_why || head.ended_at || std::chrono::steady_clock::now() > deadline)
            continue;
        auto const cosigned = ask(head.shard, deadline);
        if (cosigned)
            done += *cosigned ? 1 : 0;
        else if (cosigned.error().problem == &problem::conflict)
            refusal = cosigned.error();  // of this shard; the others are other logs
        else
            return cosigned.error();
    }
    if (refusal) return *refusal;
    return done;
}

/// The request for a witness from its present size, as it reported it or as it last cosigned. Nothing if it
/// has cosigned the newest checkpoint.
Outcome<std::optional<CosignService::Question>> CosignService::question(std::int16_t shard,
                                                                        std::optional<std::uint64_t> from) {
    auto job = [&](db::PgSession& db) -> Outcome<std::optional<Question>> {
        std::uint64_t const last = store::last_cosigned(db, shard, parts_.witness.vkey());
        std::uint64_t const old = from.value_or(last);
        auto const head = store::log_head(db, shard);
        if (!head || head->size < old) return freeze(db, shard, old, "it has cosigned a longer log");
        if (head->size == old && !from) return std::optional<Question>{};
        Question next{.size = head->size, .checkpoint = head->checkpoint, .body = {}};
        if (auto const others = store::most_cosigned(db, shard, std::max(old, last), parts_.all))
            if (auto shared = store::checkpoint_of_size(db, shard, *others))
                next = {.size = *others, .checkpoint = std::move(*shared), .body = {}};
        auto proof = StoredTree(db, shard, next.size).consistency(old);
        if (!proof) return proof.error();
        next.body =
            crypto::AddCheckpoint{.old_size = old, .proof = std::move(*proof), .checkpoint = next.checkpoint}
                .text();
        return std::optional(std::move(next));
    };
    return parts_.db.run_blocking(std::chrono::steady_clock::now() + patience, job);
}

Outcome<bool> CosignService::ask(std::int16_t shard, Deadline deadline) {
    auto asked = question(shard, std::nullopt);
    if (!asked) return asked.error();
    if (!*asked) return false;
    auto const limit = [&] {
        return std::min<Deadline>(deadline, std::chrono::steady_clock::now() + patience);
    };
    auto reply = parts_.client.add_checkpoint((*asked)->body, limit());
    if (reply.kind == Kind::other_size) {
        auto const size = reply.size();
        if (!size) return refused(shard, (*asked)->size, "an answer that is no size");
        asked = question(shard, size);
        if (!asked) return asked.error();
        reply = parts_.client.add_checkpoint((*asked)->body, limit());
    }
    if (auto heeded = heed(reply); !heeded) return heeded.error();
    if (reply.kind == Kind::refused && reply.cause == "status_422")
        return parts_.db.run_blocking(
            std::chrono::steady_clock::now() + patience, [&](db::PgSession& db) -> Outcome<bool> {
                return freeze(db, shard, (*asked)->size, "what this one shows does not go on from it");
            });
    if (reply.kind == Kind::refused) return refused(shard, (*asked)->size, std::move(reply.cause));
    if (reply.kind != Kind::cosigned) {  // another size once more: another process was faster
        count("unavailable");
        return not_now(std::move(reply.cause));
    }
    if (auto kept = keep(shard, **asked, reply.body); !kept) return kept.error();
    count("cosigned");
    return true;
}

/// A witness is not asked before the time that its Retry-After gives.
Outcome<void> CosignService::heed(client::WitnessReply const& reply) {
    if (!reply.retry_after) return {};
    return parts_.db.run_blocking(
        std::chrono::steady_clock::now() + patience, [&](db::PgSession& db) -> Outcome<void> {
            keep_away(db, parts_.witness.vkey(), reply.retry_after, parts_.clock.now());
            return {};
        });
}

/// Stores only a good cosignature of the expected key; other lines are dropped.
Outcome<void> CosignService::keep(std::int16_t shard, Question const& asked, std::string const& lines) {
    auto note = crypto::Note::parse(asked.checkpoint + lines);
    auto const at = note ? parts_.witness.cosigned_at(*note) : std::nullopt;
    if (!at) return refused(shard, asked.size, "an answer without a good cosignature");
    if (at->time_since_epoch() <= 0s || *at > end_of_time)
        return refused(shard, asked.size, "a cosignature of an impossible time");
    std::erase_if(note->signatures, [this](crypto::NoteSignature const& signature) {
        return signature.key_id != parts_.witness.key_id() || signature.name != parts_.witness.name();
    });
    note->signatures.resize(1);
    store::Cosignature const cosignature{.shard = shard,
                                         .witness = parts_.witness.vkey(),
                                         .size = asked.size,
                                         .line = note->serialise().substr(note->text.size() + 1),
                                         .cosigned_at = Instant{*at}};
    return parts_.db.run_blocking(std::chrono::steady_clock::now() + patience,
                                  [&](db::PgSession& db) -> Outcome<void> {
                                      store::insert_cosignature(db, cosignature, parts_.clock.now());
                                      return {};
                                  });
}

}  // namespace sponsio::service
