#include "crypto/draw/hidden.hpp"
#include "crypto/draw/list.hpp"
#include "crypto/draw/statement.hpp"
#include "tests/unit/crypto/draw_support.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace sponsio::crypto::draw {
namespace {

using test::golden;

/// A pool with weights and barred inspectors, hidden under a key.
class Hidden : public testing::Test {
  protected:
    Hidden() {
        plan_.key = sha256(as_bytes("a key"));
        for (std::uint64_t leaf = 0; leaf != 300; ++leaf)
            objects_.push_back({.id = {1 + leaf / 200, leaf},
                                .stratum = leaf % 3 == 0 ? 0U : 2U,
                                .weight = static_cast<std::uint32_t>(leaf % 7 == 0 ? 16 : 1 + leaf % 2),
                                .barred = std::span(plan_.inspectors).subspan(leaf % 4, leaf % 5 == 0)});
        for (Candidate const& object : objects_) ++plan_.strata[object.stratum].objects;
    }

    [[nodiscard]] EachObject each() const {
        return [this](std::function<void(Candidate const&)> const& take) {
            ++passes_;
            for (Candidate const& object : objects_) take(object);
        };
    }

    /// As the full pool has it.
    [[nodiscard]] std::string line(Candidate const& object) const {
        std::string text = "object " + object.id.text() + " " + plan_.strata[object.stratum].name + " " +
                           std::to_string(object.weight);
        for (InspectorRef const ref : object.barred) text += " " + ref.text();
        return text;
    }

    std::string list(std::uint64_t at_once = 1U << 20) {
        std::string text;
        digest_ = write_list(
            plan_, full_, each(), [&](std::string_view piece) { text += piece; }, at_once);
        return text;
    }

