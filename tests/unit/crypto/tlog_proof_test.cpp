#include "crypto/log/tlog_proof.hpp"

#include "crypto/log/merkle.hpp"
#include "tests/unit/crypto/log_support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

// C2SP tlog-proof, the first example, with a base64 of its extra data that is whole and no cosignatures,
// since those are printed shortened.
const std::string example =
    "c2sp.org/tlog-proof@v1\n"
    "extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6\n"
    "index 73894\n"
    "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n"
    "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n"
    "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\n"
    "RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n"
    "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n"
    "\n"
    "example.com/fancylog\n"
    "109482\n"
    "sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n";

TEST(TlogProof, ReadsTheExampleOfTheSpecification) {
    auto const proof = TlogProof::parse(example).value();
    EXPECT_EQ(proof.index, 73'894U);
    EXPECT_EQ(to_string(proof.extra.value()), "age-v1.2.1-darwin-arm64.tar.gz");
    ASSERT_EQ(proof.hashes.size(), 5U);
    EXPECT_EQ(to_base64(proof.hashes[4]), "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=");
    EXPECT_EQ(proof.checkpoint, example.substr(example.find("example.com")));
    EXPECT_EQ(proof.text(), example);
}

TEST(TlogProof, ReadsWhatItWrites) {
    for (TlogProof const& proof :
         {TlogProof{.checkpoint = "x"}, TlogProof{.index = ~std::uint64_t{0}, .checkpoint = "a\n\nb\n"},
          TlogProof{.extra = Bytes{0}, .hashes = std::vector<Digest>(64), .checkpoint = "\n"}})
        EXPECT_EQ(TlogProof::parse(proof.text()).value(), proof) << proof.text();
}

TEST(TlogProof, RefusesOtherForms) {
    std::string const start = "c2sp.org/tlog-proof@v1\n";
    std::string const hash = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n";
    std::string many;
    for (int i = 0; i != 65; ++i) many += hash;
    for (std::string const& text : std::vector<std::string>{
             "", "c2sp.org/tlog-proof@v1", start, start + "\n", start + "index 0\n", start + "index 0\n\n",
             start + "index 0\n" + hash, start + "index 0\n" + hash + "x\n",
             // The next seven are of transparency-dev/merkle, proof/tlog_proof_test.go.
             "wrong-header\nindex 0\n\ncheckpoint\n", start + "extra !!notbase64!!\nindex 0\n\ncheckpoint\n",
             start + "\n\ncheckpoint\n", start + "index notanumber\n\ncheckpoint\n",
             start + "index -5\n\ncheckpoint\n", start + "index 0\n!!notbase64!!\n\ncheckpoint\n",
             start + "index 0\n" + to_base64(Bytes(64)) + "\n\ncheckpoint\n",
             start + "index 00\n\ncheckpoint\n", start + "index 01\n\ncheckpoint\n",
             start + "index +1\n\ncheckpoint\n", start + "index  1\n\ncheckpoint\n",
             start + "index 1 \n\ncheckpoint\n", start + "index 1\r\n\ncheckpoint\n",
             start + "index\n\ncheckpoint\n", start + "index 18446744073709551616\n\ncheckpoint\n",
             start + "Index 0\n\ncheckpoint\n", start + "extra \nindex 0\n\ncheckpoint\n",
             start + "extra\nindex 0\n\ncheckpoint\n",
             start + "extra YQ==\nextra YQ==\nindex 0\n\ncheckpoint\n",
             start + "index 0\nextra YQ==\n\ncheckpoint\n", start + "index 0\nindex 0\n\ncheckpoint\n",
             start + "index 0\n" + hash.substr(1) + "\ncheckpoint\n",
             start + "index 0\n " + hash + "\ncheckpoint\n", start + "index 0\n" + many + "\ncheckpoint\n",
             "\n" + example, " " + example, "\xEF\xBB\xBF" + example})
        EXPECT_EQ(TlogProof::parse(text).error().code, proof_error::malformed) << text;
}

/// A log of a few entries with its proofs.
class VerifyTlogProof : public testing::Test {
  protected:
    static std::vector<Digest> leaves() {
        std::vector<Digest> out;
        for (int i = 0; i != 11; ++i) out.push_back(leaf_hash(as_bytes("entry " + std::to_string(i))));
        return out;
    }

    TlogProof proof(std::uint64_t index) const {
        Note note{Checkpoint{"log.example/1", 11, tree_.root(11)}.text(), {}};
        note.signatures.push_back(sign_note(note.text, "log.example/1", signer_));
        note.signatures.push_back(
            cosign_note(note.text, "w", witness_signer_, std::chrono::sys_seconds{std::chrono::seconds{5}}));
        return {.index = index, .hashes = tree_.path(index, 0, 11), .checkpoint = note.serialise()};
    }

    Result<Checkpoint> verify(TlogProof const& proof, std::string_view entry, std::size_t quorum = 1) const {
        return verify_tlog_proof(proof, as_bytes(entry), log_, {{witness_}, quorum});
    }

    test::NaiveTree tree_{leaves()};
    test::SeedSigner signer_ = test::seed_signer(1);
    test::SeedSigner witness_signer_ = test::seed_signer(2);
    NoteVerifier log_{"log.example/1", signer_.public_key()};
    NoteVerifier witness_{"w", witness_signer_.public_key(), NoteKeyKind::cosignature_v1};
};

TEST_F(VerifyTlogProof, ProvesEveryEntryAfterItsWayThroughText) {
    for (std::uint64_t index = 0; index != 11; ++index) {
        auto const read = TlogProof::parse(proof(index).text()).value();
        auto const checkpoint = verify(read, "entry " + std::to_string(index));
        ASSERT_TRUE(checkpoint) << index;
        EXPECT_EQ(checkpoint->size, 11U);
        EXPECT_EQ(checkpoint->root, tree_.root(11));
    }
}

TEST_F(VerifyTlogProof, ProvesNothingElse) {
    EXPECT_EQ(verify(proof(3), "entry 4").error().code, proof_error::not_included);
    EXPECT_EQ(verify(proof(3), "").error().code, proof_error::not_included);
    TlogProof wrong = proof(3);
    wrong.index = 2;
    EXPECT_EQ(verify(wrong, "entry 3").error().code, proof_error::not_included);
    wrong.index = 11;
    EXPECT_EQ(verify(wrong, "entry 3").error().code, proof_error::not_included);
    wrong = proof(3);
    wrong.hashes.pop_back();
    EXPECT_EQ(verify(wrong, "entry 3").error().code, proof_error::not_included);
}

TEST_F(VerifyTlogProof, WantsTheSignaturesThatThePolicyNames) {
    EXPECT_EQ(verify(proof(3), "entry 3", 2).error().code, checkpoint_error::no_quorum);
    TlogProof altered = proof(3);
    altered.checkpoint.replace(altered.checkpoint.find("\n11\n"), 4, "\n12\n");
    EXPECT_EQ(verify(altered, "entry 3").error().code, note_error::bad_signature);
    NoteVerifier const other("log.example/1", witness_signer_.public_key());
    EXPECT_EQ(verify_tlog_proof(proof(3), as_bytes("entry 3"), other).error().code, note_error::not_signed);
    EXPECT_TRUE(verify_tlog_proof(proof(3), as_bytes("entry 3"), log_));
}

}  // namespace
}  // namespace sponsio::crypto
