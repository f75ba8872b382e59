#include "crypto/draw/beacon.hpp"
#include "crypto/draw/statement.hpp"
#include "crypto/verify/checks.hpp"
#include "crypto/verify/logged_entry.hpp"
#include "crypto/verify/words.hpp"

#include <algorithm>
#include <set>

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

Subject const the_pool{{"The pool", "抽取池"},
                       {"The draw cannot be repeated from this pool", "不能由该抽取池重新抽取"}};
Subject const the_full_pool{{"The full pool", "完整名单"},
                            {"The draw cannot be repeated from this full pool", "不能由该完整名单重新抽取"}};

using draw::later;

/// The line that opens an object, alone or in the server's answer.
draw::Opening read_opening(std::string const& path) {
    std::string text = read_published(path);
    if (text.ends_with('\n')) text.pop_back();
    if (text.starts_with('{')) {
        auto const answer = json::parse(text);
        json::Object const* const members = answer ? answer->if_object() : nullptr;
        json::Value const* const line = members ? members->find("opening") : nullptr;
        text = line && line->is_string() ? line->as_string() : std::string();
    }
    auto opening = draw::Opening::parse(text);
    if (!opening)
        throw NotChecked{
            "bad_opening",
            {"The opening is not '<object> <stratum> <weight> <salt>', with the barred inspectors.",
             "开启值的格式不是“<对象> <层> <权重> <盐> …”。"}};
    return std::move(*opening);
}

class DrawCheck {
  public:
    explicit DrawCheck(DrawOptions const& options)
        : options_(options),
          file_(or_unreadable(
              draw::StatementFile::parse(read_published(options.statement, max_statement_bytes)),
              the_statement.name)),
          said_(file_.said) {}

    Findings run() {
        seed_and_times();
        if (said_.version == 1)
            pool();
        else
            list();
        pool_is_that_of_the_draw();
        result();
        tell_result();
        if (opened_) tell_opened();
        signature();
        log();
        public_input();
        findings_.not_proven.push_back(
            {"that the pool held everything that belonged in it", "抽取池包含了所有应当列入的对象"});
        return std::move(findings_);
    }

  private:
    [[nodiscard]] draw::Facts facts() const { return {said_.seed, said_.pool_digest, said_.public_input}; }

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

    /// Version 1: the pool itself is published.
    void pool() {
        if (!options_.full.empty() || !options_.opening.empty())
            throw NotChecked{"incomplete",
                             {"A draw of version 1 has its whole pool in --pool, and nothing to open.",
                              "第 1 版抽取的全部名单即 --pool 所给文件，没有可开启的内容。"}};
        draw::Drawing drawing(facts(), said_.recusals);
        read_pieces(options_.pool, [&](std::string_view piece) { hold(drawing.feed(piece), the_pool); });
        drawn_ = or_judge(drawing.finish(), the_pool);
        plan_ = drawing.plan();
        inspectors_ = plan_.inspectors.size();
        seats_follow_ = true;
    }

    /// Version 2: lots are published. Who checks follows from the full pool only.
    void list() {
        if (!options_.opening.empty()) opened_ = read_opening(options_.opening);
        draw::ListDrawing drawing(facts(), said_.repeats, opened_);
        read_pieces(options_.pool, [&](std::string_view piece) { hold(drawing.feed(piece), the_pool); });
        drawn_ = or_judge(drawing.finish(), the_pool);
        plan_ = drawing.head().plan;
        inspectors_ = drawing.head().inspectors;
        ticket_ = drawing.ticket();
        if (options_.full.empty())
            take_claimed_seats();
        else
            full(drawing.head().full);
    }

