#include "crypto/keys/blind_index.hpp"

#include "crypto/digest.hpp"
#include "tests/unit/crypto/support.hpp"
#include "text/result.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

BlindIndex index(std::initializer_list<std::pair<char const*, std::uint8_t>> keys, std::size_t length = 32) {
    std::vector<BlindKey> out;
    for (auto const& [id, fill] : keys) out.push_back({id, Secret(Bytes(32, fill))});
    return BlindIndex(std::move(out), length);
}

TEST(BlindIndex, IsAKeyedDigestOfFieldAndValue) {
    auto const term = index({{"b1", 7}}).term("document", "11010519491231002X");
    EXPECT_EQ(term.key_id, "b1");
    using namespace std::string_literals;
    Digest const expected = hmac_sha256(
        Bytes(32, 7), as_bytes("sponsio blind index 1\0\0\0\x08"s + "document" + "11010519491231002X"));
    EXPECT_EQ(term.term, to_bytes(expected));
}

TEST(BlindIndex, SeparatesFieldsValuesAndKeys) {
    auto const one = index({{"b1", 1}});
    auto const base = one.term("name", "张三").term;
    EXPECT_EQ(one.term("name", "张三").term, base);
    EXPECT_NE(one.term("document", "张三").term, base);
    EXPECT_NE(one.term("name", "李四").term, base);
    EXPECT_NE(index({{"b1", 2}}).term("name", "张三").term, base);
    EXPECT_NE(one.term("ab", "c").term, one.term("a", "bc").term);
}

TEST(BlindIndex, ShortTermsAreTheBeginningOfLongOnes) {
    auto const long_term = index({{"b1", 1}}).term("f", "v").term;
    auto const short_term = index({{"b1", 1}}, 16).term("f", "v").term;
    ASSERT_EQ(short_term.size(), 16U);
    EXPECT_TRUE(std::equal(short_term.begin(), short_term.end(), long_term.begin()));
}

TEST(BlindIndex, LooksUnderEveryKeyAndStoresUnderTheCurrentOne) {
    auto const before = index({{"b1", 1}});
    auto const after = index({{"b1", 1}, {"b2", 2}});
    EXPECT_EQ(after.current_id(), "b2");
    EXPECT_EQ(after.term("f", "v").key_id, "b2");
    auto const terms = after.terms("f", "v");
    ASSERT_EQ(terms.size(), 2U);
    EXPECT_EQ(terms[0].key_id, "b2");
    EXPECT_EQ(terms[0].term, after.term("f", "v").term);
    EXPECT_EQ(terms[1].key_id, "b1");
    EXPECT_EQ(terms[1].term, before.term("f", "v").term);
}

TEST(BlindIndex, RefusesWrongKeysAndLengths) {
    EXPECT_THROW(BlindIndex({}), Failure);
    EXPECT_THROW(index({{"b1", 1}}, 8), Failure);
    std::vector<BlindKey> short_key;
    short_key.push_back({"b1", Secret(Bytes(31))});
    EXPECT_THROW(BlindIndex(std::move(short_key)), Failure);
}

}  // namespace
}  // namespace sponsio::crypto
