#include "server/service/log/resume.hpp"

#include "crypto/log/end.hpp"
#include "crypto/log/entry.hpp"
#include "server/db/tx.hpp"
#include "server/service/unit/log_leaf.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/commitments.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using Seen = std::vector<HeadRegister::Seen>;

/// Codes and receipts of lost commitments exist: the serials of these days around the
/// loss continue from far above.
constexpr std::chrono::days around_the_loss{31};

Fault refused(std::string en, std::string zh) {
    return fault(problem::conflict, std::move(en), std::move(zh));
}

/// The answers of all named places.
Seen look_everywhere(HeadRegister& published, store::LogHead const& head, LogResumeParts const& parts) {
    Seen seen = published.look(head.origin);
    Seen const before = HeadRegister(HeadPlaces{.directories = parts.from}.of(head.shard)).look(head.origin);
    seen.insert(seen.end(), before.begin(), before.end());
    return seen;
}

std::optional<crypto::Checkpoint> checkpoint_in(std::string const& text, std::string const& origin) {
    auto const note = crypto::Note::parse(text);
    auto said = note ? crypto::Checkpoint::parse(note->text) : note.error();
    if (!said || said->origin != origin) return std::nullopt;
    return std::move(*said);
}

/// A copy made after its original had stopped has exactly the stored head.
bool is_last_state(HeadRegister::Seen const& one, store::LogHead const& head) {
    if (!one.known || !one.known->copied) return false;
    auto const said = checkpoint_in(one.known->checkpoints.front(), head.origin);
    return said && said->size == head.size && said->root == head.root;
}

/// The places that count.
Seen witnesses_of(Seen const& seen, store::LogHead const& head, ResumeHow how) {
    Seen vouching;
    for (HeadRegister::Seen one : seen) {
        if (!one.known || one.known->checkpoints.empty()) continue;
        if (how == ResumeHow::moved && is_last_state(one, head)) one.known->copied = false;
        if (!one.known->copied) vouching.push_back(std::move(one));
    }
    return vouching;
}

JsonObject content_of(char const* how, store::LogHead const& head, LogResumeParts const& parts) {
    return {{"kind", crypto::log_kind::shard}, {"how", how},
            {"origin", head.origin},           {"size", static_cast<std::int64_t>(head.size)},
            {"root", to_base64(head.root)},    {"reason", parts.reason}};
}

void leave_leaf(db::PgSession& db, store::LogHead const& about, JsonObject content, Instant now) {
    std::string const text = salted_content(std::move(content));
    store::NewLeaf leaf =
        log_leaf(crypto::log_kind::shard, std::to_string(about.shard), crypto::sha256(as_bytes(text)), now);
    leaf.content = text;
    store::insert_leaf(db, leaf, now);
}

/// The sentence of a start that is refused for the same reason.
Fault unconfirmed(store::LogHead const& head, Seen const& seen) {
    return confirm_head(head, seen, [](std::string const&) { return Outcome<void>(); }).error();
}

/// Resumes the shard if the places that count confirm the log.
Outcome<ShardResumed> go_on(db::PgSession& db, store::LogHead const& head, ResumeHow how,
                            HeadRegister& published, LogResumeParts const& parts) {
    Seen const seen = look_everywhere(published, head, parts);
    for (HeadRegister::Seen const& one : seen)
        if (one.known)
            for (std::string const& checkpoint : one.known->checkpoints)
                if (auto fits = begins_with(db, head, checkpoint); !fits) return fits.error();
    Seen const vouching = witnesses_of(seen, head, how);
    if (vouching.empty() && head.size != 0) return unconfirmed(head, seen);
    auto const opened = open_log(db, head.shard, parts.keys, vouching);
    if (!opened) return opened.error();
    if (how == ResumeHow::moved) leave_leaf(db, head, content_of("moved", head, parts), parts.clock.now());
    return ShardResumed{.shard = head.shard};
}

/// The largest head known to a place that the stored log does not lead to.
std::optional<crypto::LogEnd::Head> lost_head(db::PgSession& db, store::LogHead const& head,
                                              Seen const& seen) {
    std::optional<crypto::LogEnd::Head> lost;
    for (HeadRegister::Seen const& one : seen)
        if (one.known)
            for (std::string const& text : one.known->checkpoints)
                if (auto const said = checkpoint_in(text, head.origin))
                    if (!begins_with(db, head, text) && (!lost || said->size > lost->size))
                        lost = crypto::LogEnd::Head{said->size, said->root};
    return lost;
}

