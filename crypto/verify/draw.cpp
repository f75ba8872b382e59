#include "crypto/draw/statement.hpp"
#include "crypto/verify/checks.hpp"
#include "crypto/verify/logged_entry.hpp"
#include "crypto/verify/words.hpp"

#include <algorithm>

namespace sponsio::verify {
namespace {

namespace draw = crypto::draw;

/// Room for more than a million drawn objects.
constexpr std::size_t max_statement_bytes = std::size_t{512} << 20;

[[noreturn]] void refute(std::string code, std::string en, std::string zh) {
    throw Refuted{std::move(code), {std::move(en), std::move(zh)}};
}

void hold(Result<void> const& result, Subject const& what) {
    if (!result) judge(what, result.error());
}

Subject const the_statement{{"The statement of the draw", "抽取声明"},
                            {"The statement is not genuine", "声明不是真的"}};

/// RFC 3339 in UTC, with or without decimals, so that texts compare as times.
std::string comparable(std::string text) {
    text.pop_back();
    if (text.find('.') == std::string::npos) text += '.';
    text.resize(30, '0');
    return text;
}

bool later(std::string const& a, std::string const& b) {
    return comparable(a) > comparable(b);
}

class DrawCheck {
  public:
    explicit DrawCheck(DrawOptions const& options)
        : options_(options),
          file_(or_unreadable(
              draw::StatementFile::parse(read_published(options.statement, max_statement_bytes)),
              the_statement.name)),
          said_(file_.said),
          drawing_({.seed = said_.seed,
                    .pool_digest = said_.pool_digest,
                    .public_input = said_.public_input,
                    .recusals = said_.recusals}) {}

    Findings run() {
        seed_and_times();
        pool();
        result();
        tell_result();
        signature();
        log();
        findings_.not_proven.push_back(
            {"that the public input is what the dice or the beacon showed, and that nobody could foresee it",
             "公开输入确为骰子或信标所示，且事先无人能够预知"});
        findings_.not_proven.push_back(
            {"that the pool held everything that belonged in it", "抽取池包含了所有应当列入的对象"});
        return std::move(findings_);
    }

  private:
    void seed_and_times() const {
        if (draw::seed_commitment(said_.seed) != said_.seed_commitment)
            refute("seed_differs", "The seed is not the one that was committed to.",
                   "种子不是事先承诺的那一个。");
        if (later(said_.committed_at, said_.public_input_at) ||
            later(said_.public_input_at, said_.revealed_at))
            refute(
                "wrong_order",
                "By its own times the draw was not committed to, given its input and revealed in this order.",
                "按声明所载时间，先承诺、再给公开输入、后揭示的顺序不成立。");
    }

    /// Repeats the draw, and compares the pool with the statement and the committed leaf.
    void pool() {
        Subject const what{{"The pool", "抽取池"},
                           {"The draw cannot be repeated from this pool", "不能由该抽取池重新抽取"}};
        read_pieces(options_.pool, [&](std::string_view piece) { hold(drawing_.feed(piece), what); });
        drawn_ = or_judge(drawing_.finish(), what);
        draw::Plan const& plan = drawing_.plan();
        if (plan.draw_id != said_.draw_id || plan.objects() != said_.objects ||
            plan.inspectors.size() != said_.inspectors)
            refute("pool_differs",
                   "The pool is of another draw, or has other numbers than the statement says.",
                   "抽取池属于另一次抽取，或其数目与声明不符。");
        hold(draw::check_committed(said_, plan),
             {the_statement.name, {"The committed leaf is not of this draw", "所载承诺条目不是这次抽取的"}});
    }

    void result() const {
        json::Array const& claimed = file_.result.as_array();
        std::size_t const rows = std::min(claimed.size(), drawn_.size());
        std::size_t same = 0;
        while (same != rows &&
               json::canonical(claimed[same]) == draw::row_text(drawing_.plan(), drawn_[same]))
            ++same;
        if (same != rows) {
            std::string const place = std::to_string(same);
            std::string const object = drawn_[same].id.text();
            refute("result_differs",
                   "The result was changed: member " + place + " does not follow; drawn is there " + object +
                       ", with other inspectors or in place of another.",
                   "结果被更改：第 " + place + " 项（从 0 起）不能得出；此处抽中的是 " + object +
                       "，检查人员不同，或对象不同。");
        }
        if (claimed.size() != drawn_.size())
            refute("result_differs",
                   "The result was changed: it has " + std::to_string(claimed.size()) + " members and not " +
                       std::to_string(drawn_.size()) + ".",
                   "结果被更改：共 " + std::to_string(claimed.size()) + " 项，应为 " +
                       std::to_string(drawn_.size()) + " 项。");
        if (crypto::sha256(as_bytes(draw::result_text(drawing_.plan(), drawn_))) != said_.result_digest)
            refute("result_differs", "The digest of the result is not that of the result.",
                   "结果摘要与结果不符。");
        hold(draw::check_payload(file_),
             {the_statement.name, {"The signed statement does not hold", "签名声明不成立"}});
        for (draw::Reassignment const& one : said_.reassigned)
            if (one.seat > drawing_.plan().assign ||
                std::ranges::find(drawn_, one.object, &draw::Drawn::id) == drawn_.end())
                refute("result_differs",
                       "It says that seat " + std::to_string(one.seat) + " of " + one.object.text() +
                           " was reassigned, which was not drawn.",
                       "声明称 " + one.object.text() + " 的第 " + std::to_string(one.seat) +
                           " 席位被重新指派，但该席位并未抽取。");
    }

