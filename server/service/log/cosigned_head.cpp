#include "server/service/log/cosigned_head.hpp"

#include "server/store/cosignatures.hpp"

namespace sponsio::service {

std::vector<std::string> vkeys_of(std::vector<crypto::NoteVerifier> const& witnesses) {
    std::vector<std::string> vkeys;
    for (crypto::NoteVerifier const& witness : witnesses) vkeys.push_back(witness.vkey());
    return vkeys;
}

std::optional<store::SizedCheckpoint> cosigned_head(db::PgSession& db, std::int16_t shard,
                                                    crypto::WitnessPolicy const& policy) {
    auto const witnesses = vkeys_of(policy.witnesses);
    auto const size = store::largest_cosigned(db, shard, witnesses, policy.quorum);
    if (!size) return std::nullopt;
    auto checkpoint = store::checkpoint_of_size(db, shard, *size);
    if (!checkpoint) return std::nullopt;
    for (std::string const& line : store::cosignatures_of(db, shard, *size, witnesses)) *checkpoint += line;
    return store::SizedCheckpoint{*size, std::move(*checkpoint)};
}

}  // namespace sponsio::service
