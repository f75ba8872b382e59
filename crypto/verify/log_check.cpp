#include "crypto/log/edge.hpp"
#include "crypto/log/end.hpp"
#include "crypto/log/entry.hpp"
#include "crypto/verify/checks.hpp"
#include "crypto/verify/log_source.hpp"
#include "crypto/verify/words.hpp"

#include <algorithm>
#include <map>

namespace sponsio::verify {
namespace {

using crypto::Checkpoint;
using crypto::tile_width;
using crypto::TileId;
using crypto::TilePath;

/// The number of bundles, and of tiles under them, fetched at once: it bounds the memory.
constexpr std::uint64_t window = 32;

[[noreturn]] void refute(std::string code, std::string en, std::string zh) {
    throw Refuted{std::move(code), {std::move(en), std::move(zh)}};
}

[[noreturn]] void refute_tile(TileId tile) {
    std::string const path = TilePath{false, tile}.text();
    std::string const below = tile.level == 0 ? "entries" : "tiles below it";
    std::string const below_zh = tile.level == 0 ? "条目" : "下层瓦片";
    refute("wrong_tile",
           "'" + path + "' is not what the " + below + " hash to: one of them was changed or damaged.",
           "“" + path + "”与其" + below_zh + "的哈希不符：其中之一被更改或损坏。");
}

/// Reads a log once from left to right, and computes every file that it serves anew.
class LogCheck {
  public:
    LogCheck(LogSource& source, Checkpoint head, std::vector<Checkpoint> olds, LogOptions const& options)
        : source_(source), head_(std::move(head)), olds_(std::move(olds)), options_(options) {
        for (Checkpoint const& old : olds_)
            if (old.origin != head_.origin)
                throw NotChecked{
                    "several_logs",
                    {"An earlier checkpoint is of " + old.origin + ", and this log is " + head_.origin + ".",
                     "较早的检查点属于 " + old.origin + "，而本日志是 " + head_.origin + "。"}};
        std::ranges::sort(olds_, {}, &Checkpoint::size);
        if (!olds_.empty() && olds_.back().size > head_.size && crypto::LogEnd::of(head_))
            refute(
                "lost",
                "The log was ended by its operator with fewer entries than an earlier checkpoint says: what "
                "came after them is lost, and its last statement admits it. Keep the earlier checkpoint and "
                "receipts: they prove what had been logged.",
                "日志已由运营者终止，其条目少于较早检查点所载：其后的条目已丢失，最后声明承认了这一点。"
                "请保存较早的检查点与回执，它们可证明曾被记录的内容。");
        if (!olds_.empty() && olds_.back().size > head_.size)
            refute("smaller", "The log now has fewer entries than an earlier checkpoint says: it went back.",
                   "日志现有条目少于较早检查点所载：日志被回退。");
    }

    /// The number of entries of each kind.
    std::map<std::string, std::uint64_t> run() {
        compare_olds();
        std::uint64_t const tiles = head_.size / tile_width + (head_.size % tile_width != 0 ? 1 : 0);
        for (std::uint64_t first = 0; first < tiles; first += window) {
            check_window(first, std::min(first + window, tiles));
            if (options_.progress) options_.progress(edge_.size(), head_.size);
        }
        check_edge();
        if (edge_.root() != head_.root)
            refute("wrong_root",
                   "Entries and tiles agree with each other, but not with the signed root: this is not the "
                   "log that "
                   "was signed.",
                   "条目与瓦片彼此一致，但与签名的树根不符：这不是被签名的日志。");
        return kinds_;
    }

  private:
    void check_window(std::uint64_t first, std::uint64_t end) {
        std::vector<TilePath> paths;
        for (bool const entries : {true, false})
            for (std::uint64_t index = first; index != end; ++index)
                paths.push_back({entries, {0, index, crypto::tile_width_at(0, index, head_.size)}});
        auto const files = read_tiles(source_, paths);
        std::size_t const count = files.size() / 2;
        for (std::size_t i = 0; i != count; ++i) check_bundle(paths[i].tile, files[i], files[count + i]);
    }

    void check_bundle(TileId tile, Bytes const& bundle, Bytes const& stored) {
        std::string const path = TilePath{true, tile}.text();
        Sentence const name{"'" + path + "'", "“" + path + "”"};
        auto const entries = or_unreadable(crypto::split_bundle(bundle), name);
        // Where a full bundle replaces a partial one that is gone, its first entries count.
        if (entries.size() != tile.width && entries.size() != tile_width)
            unreadable(name, {.code = "wrong_bundle", .message = "It has too many or too few entries."});
        edge_.begin();
        Bytes hashes;
        for (unsigned i = 0; i != tile.width; ++i) {
            count_entry(entries[i]);
            crypto::Digest const leaf = crypto::leaf_hash(entries[i]);
            hashes.insert(hashes.end(), leaf.begin(), leaf.end());
            edge_.append(leaf);
            compare_olds();
        }
        if (hashes != stored) refute_tile(tile);
        for (crypto::CompletedTile const& done : edge_.completed())
            if (done.tile.level != 0) compare_tile(done.tile, done.hashes);
    }

