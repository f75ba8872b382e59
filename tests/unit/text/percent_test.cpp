#include "text/percent.hpp"

#include "text/code_points.hpp"
#include "text/utf8.hpp"

#include <gtest/gtest.h>

namespace sponsio {
namespace {

TEST(PercentEncoding, LeavesTheUnreservedCharacters) {
    std::string text = "name=";
    append_percent_encoded(text, "aZ09-._~ /\xE5\xBC\xA0");
    EXPECT_EQ(text, "name=aZ09-._~%20%2F%E5%BC%A0");
}

TEST(Utf8, TakesEveryCodePointAndNoSurrogate) {
    for (char32_t c = 1; c <= 0x10FFFF; ++c) {
        std::string const bytes = to_utf8(std::u32string(1, c));
        bool const surrogate = c >= 0xD800 && c <= 0xDFFF;
        ASSERT_EQ(utf8_sequence(bytes, 0), surrogate ? 0 : bytes.size()) << static_cast<std::uint32_t>(c);
    }
}

// The Unicode Standard, table 3-7: what stands just outside each row.
TEST(Utf8, RefusesWhatIsNotWellFormed) {
    for (std::string const bytes : {"\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                                    "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE5\xBC", "\xF0\x9F\x98"}) {
        EXPECT_EQ(utf8_sequence(bytes, 0), 0U);
        EXPECT_FALSE(from_utf8("a" + bytes));
    }
}

}  // namespace
}  // namespace sponsio