    void tell_result() {
        std::string const number = std::to_string(drawn_.size());
        std::string const objects = std::to_string(said_.objects);
        std::string const recusals = std::to_string(said_.recusals.size());
        findings_.proven.push_back(
            {"the draw " + said_.draw_id + " gives exactly this result: " + number + " of " + objects +
                 " objects and who inspects each, after " + recusals +
                 " recusals, follow from this pool, the seed that the committed leaf promised and the public "
                 "input '" +
                 said_.public_input + "'",
             "抽取 " + said_.draw_id + " 只能得出这一结果：由该抽取池、承诺条目所约定的种子和公开输入“" +
                 said_.public_input + "”，从 " + objects + " 个对象中抽中 " + number + " 个，并在 " +
                 recusals + " 次回避后确定各自的检查人员"});
        std::size_t empty = 0;
        for (draw::Drawn const& one : drawn_)
            empty += static_cast<std::size_t>(std::count(one.seats.begin(), one.seats.end(), std::nullopt));
        if (empty != 0)
            findings_.proven.push_back({"seats that nobody was left for: " + std::to_string(empty),
                                        "无人可派的席位：" + std::to_string(empty)});
        if (!said_.reassigned.empty()) {
            std::string const times = std::to_string(said_.reassigned.size());
            findings_.proven.push_back(
                {"it says itself that a supervisor gave a seat to somebody without chance, " + times +
                     " times in all",
                 "按其自述，共有 " + times + " 次由监督人员不经随机直接指派席位"});
        }
        if (later(said_.revealed_at, said_.reveal_by))
            findings_.proven.push_back(
                {"it says itself that it was revealed at " + said_.revealed_at +
                     ", later than it had promised (" + said_.reveal_by + ")",
                 "按其自述，揭示时间为 " + said_.revealed_at + "，晚于约定的 " + said_.reveal_by});
        findings_.details.add("draw_id", said_.draw_id);
        findings_.details.add("revision", said_.revision);
        findings_.details.add("objects", said_.objects);
        findings_.details.add("drawn", drawn_.size());
        findings_.details.add("empty_seats", empty);
        findings_.details.add("reassigned", said_.reassigned.size());
        findings_.details.add("pool_digest_sha256", to_hex(said_.pool_digest));
        findings_.details.add("result_digest_sha256", to_hex(said_.result_digest));
    }

    void signature() {
        if (options_.jwks.empty()) {
            findings_.not_proven.push_back({"who signed it (give --jwks)", "由谁签名（请给出 --jwks）"});
            return;
        }
        crypto::Jwks const keys = read_jwks(options_.jwks);
        std::string const kid = or_judge(draw::verify_signature(file_, keys.resolver()), the_statement);
        // Later revisions are signed later, and only the log has their time.
        if (said_.revision == 1)
            require_in_use(keys, kid, parse_time(said_.revealed_at.substr(0, 19) + "Z"),
                           {"The statement", "声明"});
        findings_.proven.push_back(
            {"the key " + kid + " of the key set signed it", "由公钥集中的密钥 " + kid + " 签名"});
        findings_.not_proven.push_back({"that the key set is the issuer's (fetch its keys from itself)",
                                        "公钥集确属签发者（请从签发者处获取其公钥集）"});
        findings_.details.add("kid", kid);
    }

    void log() {
        if (options_.proof.empty() != options_.trust.vkeys.empty() ||
            (options_.proof.empty() && !options_.entry.empty()))
            throw NotChecked{
                "incomplete",
                {"--proof and --vkey are needed together to look for the committed leaf in the log.",
                 "在日志中核对承诺条目须同时给出 --proof 和 --vkey。"}};
        if (options_.proof.empty()) {
            findings_.not_proven.push_back(
                {"that pool and seed were fixed before the public input came: that the committed leaf is in "
                 "the log (give --proof and --vkey)",
                 "抽取池和种子在公开输入之前已固定，即承诺条目在日志中（请给出 --proof 和 --vkey）"});
            return;
        }
        Trust const trust = trust_in(options_.trust);
        std::string const& entry = said_.committed_leaf.entry;
        if (!options_.entry.empty() && read_entry(options_.entry) != entry)
            refute("another_entry", "The entry is not the committed leaf of the statement.",
                   "该条目不是声明所载的承诺条目。");
        std::string const proof = read_published(options_.proof);
        LoggedEntry const logged = logged_entry(proof, entry, trust);
        if (logged.index != said_.committed_leaf.leaf_index)
            refute("another_entry",
                   "The log has the committed leaf at another place than the statement says.",
                   "日志中承诺条目的位置与声明不符。");
        Sentence const place = logged.place();
        findings_.proven.push_back(
            {"the committed leaf is " + place.en + ", whose key signed the tree, and gives " +
                 said_.committed_at + " as its time",
             "承诺条目是" + place.zh + "，整棵树由该日志的密钥签名，所载时间为 " + said_.committed_at});
        findings_.not_proven.push_back(
            {"that the log had it before the public input came, but for the log's word (a checkpoint or a "
             "cosignature from before shows it)",
             "除日志自述外，日志在公开输入之前已有该条目（此前的检查点或见证人联署可以证明）"});
        tell_open_ends(findings_, trust, proof);
        logged.tell(findings_.details);
    }

    DrawOptions const& options_;
    draw::StatementFile file_;
    draw::Statement const& said_;
    draw::Drawing drawing_;
    std::vector<draw::Drawn> drawn_;
    Findings findings_;
};

}  // namespace

Findings check_draw(DrawOptions const& options) {
    return DrawCheck(options).run();
}

}  // namespace sponsio::verify