    void count_entry(ByteView text) {
        std::string const number = std::to_string(edge_.size());
        auto const entry = or_refute(crypto::LogEntry::parse(text),
                                     {"Entry " + number + " is wrong", "第 " + number + " 号条目有误"});
        ++kinds_[entry.kind];
    }

    /// Checks the partial tiles above the leaves.
    void check_edge() {
        for (unsigned level = 1; level != crypto::tile_levels; ++level) {
            std::uint64_t const index = head_.size >> (crypto::tile_height * (level + 1));
            unsigned const width = crypto::tile_width_at(level, index, head_.size);
            if (width != 0) compare_tile({level, index, width}, edge_.partial(level));
        }
    }

    void compare_tile(TileId tile, Bytes const& hashes) {
        if (read_tiles(source_, {{false, tile}}).front() != hashes) refute_tile(tile);
    }

    /// Compares the earlier checkpoints whose size has been read by now.
    void compare_olds() {
        for (; next_old_ != olds_.size() && olds_[next_old_].size == edge_.size(); ++next_old_)
            if (olds_[next_old_].root != edge_.root())
                refute("forked",
                       "The log was forked: what it shows now does not begin with the tree of " +
                           std::to_string(edge_.size()) +
                           " entries that it signed before. Keep both checkpoints, they prove it.",
                       "日志已分叉：现在的内容并非以它曾签名的 " + std::to_string(edge_.size()) +
                           " 个条目的树开头。请保存两个检查点，它们就是证据。");
    }

    LogSource& source_;
    Checkpoint head_;
    std::vector<Checkpoint> olds_;
    std::size_t next_old_ = 0;
    LogOptions const& options_;
    crypto::LogEdge edge_;
    std::map<std::string, std::uint64_t> kinds_;
};

/// Adds to the findings that the log has ended, and which log continues it.
void tell_end(Findings& findings, crypto::LogEnd const& end) {
    findings.proven.push_back(
        {"its key signed a last statement on " + end.at + ": nothing is added to it any more, and " +
             end.continues + " goes on",
         "其密钥于 " + end.at + " 签署了最后声明：不再增加条目，由 " + end.continues + " 继续"});
    json::Object said;
    said.add("at", end.at);
    said.add("continues", end.continues);
    if (end.published) {
        std::string const size = std::to_string(end.published->size);
        findings.proven.push_back(
            {"its operator admits that a tree of " + size +
                 " entries had been published, which it "
                 "does not lead to: entries were lost",
             "其运营者承认曾发布 " + size + " 个条目的树而现有日志并不包含：有条目丢失"});
        said.add("published_size", end.published->size);
        said.add("published_root", to_base64(end.published->root));
    }
    findings.details.add("ended", std::move(said));
}

}  // namespace

Findings check_log(LogOptions const& options) {
    Trust const trust = trust_in(options.trust);
    std::vector<Checkpoint> olds;
    for (std::string const& path : options.old_checkpoints)
        olds.push_back(open_head(read_published(path), {trust.log_keys, {}}, path));
    auto const source = open_source(options.log, options.ca);
    Checkpoint const head = open_head(read_checkpoint(*source), trust, options.log);
    auto const kinds = LogCheck(*source, head, olds, options).run();

    std::string const size = std::to_string(head.size);
    Findings findings;
    findings.proven.push_back(
        {"each of the " + size + " entries and every tile of the log " + head.origin +
             " is what its key signed, and an entry holds a kind, a time and a digest only",
         "日志 " + head.origin + " 的 " + size +
             " 个条目和每块瓦片都与其密钥所签一致，条目只含类别、时间和摘要"});
    if (!olds.empty())
        findings.proven.push_back(
            {"it begins with the trees of the " + std::to_string(olds.size()) + " earlier checkpoints",
             "它以 " + std::to_string(olds.size()) + " 个较早检查点的树开头"});
    else
        findings.not_proven.push_back(
            {"that nothing was changed since you last looked (name an earlier checkpoint "
             "with --old)",
             "自上次查看以来没有更改（请用 --old 给出较早的检查点）"});
    findings.not_proven.push_back({"what the digests stand for", "摘要代表什么内容"});
    tell_witnesses(findings, trust);
    json::Object counts;
    for (auto const& [kind, count] : kinds) counts.add(kind, count);
    findings.details.add("origin", head.origin);
    findings.details.add("size", head.size);
    findings.details.add("root", to_base64(head.root));
    findings.details.add("entries", std::move(counts));
    if (auto const end = crypto::LogEnd::of(head)) tell_end(findings, *end);
    return findings;
}

}  // namespace sponsio::verify
