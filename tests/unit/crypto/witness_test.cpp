#include "crypto/log/witness.hpp"

#include "tests/unit/crypto/log_support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

using test::NaiveTree;
using test::numbered_leaves;
using test::seed_signer;

// C2SP tlog-witness, the example of a request.
const std::string hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
const std::string ending =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— example.com/behind-the-sofa "
    "opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
const std::string example = "old 20852014\n" + hash +
                            "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
                            "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
                            "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
                            "\n" +
                            ending;

std::string times(int count, std::string const& text) {
    std::string out;
    for (int i = 0; i != count; ++i) out += text;
    return out;
}

TEST(AddCheckpoint, ReadsTheExampleOfTheSpecification) {
    auto const request = AddCheckpoint::parse(example).value();
    EXPECT_EQ(request.old_size, 20'852'014U);
    ASSERT_EQ(request.proof.size(), 4U);
    EXPECT_EQ(to_base64(request.proof[3]), "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=");
    EXPECT_EQ(request.checkpoint, ending);
    EXPECT_EQ(request.text(), example);
}

TEST(AddCheckpoint, ReadsWhatItWrites) {
    for (AddCheckpoint const& request :
         {AddCheckpoint{.checkpoint = "x"},
          AddCheckpoint{.old_size = ~std::uint64_t{0}, .proof = std::vector<Digest>(63), .checkpoint = "\n"}})
        EXPECT_EQ(AddCheckpoint::parse(request.text()).value(), request) << request.text();
}

TEST(AddCheckpoint, RefusesOtherForms) {
    for (std::string const& text :
         std::vector<std::string>{"",
                                  "\n",
                                  "old",
                                  "old 0",
                                  "old 0\n",
                                  "old 0\n\n",
                                  "old \n\n" + ending,
                                  "old 00\n\n" + ending,
                                  "old 01\n\n" + ending,
                                  "old -1\n\n" + ending,
                                  "old +1\n\n" + ending,
                                  "old  1\n\n" + ending,
                                  "old 1 \n\n" + ending,
                                  "old 1\r\n\n" + ending,
                                  "old 0x1\n\n" + ending,
                                  "Old 1\n\n" + ending,
                                  "old 18446744073709551616\n\n" + ending,
                                  "old 1\n" + hash,
                                  "old 1\n" + hash + ending,
                                  "old 1\n" + times(64, hash) + "\n" + ending,
                                  "old 1\n" + hash.substr(1) + "\n" + ending,
                                  "old 1\n" + to_base64(Bytes(31)) + "\n\n" + ending,
                                  "old 1\n " + hash + "\n" + ending,
                                  ending,
                                  std::string("old 1\0\n\n", 8) + ending}) {
        auto const refused = AddCheckpoint::parse(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, witness_error::malformed);
        EXPECT_LE(refused.error().offset, text.size());
    }
    EXPECT_TRUE(AddCheckpoint::parse("old 1\n" + times(63, hash) + "\n" + ending));
}

/// A log of a hundred leaves, another with the same key that differs in its last leaf, and a witness.
class Witnessing : public ::testing::Test {
  protected:
    static constexpr char const* origin = "example.com/log";

    static Checkpoint head(NaiveTree const& of, std::size_t size) {
        return {.origin = origin, .size = size, .root = of.root(size)};
    }

    static std::string signed_by(Signer const& signer, Checkpoint const& head,
                                 std::string const& name = origin) {
        Note note{head.text(), {}};
        note.signatures.push_back(sign_note(note.text, name, signer));
        return note.serialise();
    }

    /// The word of the refusal; empty if it may be cosigned.
    static std::string growth(std::optional<Checkpoint> const& last, std::uint64_t old_size,
                              std::vector<Digest> proof, Checkpoint const& next) {
        auto const checked =
            check_growth(last, AddCheckpoint{.old_size = old_size, .proof = std::move(proof)}, next);
        return checked ? "" : std::string(checked.error().code);
    }

    static std::string opened(std::string const& text, std::vector<NoteVerifier> const& logs) {
        auto const checked = open_for_witness(text, logs);
        return checked ? "" : std::string(checked.error().code);
    }

    NaiveTree tree{numbered_leaves(100)};
    NaiveTree fork{numbered_leaves(100, "'")};
    test::SeedSigner signer = seed_signer(1);
    test::SeedSigner other = seed_signer(2);
    NoteVerifier log{origin, signer.public_key()};
};

