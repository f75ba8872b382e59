#include "crypto/verify/checks.hpp"
#include "crypto/verify/log_source.hpp"

#include <map>

namespace sponsio::verify {
namespace {

using crypto::Checkpoint;
using crypto::Digest;
using crypto::NodeId;

[[noreturn]] void refute(std::string code, std::string en, std::string zh) {
    throw Refuted{std::move(code), {std::move(en), std::move(zh)}};
}

/// The nodes of a tree of that size, computed from a log's tiles, which are fetched all at once.
class StoredNodes {
  public:
    StoredNodes(LogSource& source, std::uint64_t size, std::vector<NodeId> const& nodes) : size_(size) {
        std::vector<crypto::TilePath> paths;
        for (NodeId const& node : nodes) {
            crypto::TileId const tile = crypto::tile_of(node, size);
            if (tiles_.try_emplace(tile).second) paths.push_back({false, tile});
        }
        auto bytes = read_tiles(source, paths);
        for (std::size_t i = 0; i != paths.size(); ++i) tiles_[paths[i].tile] = std::move(bytes[i]);
    }

    [[nodiscard]] std::optional<Digest> operator()(NodeId node) const {
        crypto::TileId const tile = crypto::tile_of(node, size_);
        return crypto::node_in_tile(tile, tiles_.at(tile), node);
    }

  private:
    std::uint64_t size_;
    std::map<crypto::TileId, Bytes> tiles_;
};

[[noreturn]] void forked(Checkpoint const& before, Checkpoint const& after) {
    std::string const sizes = std::to_string(before.size) + " and " + std::to_string(after.size);
    std::string const sizes_zh = std::to_string(before.size) + " 和 " + std::to_string(after.size);
    refute("forked",
           "The log was forked: it signed trees of size " + sizes +
               " of which the later does not begin with the earlier. Keep both checkpoints, they prove it.",
           "日志已分叉：它签名的大小为 " + sizes_zh +
               " 的两棵树，后者并非以前者开头。请保存两个检查点，它们就是证据。");
}

void check_with_tiles(Checkpoint const& before, Checkpoint const& after, LogSource& source) {
    auto nodes = crypto::root_nodes(before.size);
    auto const needed = crypto::consistency_nodes(before.size, after.size);
    nodes.insert(nodes.end(), needed.begin(), needed.end());
    StoredNodes const stored(source, after.size, nodes);
    auto const proof = crypto::consistency_proof(before.size, after.size, std::cref(stored)).value();
    // The earlier tree's root according to the log's tiles. The tiles are first checked against the later
    // tree, so that damaged tiles accuse nobody of a fork.
    Digest const begins_with = crypto::tree_root(before.size, std::cref(stored)).value();
    if (!crypto::verify_consistency(before.size, after.size, begins_with, after.root, proof))
        refute("wrong_tiles",
               "The log's tiles do not lead to the root of the later checkpoint: they are damaged, or of "
               "another log.",
               "日志的瓦片推不出较新检查点的树根：瓦片已损坏，或属于另一个日志。");
    if (begins_with != before.root) forked(before, after);
}

void check_order(Checkpoint const& before, Checkpoint const& after, ConsistencyOptions const& options) {
    if (before.origin != after.origin)
        throw NotChecked{"several_logs",
                         {"The checkpoints are of two logs, " + before.origin + " and " + after.origin +
                              "; name two of one log.",
                          "两个检查点属于不同的日志 " + before.origin + " 和 " + after.origin +
                              "；请给出同一日志的检查点。"}};
    if (before.size > after.size)
        refute(
            "smaller",
            "The later checkpoint has fewer entries than the earlier one: the log went back, or the two were "
            "named the wrong way round.",
            "较新检查点的条目数少于较早的：日志被回退，或者两个检查点的顺序写反了。");
    if (before.size == after.size) {
        if (before.root != after.root) forked(before, after);
        return;
    }
    if (before.size == 0) return;
    if (options.log.empty())
        throw NotChecked{
            "no_log",
            {"The trees differ in size, so the log's tiles are needed: name its directory or address "
             "with --log.",
             "两棵树大小不同，需要日志的瓦片：请用 --log 给出日志目录或地址。"}};
    check_with_tiles(before, after, *open_source(options.log, options.ca));
}

}  // namespace

Findings check_consistency(ConsistencyOptions const& options) {
    Trust const trust = trust_in(options.trust);
    Checkpoint const before =
        open_head(read_published(options.old_checkpoint), {trust.log_keys, {}}, options.old_checkpoint);
    Checkpoint const after = open_head(read_published(options.new_checkpoint), trust, options.new_checkpoint);
    check_order(before, after, options);

    std::string const older = std::to_string(before.size);
    std::string const newer = std::to_string(after.size);
    Findings findings;
    findings.proven.push_back({"the log " + after.origin + " signed both trees, and the one of " + newer +
                                   " entries begins with the one of " + older +
                                   ": nothing was changed or taken out between them",
                               "日志 " + after.origin + " 签名了两棵树，" + newer + " 个条目的树以 " + older +
                                   " 个条目的树开头：其间没有任何更改或删除"});
    findings.not_proven.push_back(
        {"what the entries say (check the whole log by `log`)", "条目的内容（请用 log 命令核验整个日志）"});
    tell_witnesses(findings, trust);
    findings.details.add("origin", after.origin);
    findings.details.add("old_size", before.size);
    findings.details.add("new_size", after.size);
    return findings;
}

}  // namespace sponsio::verify
