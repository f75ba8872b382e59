#include "crypto/log/checkpoint.hpp"

#include "crypto/log/merkle.hpp"
#include "tests/unit/crypto/log_support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

// C2SP tlog-checkpoint, the first example.
constexpr std::string_view example =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

TEST(Checkpoint, ReadsTheExampleOfTheSpecification) {
    auto const checkpoint = Checkpoint::parse(example).value();
    EXPECT_EQ(checkpoint.origin, "example.com/behind-the-sofa");
    EXPECT_EQ(checkpoint.size, 20'852'163U);
    EXPECT_EQ(to_hex(checkpoint.root), "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
    EXPECT_TRUE(checkpoint.extensions.empty());
    EXPECT_EQ(checkpoint.text(), example);
}

// golang.org/x/mod, sumdb/tlog/note_test.go: the root is that of a log of one entry.
TEST(Checkpoint, SpellsAsGoDoes) {
    Checkpoint const checkpoint{"go.sum database tree", 123'456'789'012, leaf_hash(as_bytes("hello world"))};
    EXPECT_EQ(checkpoint.text(),
              "go.sum database tree\n123456789012\nTszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0=\n");
    EXPECT_EQ(Checkpoint::parse(checkpoint.text()).value(), checkpoint);
}

TEST(Checkpoint, KeepsExtensionLines) {
    std::string const text = std::string(example) + "one\n two \n";
    auto const checkpoint = Checkpoint::parse(text).value();
    EXPECT_EQ(checkpoint.extensions, (std::vector<std::string>{"one", " two "}));
    EXPECT_EQ(checkpoint.text(), text);
}

TEST(Checkpoint, TakesTheLimitsOfASize) {
    std::string const root = "\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    EXPECT_EQ(Checkpoint::parse("o\n0" + root).value().size, 0U);
    EXPECT_EQ(Checkpoint::parse("o\n18446744073709551615" + root).value().size, ~std::uint64_t{0});
    for (std::string const size : {"", "00", "01", "+1", "-1", "-0", " 1", "1 ", "1.0", "1e3", "0x1", "1,000",
                                   "１", "18446744073709551616", "99999999999999999999999"})
        EXPECT_EQ(Checkpoint::parse("o\n" + size + root).error().code, checkpoint_error::malformed) << size;
}

TEST(Checkpoint, RefusesOtherForms) {
    std::string const root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    for (std::string const& text : std::vector<std::string>{"",
                                                            "\n",
                                                            "o\n",
                                                            "o\n1\n",
                                                            "o\n1\n" + root,
                                                            "\n1\n" + root + "\n",
                                                            "o\n\n1\n" + root + "\n",
                                                            "o\n1\n\n" + root + "\n",
                                                            "o\n1\n" + root + "\n\n",
                                                            "o\n1\n" + root + "\n\nx\n",
                                                            "o\n1\n" + root + "\nx",
                                                            "o\n1\n" + root + " \n",
                                                            "o\n1\n " + root + "\n",
                                                            "o\n1\n" + root.substr(0, 43) + "\n",
                                                            "o\n1\n" + root.substr(0, 40) + "\n",
                                                            "o\n1\nAAAA\n",
                                                            "o\n1\n" + root.substr(0, 42) + "J=\n",
                                                            "o\n1\nAAAA" + root + "\n",
                                                            "o\n1\n" + to_base64url(Bytes(32, 0xFF)) + "\n",
                                                            "o\n1\n" + to_hex(Bytes(32)) + "\n"})
        EXPECT_EQ(Checkpoint::parse(text).error().code, checkpoint_error::malformed) << text;
}

TEST(Checkpoint, WritesOnlyWhatItWouldRead) {
    EXPECT_THROW((void)Checkpoint{}.text(), Failure);
    EXPECT_THROW((void)(Checkpoint{"a\nb", 1, {}}.text()), Failure);
    EXPECT_THROW((void)(Checkpoint{"a", 1, {}, {""}}.text()), Failure);
    EXPECT_THROW((void)(Checkpoint{"a", 1, {}, {"x\ny"}}.text()), Failure);
}

/// A log with three witnesses, and what they make.
class OpenCheckpoint : public testing::Test {
  protected:
    NoteVerifier witness(std::uint8_t seed, std::string name) const {
        return {std::move(name), test::seed_signer(seed).public_key(), NoteKeyKind::cosignature_v1};
    }

    /// Signed by the log, and by the witnesses of these seeds.
    Note signed_note(std::vector<std::uint8_t> const& witnesses = {},
                     std::string origin = "log.example/1") const {
        Note note{Checkpoint{std::move(origin), 7, leaf_hash({})}.text(), {}};
        note.signatures.push_back(sign_note(note.text, "log.example/1", log_signer_));
        for (std::uint8_t const seed : witnesses)
            note.signatures.push_back(cosign_note(note.text, "w" + std::to_string(seed),
                                                  test::seed_signer(seed),
                                                  std::chrono::sys_seconds{std::chrono::seconds{1000}}));
        return note;
    }

    std::string_view refusal(Note const& note, WitnessPolicy const& policy = {}) const {
        return open_checkpoint(note.serialise(), log_, policy).error().code;
    }

    test::SeedSigner log_signer_ = test::seed_signer(100);
    NoteVerifier log_{"log.example/1", log_signer_.public_key()};
    WitnessPolicy two_of_three_{{witness(1, "w1"), witness(2, "w2"), witness(3, "w3")}, 2};
};

TEST_F(OpenCheckpoint, GivesWhatTheLogSigned) {
    auto const checkpoint = open_checkpoint(signed_note().serialise(), log_).value();
    EXPECT_EQ(checkpoint, (Checkpoint{"log.example/1", 7, leaf_hash({})}));
}

TEST_F(OpenCheckpoint, WantsTheLogsOwnSignature) {
    Note note = signed_note({1, 2, 3});
    note.signatures.erase(note.signatures.begin());
    EXPECT_EQ(refusal(note, two_of_three_), note_error::not_signed);
    note = signed_note();
    note.signatures[0].signature[0] ^= 1;
    EXPECT_EQ(refusal(note), note_error::bad_signature);
    note = signed_note();
    note.text.insert(0, "x");
    EXPECT_EQ(refusal(note), note_error::bad_signature);
    EXPECT_EQ(open_checkpoint("nothing", log_).error().code, note_error::malformed);
}

TEST_F(OpenCheckpoint, WantsTheOriginOfTheKey) {
    EXPECT_EQ(refusal(signed_note({}, "log.example/2")), checkpoint_error::wrong_origin);
}

TEST_F(OpenCheckpoint, WantsACheckpoint) {
    Note note{"log.example/1\n", {}};
    note.signatures.push_back(sign_note(note.text, "log.example/1", log_signer_));
    EXPECT_EQ(refusal(note), checkpoint_error::malformed);
}

TEST_F(OpenCheckpoint, CountsWitnesses) {
    EXPECT_TRUE(open_checkpoint(signed_note({1, 3}).serialise(), log_, two_of_three_));
    EXPECT_TRUE(open_checkpoint(signed_note({3, 2, 1, 9}).serialise(), log_, two_of_three_));
    EXPECT_EQ(refusal(signed_note({}), two_of_three_), checkpoint_error::no_quorum);
    EXPECT_EQ(refusal(signed_note({2}), two_of_three_), checkpoint_error::no_quorum);
    EXPECT_EQ(refusal(signed_note({2, 2, 2}), two_of_three_), checkpoint_error::no_quorum);
    EXPECT_EQ(refusal(signed_note({2, 8, 9}), two_of_three_), checkpoint_error::no_quorum);
}

TEST_F(OpenCheckpoint, CountsOneKeyOnceWhateverItsNames) {
    WitnessPolicy policy{{witness(1, "w1"), witness(1, "w1"), witness(1, "alias")}, 2};
    Note note = signed_note({1});
    note.signatures.push_back(cosign_note(note.text, "alias", test::seed_signer(1),
                                          std::chrono::sys_seconds{std::chrono::seconds{2}}));
    EXPECT_EQ(refusal(note, policy), checkpoint_error::no_quorum);
    policy.witnesses.push_back(witness(2, "w2"));
    note.signatures.push_back(signed_note({2}).signatures[1]);
    EXPECT_TRUE(open_checkpoint(note.serialise(), log_, policy));
}

TEST_F(OpenCheckpoint, RefusesAWrongSignatureOfAKnownWitness) {
    Note note = signed_note({1, 2, 3});
    note.signatures[2].signature[20] ^= 1;
    EXPECT_EQ(refusal(note, two_of_three_), note_error::bad_signature);
    EXPECT_TRUE(open_checkpoint(note.serialise(), log_, {{witness(1, "w1"), witness(3, "w3")}, 2}));
}

}  // namespace
}  // namespace sponsio::crypto