TEST_F(Witnessing, OpensWhatAKnownKeySignedAndKeepsItsSignatureOnly) {
    auto note = Note::parse(signed_by(signer, head(tree, 7))).value();
    note.signatures.push_back(sign_note(note.text, origin, other));
    note.signatures.push_back(cosign_note(note.text, "witness.example", other, {}));
    auto const found = open_for_witness(note.serialise(), std::vector{log}).value();
    EXPECT_EQ(found.head, head(tree, 7));
    ASSERT_EQ(found.note.signatures.size(), 1U);
    EXPECT_EQ(found.note.signatures.front().key_id, log.key_id());
    EXPECT_TRUE(log.verified(found.note));
}

TEST_F(Witnessing, OpensForEachOfSeveralKeys) {
    NoteVerifier const next(origin, other.public_key());
    auto note = Note::parse(signed_by(other, head(tree, 7))).value();
    EXPECT_EQ(opened(note.serialise(), {log, next}), "");
    note.signatures.push_back(sign_note(note.text, origin, signer));
    EXPECT_EQ(open_for_witness(note.serialise(), std::vector{log, next}).value().note.signatures.size(), 2U);
    note.signatures.back().signature[0] ^= 1;
    EXPECT_EQ(opened(note.serialise(), {log, next}), witness_error::not_signed);
}

TEST_F(Witnessing, OpensNothingElse) {
    std::string const good = signed_by(signer, head(tree, 7));
    EXPECT_EQ(opened(good, {log}), "");
    EXPECT_EQ(opened(good, {}), witness_error::unknown_log);
    EXPECT_EQ(opened(good, {NoteVerifier("example.com/other", signer.public_key())}),
              witness_error::unknown_log);
    EXPECT_EQ(opened(good, {NoteVerifier(origin, other.public_key())}), witness_error::not_signed);
    EXPECT_EQ(opened(signed_by(signer, head(tree, 7), "example.com/other"), {log}),
              witness_error::not_signed);
    std::string changed = good;
    changed[changed.find("\n7\n") + 1] = '8';
    EXPECT_EQ(opened(changed, {log}), witness_error::not_signed);
    for (std::string const& text : {std::string(), std::string("a\n"), head(tree, 7).text(),
                                    good.substr(0, good.size() - 1), "\n" + good, good + "x"})
        EXPECT_EQ(opened(text, {log}), witness_error::malformed) << text;
}

TEST_F(Witnessing, AFirstCheckpointNeedsNoProof) {
    EXPECT_EQ(growth({}, 0, {}, head(tree, 7)), "");
    EXPECT_EQ(growth({}, 0, {}, head(tree, 0)), "");
    EXPECT_EQ(growth({}, 0, {Digest{}}, head(tree, 7)), witness_error::not_consistent);
    EXPECT_EQ(growth({}, 3, tree.subproof(3, 0, 7, true), head(tree, 7)), witness_error::other_size);
}

TEST_F(Witnessing, AnEmptyTreeHasOneRoot) {
    Checkpoint const wrong{.origin = origin, .size = 0, .root = tree.root(1)};
    EXPECT_EQ(growth({}, 0, {}, wrong), witness_error::not_consistent);
    EXPECT_EQ(growth(head(tree, 0), 0, {}, wrong), witness_error::not_consistent);
    EXPECT_EQ(growth(head(tree, 0), 0, {}, head(tree, 5)), "");
}

TEST_F(Witnessing, EveryGrowthIsTakenAndNoFork) {
    for (std::size_t old = 1; old != 40; ++old)
        for (std::size_t size = old; size != 60; ++size) {
            SCOPED_TRACE(std::to_string(old) + " to " + std::to_string(size));
            auto const proof = tree.subproof(old, 0, size, true);
            EXPECT_EQ(growth(head(tree, old), old, proof, head(tree, size)), "");
            EXPECT_EQ(growth(head(tree, old), old, proof, head(fork, size)), witness_error::not_consistent);
            EXPECT_EQ(growth(head(tree, old), old, fork.subproof(old, 0, size, true), head(fork, size)),
                      witness_error::not_consistent);
        }
}

TEST_F(Witnessing, GoesOnFromItsOwnCheckpointOnly) {
    auto const proof = tree.subproof(10, 0, 20, true);
    EXPECT_EQ(growth(head(tree, 11), 10, proof, head(tree, 20)), witness_error::other_size);
    EXPECT_EQ(growth(head(tree, 20), 10, proof, head(tree, 20)), witness_error::other_size);
    EXPECT_EQ(growth(head(tree, 20), 20, {}, head(tree, 20)), "");
    EXPECT_EQ(growth(head(tree, 20), 20, proof, head(tree, 20)), witness_error::not_consistent);
    EXPECT_EQ(growth(head(tree, 20), 20, {}, head(tree, 10)), witness_error::shrinks);
    EXPECT_EQ(growth(head(tree, 20), 21, {}, head(tree, 20)), witness_error::shrinks);
}

}  // namespace
}  // namespace sponsio::crypto