    /// Whoever may see the full pool repeats all of it: that the lots are of its objects, and the seats.
    void full(crypto::Digest const& digest) {
        draw::Drawing drawing(facts(), said_.recusals, digest);
        read_pieces(options_.full, [&](std::string_view piece) { hold(drawing.feed(piece), the_full_pool); });
        drawn_ = or_judge(drawing.finish(), the_full_pool);
        plan_ = drawing.plan();
        auto const objects = [&](std::function<void(draw::Candidate const&)> const& take) {
            draw::PoolReader reader({.object = take});
            read_pieces(options_.full,
                        [&](std::string_view piece) { hold(reader.feed(piece), the_full_pool); });
        };
        if (draw::write_list(plan_, digest, objects, [](std::string_view) {}) != said_.pool_digest)
            refute("pool_differs", "The lots that are published are not those of the full pool.",
                   "所公布的签号不是由完整名单得出的。");
        if (draw::repeats_of(drawn_) != said_.repeats)
            refute("result_differs", "The repeats are not those of the full pool.",
                   "所载重复签号与完整名单不符。");
        seats_follow_ = true;
    }

    /// The public cannot tell who should sit there, only that the seats have their form.
    void take_claimed_seats() {
        json::Array const& claimed = file_.result.as_array();
        for (std::size_t row = 0; row != std::min(claimed.size(), drawn_.size()); ++row) {
            json::Object const* const members = claimed[row].if_object();
            json::Value const* const seats = members ? members->find("inspectors") : nullptr;
            if (!seats || !seats->is_array() || seats->as_array().size() != plan_.assign) continue;
            for (json::Value const& seat : seats->as_array())
                drawn_[row].seats.push_back(seat.is_string() ? draw::InspectorRef::parse(seat.as_string())
                                                             : std::nullopt);
        }
    }

    void pool_is_that_of_the_draw() const {
        if (plan_.draw_id != said_.draw_id || plan_.objects() != said_.objects ||
            inspectors_ != said_.inspectors)
            refute("pool_differs",
                   "The pool is of another draw, or has other numbers than the statement says.",
                   "抽取池属于另一次抽取，或其数目与声明不符。");
        hold(draw::check_committed(said_, plan_),
             {the_statement.name, {"The committed leaf is not of this draw", "所载承诺条目不是这次抽取的"}});
    }

