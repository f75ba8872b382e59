#include "crypto/keys/self_test.hpp"

#include "text/result.hpp"

#include <gmock/gmock.h>

namespace sponsio::crypto {
namespace {

using testing::HasSubstr;

TEST(SelfTest, EveryAlgorithmGivesThePublishedAnswerHere) {
    auto const lines = self_test();
    ASSERT_EQ(lines.size(), known_answers().size());
    for (std::size_t i = 0; i != lines.size(); ++i) {
        EXPECT_TRUE(lines[i].ok) << lines[i].en;
        EXPECT_EQ(lines[i].algorithm, known_answers()[i].algorithm);
        EXPECT_THAT(lines[i].en, HasSubstr(std::string(crypto_library())));
    }
}

TEST(SelfTest, NamesEachAlgorithmThatSomethingIsSignedOrSealedWith) {
    std::string names;
    for (auto const& answer : known_answers()) names += std::string(answer.algorithm) + "; ";
    for (auto const* name : {"SHA-256", "SM3", "HMAC", "HKDF", "scrypt", "AES-256-GCM", "AES-256 key wrap",
                             "Ed25519", "P-256", "SM2"})
        EXPECT_THAT(names, HasSubstr(name));
}

TEST(SelfTest, OfAWrongAnswerNamesAlgorithmLibraryAndVersionInBothLanguages) {
    std::array const wrong{KnownAnswer{"SM9 (nobody's)", [] { return false; }}};
    auto const line = self_test(wrong).front();
    EXPECT_FALSE(line.ok);
    for (auto const& sentence : {line.en, line.zh}) {
        EXPECT_THAT(sentence, HasSubstr("SM9 (nobody's)"));
        EXPECT_THAT(sentence, HasSubstr("OpenSSL 3."));
        EXPECT_THAT(sentence, HasSubstr("libssl3"));
    }
    EXPECT_THAT(line.en, HasSubstr("another answer"));
}

TEST(SelfTest, OfNoAnswerSaysWhatTheLibrarySaid) {
    std::array const none{
        KnownAnswer{"SM2",
                    []() -> bool { throw Failure("EVP_DigestSignInit failed: command not supported"); }},
        KnownAnswer{"SM3", [] { return true; }}};
    auto const lines = self_test(none);
    EXPECT_FALSE(lines[0].ok);
    EXPECT_THAT(lines[0].en, HasSubstr("command not supported"));
    EXPECT_THAT(lines[0].zh, HasSubstr("command not supported"));
    EXPECT_TRUE(lines[1].ok) << "the others are tried all the same";
}

}  // namespace
}  // namespace sponsio::crypto