    Plan plan_ = plan_of({{"a", 0, 1, 5, 0}, {"none", 0, 1, 2, 3}, {"b", 0, 1, 10, 0}});
    Digest full_ = sha256(as_bytes("the full pool"));
    Digest digest_{};
    std::vector<Candidate> objects_;
    mutable int passes_ = 0;
};

struct Read {
    std::vector<std::string> lots;
    std::optional<ListHead> head;
    std::string error;  ///< code and place, or empty
};

Read read(std::string_view text, std::size_t piece = SIZE_MAX) {
    Read out;
    ListReader reader({.head = [&](ListHead const& head) { out.head = head; },
                       .lot =
                           [&](std::uint32_t stratum, std::string_view lot) {
                               out.lots.push_back(std::to_string(stratum) + " " + std::string(lot));
                           }});
    auto const refused = [&](Error const& error) {
        out.error = std::string(error.code) + " " + error.where;
        return out;
    };
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
        if (auto const good = reader.feed(text.substr(0, piece)); !good) return refused(good.error());
    if (auto const digest = reader.finish(); !digest) return refused(digest.error());
    return out;
}

TEST_F(Hidden, TheListIsTheSameHoweverMuchIsKeptAtOnce) {
    std::string const all = list();
    EXPECT_EQ(passes_, 2) << "to count, and to write";
    EXPECT_EQ(digest_, sha256(as_bytes(all)));
    for (std::uint64_t const at_once : {1U, 7U, 100U, 500U}) {
        passes_ = 0;
        EXPECT_EQ(list(at_once), all) << at_once;
        EXPECT_GT(passes_, 2);
    }
    Read const whole = read(all);
    ASSERT_EQ(whole.error, "");
    EXPECT_EQ(whole.head->inspectors, 4U);
    EXPECT_EQ(whole.head->full, full_);
    EXPECT_EQ(whole.head->plan.strata, plan_.strata);
    for (std::size_t const piece : {1U, 64U, 65U, 1000U})
        EXPECT_EQ(read(all, piece).lots, whole.lots) << piece;
}

TEST_F(Hidden, HoldsTheLotsOfEveryObjectAndNothingOfIt) {
    std::string const text = list();
    Read const read_back = read(text);
    Hider const hider(*plan_.key);
    std::set<std::string> expected;
    std::size_t lots = 0;
    for (Candidate const& object : objects_) {
        Opening const opening = hider.opening(line(object)).value();
        EXPECT_EQ(opening.root(), hider.root(object, plan_.strata[object.stratum].name));
        for (Digest const& lot : lots_of(opening.root(), object.weight)) {
            expected.insert(std::to_string(object.stratum) + " " + to_hex(lot));
            ++lots;
        }
    }
    EXPECT_EQ(std::set(read_back.lots.begin(), read_back.lots.end()), expected);
    EXPECT_EQ(read_back.lots.size(), lots);
    for (InspectorRef const ref : plan_.inspectors) EXPECT_EQ(text.find(ref.text()), std::string::npos);
    EXPECT_EQ(text.find("1/4"), std::string::npos);
    // Another key, and nothing is as it was: the order of the file says nothing about the order in the log.
    plan_.key = sha256(as_bytes("another key"));
    for (std::string const& lot : read(list()).lots) EXPECT_FALSE(expected.contains(lot));
}

TEST_F(Hidden, AnOpeningIsOneLineAndItsDigestTheRoot) {
    Hider const hider(*plan_.key);
    Opening const opening = hider.opening(line(objects_[5])).value();
    std::string const salt = to_hex(hmac_sha256(*plan_.key, as_bytes("1/5"))).substr(0, 32);
    EXPECT_EQ(opening.text(), "1/5 b 2 " + salt + " " + plan_.inspectors[1].text());
    EXPECT_EQ(opening.root(), sha256(as_bytes(opening.text())));
    EXPECT_EQ(Opening::parse(opening.text()), opening);
    EXPECT_EQ(hider.opening("object 1/5 b 2 " + plan_.inspectors[1].text()), opening);
    EXPECT_EQ(hider.opening("object 1/4 b 1")->text(),
              "1/4 b 1 " + to_hex(hmac_sha256(*plan_.key, as_bytes("1/4"))).substr(0, 32));
    EXPECT_FALSE(hider.opening("inspector 0000000000000001"));
    for (std::string const& wrong :
         {std::string(), std::string("1/5 b 2"), "1/5 b 2 " + salt + " ", "1/5 b 17 " + salt,
          "1/5 b 0 " + salt, "1/05 b 2 " + salt, "1/5 B 2 " + salt, "1/5 b 2 " + salt + "0",
          "1/5 b 2 " + salt.substr(1) + "G",
          "1/5 b 2 " + salt + " " + plan_.inspectors[1].text() + " " + plan_.inspectors[0].text(),
          "1/5 b 2 " + salt + "\n"})
        EXPECT_FALSE(Opening::parse(wrong)) << wrong;
    auto const lots = lots_of(opening.root(), 2);
    EXPECT_EQ(lots[1], sha256(as_bytes(to_hex(opening.root()) + " 2")));
    EXPECT_EQ(lots_of(opening.root(), 1), std::vector{opening.root()});
}

TEST_F(Hidden, AnInspectorIsCalledDifferentlyBesideEachObject) {
    Hider const hider(*plan_.key);
    std::set<std::string> names;
    for (int lot = 0; lot != 50; ++lot)
        names.insert(hider
                         .seen(std::string(64, static_cast<char>('a' + lot % 6)) + std::to_string(lot),
                               plan_.inspectors[0])
                         .text());
    EXPECT_EQ(names.size(), 50U);
    EXPECT_FALSE(names.contains(plan_.inspectors[0].text()));
    EXPECT_EQ(hider.seen("ab", InspectorRef{1}).text(),
              to_hex(hmac_sha256(*plan_.key, as_bytes("ab 0000000000000001"))).substr(0, 16));
}

TEST_F(Hidden, ListsHaveOneSpelling) {
    std::string const text = list();
    auto const refused = [&](std::string_view was, std::string_view now) {
        std::string changed = text;
        auto const at = changed.find(was);
        EXPECT_NE(at, std::string::npos) << was;
        changed.replace(at, was.size(), now);
        return read(changed).error;
    };
    std::string const first = text.substr(text.find("\n", text.rfind("stratum ")) + 1, 64);
    std::string const second = text.substr(text.find(first) + 65, 64);
    EXPECT_EQ(refused("pool/v2", "pool/v1"), "bad_pool_line line 1");
    EXPECT_EQ(refused("assign 2\n", ""), "out_of_order line 12");
    EXPECT_EQ(refused("assign 2", "assign 02"), "bad_number line 3");
    EXPECT_EQ(refused("assign 2\ninspectors 4\n", "inspectors 4\nassign 2\n").substr(0, 12), "out_of_order");
    EXPECT_EQ(refused("inspectors 4", "inspectors 10001"), "bad_number line 4");
    EXPECT_EQ(refused("full ", "full 0"), "bad_pool_line line 5");
    EXPECT_EQ(refused("public dice 4\n", ""), "no_public_input line 12");
    EXPECT_EQ(refused("weight 1 ", "weight 1 1"), "wrong_count line 13");
    EXPECT_EQ(refused("weight 16 ", "weight 17 "), "bad_weight line 9");
    EXPECT_EQ(refused("stratum a 100 ", "stratum a 101 "), "wrong_count line 13");
    EXPECT_EQ(refused("stratum none 0 0 1/2 3", "stratum a 0 0 1/2 3"), "duplicate line 13");
    // The next stratum's first lot is taken for this one's last.
    EXPECT_EQ(refused(first + "\n", ""),
              "out_of_order line " + std::to_string(12 + read(text).head->lots[0]));
    EXPECT_EQ(refused(first, second), "duplicate line 14");
    EXPECT_EQ(refused(first + "\n" + second, second + "\n" + first), "out_of_order line 14");
    EXPECT_EQ(refused(first, first.substr(1) + "G"), "bad_pool_line line 13");
    EXPECT_EQ(refused(first + "\n", first + "\r\n"), "bad_line_end line 13");
    EXPECT_EQ(read(text + first + "\n").error,
              "wrong_count line " + std::to_string(std::ranges::count(text, '\n') + 1));
    EXPECT_EQ(read(text.substr(0, text.size() - 1)).error.substr(0, 12), "bad_line_end");
    EXPECT_EQ(read(text.substr(0, text.find(first))).error, "bad_pool_line line 13");
    EXPECT_EQ(read(std::string(300, 'x')).error, "bad_pool_line line 1");
}

// ----------------------------------------------------------------------------------- drawn by other software
/// tests/e2e/sponsio_e2e/draws.py made it.
class GoldenList : public testing::Test {
  protected:
    [[nodiscard]] Facts facts() const {
        return {file_.said.seed, file_.said.pool_digest, file_.said.public_input};
    }

