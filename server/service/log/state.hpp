#pragma once

#include "crypto/keys/public_key.hpp"
#include "crypto/log/edge.hpp"
#include "crypto/log/merkle.hpp"
#include "server/base/fault.hpp"
#include "server/base/time.hpp"
#include "server/service/log/head_register.hpp"
#include "server/store/log.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace sponsio::crypto {
class Signer;
}

/// The stored log of one shard: read as tiles and nodes, and compared with the signed heads.
namespace sponsio::service {

/// The keys of the log: the present one signs checkpoints, any of them may have signed.
struct LogKeys {
    std::function<Outcome<std::shared_ptr<crypto::Signer const>>(Instant)> signer;
    std::function<std::vector<crypto::PublicKey>()> known;
};

class KeyService;

/// The keys of purpose::log; `keys` outlives the result.
LogKeys log_keys(KeyService const& keys);

/// A stored tree, which caches what it has read: to be used for one request or one round.
class StoredTree {
  public:
    /// The tree of the first `size` entries of a shard.
    StoredTree(db::PgSession& db, std::int16_t shard, std::uint64_t size)
        : db_(db), shard_(shard), size_(size) {}

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// The hashes of a tile at its width in this tree, or a smaller one; nothing if it is not stored.
    std::optional<Bytes> tile(crypto::TileId id);
    /// Reads all tiles that have these nodes, the full ones in one query.
    void fetch(std::vector<crypto::NodeId> const& nodes);
    std::optional<crypto::Digest> node(crypto::NodeId id);

    Outcome<crypto::Digest> root();
    Outcome<std::vector<crypto::Digest>> inclusion(std::uint64_t index);
    /// The consistency proof from the tree of `old_size` to this one.
    Outcome<std::vector<crypto::Digest>> consistency(std::uint64_t old_size);

  private:
    std::optional<Bytes> leaf_hashes(crypto::TileId id);

    db::PgSession& db_;
    std::int16_t shard_;
    std::uint64_t size_;
    std::map<crypto::TileId, Bytes> tiles_;
};

/// The entry bundle of at most 256 entries, as served; nothing if it is not stored at that width.
std::optional<Bytes> stored_bundle(db::PgSession& db, std::int16_t shard, std::uint64_t bundle,
                                   unsigned width);

/// The proof (C2SP tlog-proof) of an entry against the first checkpoint over it, as its receipt has it.
Outcome<std::string> first_proof(db::PgSession& db, store::LogPlace const& place);
/// The proof of an entry against that checkpoint.
Outcome<std::string> proof_against(db::PgSession& db, store::LogPlace const& place,
                                   store::SizedCheckpoint const& checkpoint);

/// A head whose tree was recomputed from the stored tiles.
struct OpenedLog {
    store::LogHead head;
    crypto::LogEdge edge;
};

/// A sentence for the operator: the stored log and the signed heads differ.
Fault damaged_log(std::int16_t shard, std::string en, std::string zh);

/// Recomputes the right edge, compares it with the head, verifies the head's checkpoint, and has it confirmed
/// outside the database that nothing was published beyond it. Fault: conflict if something else was
/// published, which does not go away by itself; else unavailable. Ignores `frozen_why`. The caller keeps
/// writers away by the lease, the head's lock or a snapshot. `published` was read before that, so that a
/// writer who publishes meanwhile is not mistaken for a restored database.
Outcome<OpenedLog> open_log(db::PgSession& db, std::int16_t shard, LogKeys const& keys,
                            std::vector<HeadRegister::Seen> const& published);

/// The right edge of the stored tree, if head, tiles and signature fit each other.
Outcome<crypto::LogEdge> load_edge(db::PgSession& db, store::LogHead const& head, LogKeys const& keys);

/// Whether the log up to that head begins with the published checkpoint. Fault: conflict if it does not.
Outcome<void> begins_with(db::PgSession& db, store::LogHead const& head, std::string const& published);

/// Whether any known key of the log signed this note for that head.
bool is_signed_head(store::LogHead const& head, std::vector<crypto::PublicKey> const& keys);

/// The checkpoint note over a tree, with further lines if any, signed by the present key.
Outcome<std::string> sign_head(std::string const& origin, std::uint64_t size, crypto::Digest const& root,
                               LogKeys const& keys, Instant now, std::vector<std::string> extensions = {});

}  // namespace sponsio::service