std::string origin_beside(std::string const& origin, std::int16_t number) {
    return origin.substr(0, origin.rfind('/') + 1) + std::to_string(number);
}

/// A shard number that neither the database nor any place knows.
Outcome<store::LogHead> new_shard(db::PgSession& db, store::LogHead const& ended,
                                  LogResumeParts const& parts) {
    std::int16_t number = parts.new_number.value_or(1);
    for (;; ++number) {
        store::LogHead next{.shard = number, .origin = origin_beside(ended.origin, number), .checkpoint = {}};
        bool known = store::log_head(db, number).has_value();
        HeadRegister published(parts.heads.of(number));
        for (HeadRegister::Seen const& one : look_everywhere(published, next, parts)) {
            if (!one.known) return one.known.error();
            known = known || !one.known->checkpoints.empty();
        }
        if (known && parts.new_number)
            return refused("There is a shard " + std::to_string(number) + " already; name a higher number.",
                           "分片 " + std::to_string(number) + " 已存在，请给出更大的编号。");
        if (known) continue;
        next.root = crypto::empty_root();
        next.signed_at = parts.clock.now();
        auto checkpoint = sign_head(next.origin, 0, next.root, parts.keys, next.signed_at);
        if (!checkpoint) return checkpoint.error();
        next.checkpoint = std::move(*checkpoint);
        return next;
    }
}

Outcome<ShardResumed> end(db::PgSession& db, store::LogHead const& head, LogResumeParts const& parts) {
    HeadRegister published(parts.heads.of(head.shard));
    Seen const seen = look_everywhere(published, head, parts);
    // A further signature requires that the stored log matches the signed head.
    if (auto const edge = load_edge(db, head, parts.keys); !edge) return edge.error();
    auto next = new_shard(db, head, parts);
    if (!next) return next.error();
    Instant const now = parts.clock.now();
    crypto::LogEnd const said{
        .at = to_rfc3339(now), .continues = next->origin, .published = lost_head(db, head, seen)};
    auto statement = sign_head(head.origin, head.size, head.root, parts.keys, now, said.lines());
    if (!statement) return statement.error();
    JsonObject content = content_of("ended", head, parts);
    content.add("continues", next->origin);
    content.add("statement", *statement);
    store::end_log(db, head.shard, *statement, now);
    store::create_log_shard(db, *next);
    leave_leaf(db, head, std::move(content), now);
    store::skip_serials(db, china_date(head.signed_at - around_the_loss), china_date(now));
    return ShardResumed{.shard = head.shard, .continues = std::move(*next)};
}

}  // namespace

Outcome<ShardResumed> resume_shard(db::PgSession& session, std::int16_t shard, ResumeHow how,
                                   LogResumeParts const& parts) {
    std::optional<store::LogHead> head;
    HeadRegister published(parts.heads.of(shard));
    auto const done = in_transaction(session, [&](db::PgSession& db) -> Outcome<ShardResumed> {
        head = store::lock_log_head(db, shard);
        if (!head) return damaged_log(shard, "the database does not have it", "数据库中没有该分片");
        if (head->ended_at)
            return refused("Shard " + std::to_string(shard) + " has ended.",
                           "分片 " + std::to_string(shard) + " 已终止。");
        return how == ResumeHow::accept_loss ? end(db, *head, parts)
                                             : go_on(db, *head, how, published, parts);
    });
    if (!done || how == ResumeHow::accept_loss) return done;
    // The leaf of a move is stored before any place confirms: nobody signs in between.
    if (auto kept = published.keep(*head); !kept) return kept.error();
    return done;
}

Outcome<void> check_confirmed(db::PgSession& db, store::LogHead const& head, LogResumeParts const& parts) {
    auto const opened =
        open_log(db, head.shard, parts.keys, HeadRegister(parts.heads.of(head.shard)).look(head.origin));
    if (!opened) return opened.error();
    return {};
}

}  // namespace sponsio::service