    void result() const {
        json::Array const& claimed = file_.result.as_array();
        std::size_t const rows = std::min(claimed.size(), drawn_.size());
        std::size_t same = 0;
        while (same != rows && json::canonical(claimed[same]) == draw::row_text(plan_, drawn_[same])) ++same;
        if (same != rows) {
            std::string const place = std::to_string(same);
            std::string const object = drawn_[same].name();
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
        if (crypto::sha256(as_bytes(draw::result_text(plan_, drawn_))) != said_.result_digest)
            refute("result_differs", "The digest of the result is not that of the result.",
                   "结果摘要与结果不符。");
        hold(draw::check_payload(file_),
             {the_statement.name, {"The signed statement does not hold", "签名声明不成立"}});
        std::set<std::string> names;
        for (draw::Drawn const& one : drawn_) names.insert(one.name());
        for (draw::Reassignment const& one : said_.reassigned)
            if (one.seat > plan_.assign || !names.contains(one.object))
                refute("result_differs",
                       "It says that seat " + std::to_string(one.seat) + " of " + one.object +
                           " was reassigned, which was not drawn.",
                       "声明称 " + one.object + " 的第 " + std::to_string(one.seat) +
                           " 席位被重新指派，但该席位并未抽取。");
        for (draw::Recusal const& one : said_.recusals)
            if (!names.contains(one.object))
                refute("not_seated", "An inspector is recused from an object that was not drawn.",
                       "被回避的检查人员所涉对象并未抽中。");
    }

    void tell_result() {
        std::string const number = std::to_string(drawn_.size());
        std::string const objects = std::to_string(said_.objects);
        std::string const recusals = std::to_string(said_.recusals.size());
        Sentence const who = seats_follow_
                                 ? Sentence{" and who inspects each, after " + recusals + " recusals,",
                                            "，并在 " + recusals + " 次回避后确定各自的检查人员"}
                                 : Sentence{};
        findings_.proven.push_back(
            {"the draw " + said_.draw_id + " gives exactly this result: " + number + " of " + objects +
                 " objects" + who.en + (seats_follow_ ? " follow" : ", by their lots, follow") +
                 " from this pool, the seed that the committed leaf promised and the public input '" +
                 said_.public_input + "'",
             "抽取 " + said_.draw_id + " 只能得出这一结果：由该抽取池、承诺条目所约定的种子和公开输入“" +
                 said_.public_input + "”，从 " + objects + " 个对象中抽中 " + number + " 个" + who.zh});
        if (!seats_follow_)
            findings_.not_proven.push_back(
                {"who inspects each, and that each lot is a commitment's, with the lots that its weight "
                 "gives it "
                 "(who may see the full pool gives it with --full; who was in the pool looks with --opening)",
                 "各对象由谁检查，以及每个签号确属某份承诺且数目与其权重相符（有权查看完整名单者用 --full "
                 "核对；"
                 "名单中的当事人用 --opening 核对）"});
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

    void public_input() {
        hold(draw::check_beacon(said_, plan_),
             {{"The beacon's value", "信标数值"}, {"The beacon's value does not hold", "信标数值不成立"}});
        if (!said_.beacon_key.empty())
            findings_.proven.push_back({"the beacon's key " + said_.beacon_key +
                                            ", named when the draw was committed to, signed the value of "
                                            "that round, and says that it was made "
                                            "afterwards",
                                        "信标公钥 " + said_.beacon_key +
                                            "（承诺时已载明）签署了该轮数值，并载明数值产生于承诺之后"});
        if (!said_.protocol.empty())
            findings_.proven.push_back(
                {"it names the paper on how the dice were thrown by its SHA-256, " + said_.protocol,
                 "其载明掷骰记录的 SHA-256：" + said_.protocol});
        if (plan_.dice != 0 || said_.beacon_key.empty())
            findings_.not_proven.push_back(
                {"that the public input is what the dice or the beacon showed, and that nobody could foresee "
                 "it",
                 "公开输入确为骰子或信标所示，且事先无人能够预知"});
        else
            findings_.not_proven.push_back(
                {"that the beacon's operator did not foresee the value, and that the key is theirs",
                 "信标运营者未能预知该数值，且该公钥确属信标运营者"});
    }

    /// What the holder of an opening asks: that the object is in the pool as it should be, and what became of
    /// it.
    void tell_opened() {
        auto const lots = draw::lots_of(opened_->root(), opened_->weight);
        auto const own = [&](draw::Drawn const& one) {
            return std::ranges::find(lots, one.lot) != lots.end();
        };
        auto const times = std::ranges::count_if(drawn_, own);
        if (times > 1)
            refute("result_differs", "The opened object was drawn more than once.",
                   "所开启的对象被抽中不止一次。");
        std::string const object = opened_->id.text();
        std::string const weight = std::to_string(opened_->weight);
        findings_.proven.push_back({"the object " + object + " is in the pool, in stratum " +
                                        opened_->stratum + " with weight " + weight + ", and was " +
                                        (times == 1 ? "drawn" : "not drawn"),
                                    "对象 " + object + " 在抽取池中，属于层 " + opened_->stratum +
                                        "，权重为 " + weight + "，" + (times == 1 ? "已抽中" : "未抽中")});
        findings_.details.add("opened", object);
        findings_.details.add("weight", opened_->weight);
        findings_.details.add("ticket", to_hex(ticket_));
        findings_.details.add("opened_drawn", times == 1);
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
    draw::Plan plan_;
    std::uint64_t inspectors_ = 0;  ///< in the pool
    bool seats_follow_ = false;     ///< the seats were drawn again, not taken from the statement
    std::vector<draw::Drawn> drawn_;
    std::optional<draw::Opening> opened_;
    crypto::Digest ticket_{};  ///< of what was opened
    Findings findings_;
};

}  // namespace

Findings check_draw(DrawOptions const& options) {
    return DrawCheck(options).run();
}

}  // namespace sponsio::verify
