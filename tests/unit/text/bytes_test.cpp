#include "text/bytes.hpp"

#include <gtest/gtest.h>

namespace sponsio {
namespace {

TEST(Hex, GoesThereAndBack) {
    EXPECT_EQ(to_hex(Bytes{0x00, 0x7f, 0xff}), "007fff");
    EXPECT_EQ(from_hex("007FfF"), (Bytes{0x00, 0x7f, 0xff}));
    EXPECT_EQ(from_hex(""), Bytes{});
}

TEST(Hex, RefusesOddLengthsAndOtherCharacters) {
    for (auto const* text : {"0", "0g", " 00", "0x00", "--"}) EXPECT_FALSE(from_hex(text)) << text;
}

struct Base64Case {
    std::string plain, with_padding, url;
};

// RFC 4648 §10, and one with the two characters in which the alphabets differ.
Base64Case const base64_cases[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xef\xbe\xff", "++++/w==", "----_w"},
};

TEST(Base64, PublishedVectors) {
    for (auto const& c : base64_cases) {
        EXPECT_EQ(to_base64(as_bytes(c.plain)), c.with_padding);
        EXPECT_EQ(to_base64url(as_bytes(c.plain)), c.url);
        EXPECT_EQ(from_base64(c.with_padding), to_bytes(c.plain));
        EXPECT_EQ(from_base64url(c.url), to_bytes(c.plain));
    }
}

TEST(Base64, UrlFormTakesNoOtherSpelling) {
    for (auto const* text :
         {"Zg==", "Zg=", "Zh", "Zm9", "Z", "Zm9vY", "Zm 9v", "Zm9v\n", "++++", "Zm9v~", "Zm\x80v"})
        EXPECT_FALSE(from_base64url(text)) << text;
}

TEST(Base64, PaddedFormTakesNoOtherSpelling) {
    for (auto const* text : {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "=", "Zg==Zg==", "----", "Zm9v\n"})
        EXPECT_FALSE(from_base64(text)) << text;
}

TEST(Base64, EveryLengthGoesThereAndBack) {
    std::uint8_t next = 200;
    for (std::size_t size = 0; size != 300; ++size) {
        Bytes bytes(size);
        for (std::uint8_t& byte : bytes) byte = next++;
        EXPECT_EQ(from_base64url(to_base64url(bytes)), bytes);
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
        EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
    }
}

}  // namespace
}  // namespace sponsio
