#include "server/service/log/state.hpp"

#include "crypto/keys/signer.hpp"
#include "crypto/keys/store.hpp"
#include "crypto/log/tlog_proof.hpp"
#include "server/service/keys/service.hpp"

#include <algorithm>
#include <set>

namespace sponsio::service {
namespace {

constexpr std::size_t digest_size = std::tuple_size_v<crypto::Digest>;

/// Every tile that holds one of the nodes, at its width in a tree of that size.
std::set<crypto::TileId> tiles_of(std::vector<crypto::NodeId> const& nodes, std::uint64_t size) {
    std::set<crypto::TileId> tiles;
    for (crypto::NodeId const node : nodes) tiles.insert(crypto::tile_of(node, size));
    return tiles;
}

template <class T>
Outcome<T> or_fault(Result<T> result, std::int16_t shard) {
    if (result) return std::move(*result);
    return damaged_log(shard,
                       "its stored tiles do not give what is asked of them (" + result.error().message + ")",
                       "所存的日志瓦片不完整");
}

}  // namespace

Fault damaged_log(std::int16_t shard, std::string en, std::string zh) {
    Fault f = fault(problem::unavailable,
                    "The log of shard " + std::to_string(shard) + " is not signed: " + en + ".",
                    "第 " + std::to_string(shard) + " 号日志分片停止签署：" + zh + "。");
    f.cause = f.detail.en;
    f.retry_after = std::chrono::seconds(60);
    return f;
}

LogKeys log_keys(KeyService const& keys) {
    return {.signer = [&keys](Instant now) { return keys.signer(purpose::log, now); },
            .known =
                [&keys] {
                    std::vector<crypto::PublicKey> known;
                    for (crypto::KeyEntry const& entry : keys.keys())
                        if (entry.purpose == purpose::log) known.push_back(entry.key);
                    return known;
                }};
}

// ------------------------------------------------------------------------------------------------ StoredTree
/// A partial tile of leaf hashes is made of the entries themselves.
std::optional<Bytes> StoredTree::leaf_hashes(crypto::TileId id) {
    auto const bundle = stored_bundle(db_, shard_, id.index, id.width);
    if (!bundle) return std::nullopt;
    auto const entries = crypto::split_bundle(*bundle);
    if (!entries || entries->size() != id.width) return std::nullopt;
    Bytes hashes;
    hashes.reserve(id.width * digest_size);
    for (ByteView const entry : *entries) {
        crypto::Digest const hash = crypto::leaf_hash(entry);
        hashes.insert(hashes.end(), hash.begin(), hash.end());
    }
    return hashes;
}

std::optional<Bytes> StoredTree::tile(crypto::TileId id) {
    if (auto known = tiles_.find(id); known != tiles_.end()) return known->second;
    std::optional<Bytes> hashes;
    auto const level = static_cast<std::int16_t>(id.level);
    if (id.width == crypto::tile_width) {
        auto rows = store::full_tiles(db_, shard_, {{level, id.index}});
        if (!rows.empty()) hashes = std::move(rows.front().hashes);
    } else if (id.level == 0) {
        hashes = leaf_hashes(id);
    } else {
        auto const roots = store::tile_roots(db_, shard_, static_cast<std::int16_t>(level - 1),
                                             id.index * crypto::tile_width, id.width);
        if (roots.size() == id.width) {
            hashes.emplace();
            for (auto const& root : roots) hashes->insert(hashes->end(), root.begin(), root.end());
        }
    }
    if (hashes) tiles_.emplace(id, *hashes);
    return hashes;
}

void StoredTree::fetch(std::vector<crypto::NodeId> const& nodes) {
    std::vector<store::LogTileKey> full;
    for (crypto::TileId const& id : tiles_of(nodes, size_))
        if (id.width == crypto::tile_width && !tiles_.contains(id))
            full.push_back({static_cast<std::int16_t>(id.level), id.index});
    if (full.empty()) return;
    for (auto& row : store::full_tiles(db_, shard_, full))
        tiles_.emplace(crypto::TileId{static_cast<unsigned>(row.key.level), row.key.index},
                       std::move(row.hashes));
}

std::optional<crypto::Digest> StoredTree::node(crypto::NodeId id) {
    crypto::TileId const place = crypto::tile_of(id, size_);
    auto const hashes = tile(place);
    if (!hashes) return std::nullopt;
    return crypto::node_in_tile(place, *hashes, id);
}

Outcome<crypto::Digest> StoredTree::root() {
    fetch(crypto::root_nodes(size_));
    return or_fault(crypto::tree_root(size_, [this](crypto::NodeId id) { return node(id); }), shard_);
}

Outcome<std::vector<crypto::Digest>> StoredTree::inclusion(std::uint64_t index) {
    fetch(crypto::inclusion_nodes(index, size_));
    return or_fault(crypto::inclusion_proof(index, size_, [this](crypto::NodeId id) { return node(id); }),
                    shard_);
}

Outcome<std::vector<crypto::Digest>> StoredTree::consistency(std::uint64_t old_size) {
    fetch(crypto::consistency_nodes(old_size, size_));
    return or_fault(
        crypto::consistency_proof(old_size, size_, [this](crypto::NodeId id) { return node(id); }), shard_);
}

std::optional<Bytes> stored_bundle(db::PgSession& db, std::int16_t shard, std::uint64_t bundle,
                                   unsigned width) {
    std::uint64_t const first = bundle * crypto::tile_width;
    std::uint64_t at = first;
    Bytes bytes;
    for (store::LogRun const& run : store::log_runs(db, shard, first, first + width)) {
        if (run.first != at) return std::nullopt;
        at = run.next;
        bytes.insert(bytes.end(), run.entries.begin(), run.entries.end());
    }
    if (at < first + width) return std::nullopt;
    if (at == first + width) return bytes;
    // The last run may extend beyond the width: take only its first entries.
    auto const entries = crypto::split_bundle(bytes);
    if (!entries || entries->size() < width) return std::nullopt;
    Bytes cut;
    for (unsigned i = 0; i != width; ++i) crypto::append_entry(cut, (*entries)[i]);
    return cut;
}

Outcome<std::string> first_proof(db::PgSession& db, store::LogPlace const& place) {
    auto const checkpoint = store::first_checkpoint_over(db, place.shard, place.index);
    if (!checkpoint) return damaged_log(place.shard, "no checkpoint covers a logged entry", "缺少检查点");
    return proof_against(db, place, *checkpoint);
}

Outcome<std::string> proof_against(db::PgSession& db, store::LogPlace const& place,
                                   store::SizedCheckpoint const& checkpoint) {
    auto hashes = StoredTree(db, place.shard, checkpoint.size).inclusion(place.index);
    if (!hashes) return hashes.error();
    return crypto::TlogProof{std::nullopt, place.index, std::move(*hashes), checkpoint.checkpoint}.text();
}

// ------------------------------------------------------------------------------------------------- the head
bool is_signed_head(store::LogHead const& head, std::vector<crypto::PublicKey> const& keys) {
    auto const note = crypto::Note::parse(head.checkpoint);
    if (!note) return false;
    auto const said = crypto::Checkpoint::parse(note->text);
    if (!said || said->origin != head.origin || said->size != head.size || said->root != head.root)
        return false;
    return std::ranges::any_of(keys, [&](crypto::PublicKey const& key) {
        return crypto::NoteVerifier(head.origin, key).verified(*note);
    });
}

Outcome<std::string> sign_head(std::string const& origin, std::uint64_t size, crypto::Digest const& root,
                               LogKeys const& keys, Instant now, std::vector<std::string> extensions) {
    auto const signer = keys.signer(now);
    if (!signer) return signer.error();
    crypto::Checkpoint const head{
        .origin = origin, .size = size, .root = root, .extensions = std::move(extensions)};
    crypto::Note note{head.text(), {}};
    note.signatures.push_back(crypto::sign_note(note.text, origin, **signer));
    return note.serialise();
}

namespace {

/// The stored log and the published head contradict each other.
Fault contradiction(std::int16_t shard, std::string en, std::string zh) {
    Fault f = damaged_log(shard, en, std::move(zh));
    f.cause = std::move(en);  // becomes the reason for which the shard is frozen
    f.problem = &problem::conflict;
    return f;
}

}  // namespace

Outcome<void> begins_with(db::PgSession& db, store::LogHead const& head, std::string const& published) {
    auto const note = crypto::Note::parse(published);
    auto const was = note ? crypto::Checkpoint::parse(note->text) : note.error();
    if (!was || was->origin != head.origin)
        return contradiction(head.shard,
                             "the checkpoint kept outside the database is of another log (" +
                                 (was ? was->origin : std::string("unreadable")) + ")",
                             "数据库之外保存的检查点属于另一日志");
    if (was->size > head.size)
        return contradiction(
            head.shard,
            "its database is older than what was published: it has " + std::to_string(head.size) +
                " entries and a checkpoint over " + std::to_string(was->size) +
                " is known outside. Put the newer database back, or end this shard before "
                "everybody's eyes: sponsio log resume --accept-loss",
            "数据库早于已发布的检查点，请恢复较新的数据库，或以 sponsio log resume --accept-loss "
            "公开终止该分片");
    auto const root = StoredTree(db, head.shard, was->size).root();
    if (!root) return root.error();
    if (*root != was->root)
        return contradiction(
            head.shard,
            "its first " + std::to_string(was->size) + " entries are not those that were published",
            "日志内容与已发布的检查点不一致");
    return {};
}

Outcome<crypto::LogEdge> load_edge(db::PgSession& db, store::LogHead const& head, LogKeys const& keys) {
    StoredTree tree(db, head.shard, head.size);
    auto edge = crypto::LogEdge::load(head.size, [&](crypto::TileId id) { return tree.tile(id); });
    if (!edge)
        return damaged_log(head.shard, "its stored tiles cannot be read (" + edge.error().message + ")",
                           "所存的日志瓦片无法读取");
    if (edge->root() != head.root)
        return damaged_log(head.shard, "its stored tiles give another root than the one that was signed",
                           "所存的日志瓦片与已签署的根不一致");
    if (!is_signed_head(head, keys.known()))
        return damaged_log(head.shard, "the signature of its last checkpoint is wrong",
                           "最近检查点的签名无效");
    return std::move(*edge);
}

Outcome<OpenedLog> open_log(db::PgSession& db, std::int16_t shard, LogKeys const& keys,
                            std::vector<HeadRegister::Seen> const& published) {
    auto const head = store::log_head(db, shard);
    if (!head) return damaged_log(shard, "the database does not have it", "数据库中没有该分片");
    auto edge = load_edge(db, *head, keys);
    if (!edge) return edge.error();
    auto const fits = confirm_head(
        *head, published, [&](std::string const& checkpoint) { return begins_with(db, *head, checkpoint); });
    if (!fits) return fits.error();
    return OpenedLog{*head, std::move(*edge)};
}

}  // namespace sponsio::service
