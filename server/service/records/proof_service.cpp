#include "server/service/records/proof_service.hpp"

#include "crypto/log/entry.hpp"
#include "server/service/log/cosigned_head.hpp"
#include "server/service/log/state.hpp"
#include "server/service/unit/reach.hpp"
#include "server/store/commitments.hpp"
#include "server/store/draws.hpp"
#include "server/store/records.hpp"

namespace sponsio::service {
namespace {

/// The position of the first leaf about a subject; nothing while it is pending, or if there is none.
std::optional<store::LogPlace> place_of(db::PgSession& db, std::string_view kind,
                                        std::string const& subject) {
    auto const leaves = store::leaves_about(db, std::string(kind), subject);
    return leaves.empty() ? std::nullopt : leaves.front().place;
}

Fault not_logged() {
    Fault f = fault(problem::conflict, "It is not in the log yet. Ask again in a moment.",
                    "尚未写入日志，请稍后再试。");
    f.retry_after = std::chrono::seconds(1);
    return f;
}

Fault older_than(store::LogPlace const& place) {
    std::string const index = std::to_string(place.index);
    return fault(
        problem::conflict,
        "A checkpoint of that size is older than the leaf " + index + ". Name one of a size above that.",
        "该检查点早于第 " + index + " 号叶子，请指定更大的检查点。");
}

Outcome<std::string> cosigned_proof(db::PgSession& db, store::LogPlace const& place,
                                    crypto::WitnessPolicy const& witnesses) {
    if (witnesses.quorum == 0)
        return fault(problem::conflict, "This log has no witnesses.", "本日志没有见证人。");
    auto const cosigned = cosigned_head(db, place.shard, witnesses);
    if (cosigned && cosigned->size > place.index) return proof_against(db, place, *cosigned);
    Fault f = fault(problem::conflict, "The witnesses have not cosigned it yet. Ask again in a moment.",
                    "见证人尚未联署，请稍后再试。");
    f.retry_after = std::chrono::seconds(2);
    return f;
}

}  // namespace

Outcome<std::string> ProofService::proof_of(db::PgSession& db, std::optional<store::LogPlace> const& place,
                                            WantedCheckpoint wanted) const {
    if (!place) return not_logged();
    if (wanted.cosigned) return cosigned_proof(db, *place, witnesses_);
    if (auto const size = wanted.size) {
        if (*size <= place->index) return older_than(*place);
        auto named = store::checkpoint_of_size(db, place->shard, *size);
        if (!named) return fault(problem::not_found);
        return proof_against(db, *place, {*size, std::move(*named)});
    }
    auto newest = store::log_head(db, place->shard);
    if (!newest) return damaged_log(place->shard, "it has no head", "缺少日志头");
    return proof_against(db, *place, {newest->size, std::move(newest->checkpoint)});
}

Async<std::string> ProofService::of_commitment(Caller<Official> const& caller, std::string code,
                                               WantedCheckpoint wanted) {
    auto job = [this, who = caller.who, code = std::move(code),
                wanted](db::PgSession& db) -> Outcome<std::string> {
        auto const row = store::commitment_by_code(db, code);
        if (!row || !is_own_case(*who, row->organisation)) return fault(problem::not_found);
        auto const place = row->leaf_index ? store::LogPlace{row->shard, *row->leaf_index}
                                           : place_of(db, crypto::log_kind::commitment, code);
        return proof_of(db, place, wanted);
    };
    return db_.run(caller.deadline, std::move(job));
}

Async<std::string> ProofService::of_record(Caller<Official> const& caller, RecordId id,
                                           WantedCheckpoint wanted) {
    auto job = [this, who = caller.who, id, wanted](db::PgSession& db) -> Outcome<std::string> {
        auto const row = store::record_by_id(db, id);
        if (!row || !reaches(db, vault_, *who, domain::Holding::records, row->organisation))
            return fault(problem::not_found);
        return proof_of(db, place_of(db, crypto::log_kind::record, id.text()), wanted);
    };
    return db_.run(caller.deadline, std::move(job));
}

Async<std::string> ProofService::of_draw(DrawId id, WantedCheckpoint wanted, Deadline deadline) {
    return db_.run(deadline, [this, id, wanted](db::PgSession& db) -> Outcome<std::string> {
        if (!store::draw_by_id(db, id)) return fault(problem::not_found);
        return proof_of(db, place_of(db, crypto::log_kind::draw, id.text()), wanted);
    });
}

}  // namespace sponsio::service