    [[nodiscard]] Result<std::vector<Drawn>> from_list(std::string_view pool,
                                                       std::optional<Opening> opened = {}) {
        list_.emplace(facts(), file_.said.repeats, std::move(opened));
        if (auto const good = list_->feed(pool); !good) return good.error();
        return list_->finish();
    }

    [[nodiscard]] Result<std::vector<Drawn>> from_full(std::string_view full) {
        drawing_.emplace(facts(), file_.said.recusals, sha256(as_bytes(full_)));
        if (auto const good = drawing_->feed(full); !good) return good.error();
        return drawing_->finish();
    }

    std::string const pool_ = golden("draw-v2/draw-pool.txt") + "\n";
    std::string const full_ = golden("draw-v2/draw-full.txt") + "\n";
    std::string const text_ = golden("draw-v2/draw.json") + "\n";
    StatementFile file_ = StatementFile::parse(text_).value();
    std::optional<ListDrawing> list_;
    std::optional<Drawing> drawing_;
};

TEST_F(GoldenList, IsDrawnAgainFromTheFullPoolToTheSameBytes) {
    auto const drawn = from_full(full_).value();
    std::string const result = result_text(drawing_->plan(), drawn);
    EXPECT_EQ(result, json::canonical(file_.result));
    EXPECT_EQ(file_.said.file(result, file_.jws), text_);
    EXPECT_EQ(repeats_of(drawn), file_.said.repeats);
    EXPECT_FALSE(file_.said.repeats.empty());
    EXPECT_TRUE(check_committed(file_.said, drawing_->plan()));
    EXPECT_EQ(from_full(full_ + "object 99/1 none 1\n").error().code, draw_error::wrong_count);
    file_.said.pool_digest[0] ^= 1;
    file_.said.recusals.clear();
    EXPECT_NE(result_text(drawing_->plan(), from_full(full_).value()), result) << "chance is of the list";
}

TEST_F(GoldenList, TheSameObjectsAreDrawnFromTheListAlone) {
    auto const full = from_full(full_).value();
    auto const drawn = from_list(pool_).value();
    ASSERT_EQ(drawn.size(), full.size());
    for (std::size_t i = 0; i != drawn.size(); ++i) {
        EXPECT_EQ(drawn[i].name(), full[i].name());
        EXPECT_EQ(drawn[i].ticket, full[i].ticket);
    }
    // Who does not know which lots are of one object takes the second for another.
    file_.said.repeats.clear();
    EXPECT_NE(from_list(pool_).value(), drawn);
    std::string other = pool_;
    other.back() = ' ';
    EXPECT_EQ(from_list(other).error().code, draw_error::line_end);
    file_.said.pool_digest[0] ^= 1;
    EXPECT_EQ(from_list(pool_).error().code, draw_error::pool_changed);
}

TEST_F(GoldenList, IsMadeOfTheFullPoolAndOfNoOther) {
    PoolReader reader({});
    ASSERT_TRUE(reader.feed(full_));
    ASSERT_TRUE(reader.finish());
    auto const each = [&](std::function<void(Candidate const&)> const& take) {
        PoolReader again({.object = take});
        again.feed(full_).value();
    };
    std::string list;
    Digest const digest = write_list(reader.plan(), sha256(as_bytes(full_)), each,
                                     [&](std::string_view piece) { list += piece; });
    EXPECT_EQ(list, pool_);
    EXPECT_EQ(digest, file_.said.pool_digest);
}

TEST_F(GoldenList, OpensWhatItHoldsAndNothingElse) {
    PoolReader reader({});
    ASSERT_TRUE(reader.feed(full_));
    Hider const hider(reader.plan().key.value());
    auto const opened = [&](Opening const& opening) {
        auto const drawn = from_list(pool_, opening);
        return drawn ? std::string("opened") : std::string(drawn.error().code);
    };
    std::istringstream lines(full_);
    int objects = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("object ")) continue;
        Opening opening = hider.opening(line).value();
        if (++objects % 10 == 0) {
            EXPECT_EQ(opened(opening), "opened") << line;
            opening.weight = opening.weight == 1 ? 2 : opening.weight - 1;
            EXPECT_EQ(opened(opening), draw_error::not_opened) << line;
        }
    }
    EXPECT_EQ(objects, 131);
}

TEST(FullPool, HasItsKeyAndOnlyThere) {
    auto const refused = [](std::string const& text) {
        PoolReader reader({});
        auto const good = reader.feed(text);
        return good ? std::string() : std::string(good.error().code) + " " + good.error().where;
    };
    std::string const draw = "draw 0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b\n",
                      key = "key " + std::string(64, 'a') + "\n";
    EXPECT_EQ(refused("sponsio-draw-full/v2\n" + draw + key + "assign 2\n"), "");
    EXPECT_EQ(refused("sponsio-draw-full/v2\n" + draw + "assign 2\n"), "out_of_order line 3");
    EXPECT_EQ(refused("sponsio-draw-pool/v1\n" + draw + key), "out_of_order line 3");
    EXPECT_EQ(refused("sponsio-draw-full/v2\n" + draw + "key " + std::string(63, 'a') + "\n"),
              "bad_pool_line line 3");
    EXPECT_EQ(refused("sponsio-draw-full/v2\n" + draw + "key " + std::string(64, 'A') + "\n"),
              "bad_pool_line line 3");
}

}  // namespace
}  // namespace sponsio::crypto::draw
