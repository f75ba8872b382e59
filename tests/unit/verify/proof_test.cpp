#include "tests/unit/verify/world.hpp"

namespace sponsio::verify::test {
namespace {

class ProofCommand : public testing::Test {
  protected:
    ProofCommand() : log_(dir_ / "log") {
        log_.fill(700);
        log_.publish();
        write(300);
    }

    void write(std::uint64_t index) {
        write_file(proof_, log_.proof(index));
        write_file(entry_, log_.entry(index));
    }

    [[nodiscard]] Outcome check(std::string const& vkey, std::vector<std::string> const& more = {}) const {
        std::vector<std::string> arguments{"proof", "--proof", proof_, "--entry", entry_, "--vkey", vkey};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run_json(arguments);
    }

    TempDir dir_;
    TestLog log_;
    std::string const proof_ = dir_ / "receipt.tlog-proof";
    std::string const entry_ = dir_ / "receipt.entry";
};

TEST_F(ProofCommand, ShowsWhereTheEntryIs) {
    for (std::uint64_t const index : {0U, 255U, 256U, 300U, 699U}) {
        write(index);
        Outcome const outcome = check(log_.vkey());
        expect_proven(outcome);
        EXPECT_EQ(outcome.answer.at("leaf_index"), json::Value(index));
        EXPECT_EQ(outcome.answer.at("size"), json::Value(700));
        EXPECT_EQ(outcome.answer.at("origin").as_string(), origin);
        EXPECT_EQ(outcome.answer.at("entry").at("kind").as_string(), "commitment");
        EXPECT_TRUE(tells(outcome, "proven", "entry " + std::to_string(index) + " of the 700"));
        EXPECT_TRUE(tells(outcome, "not_proven", "no witness was asked for"));
    }
}

TEST_F(ProofCommand, TakesTheKeyFromAFile) {
    expect_proven(check(log_.path("vkey")));
}

TEST_F(ProofCommand, RefutesWhatWasChanged) {
    std::string const entry = log_.entry(300);
    std::string const proof = log_.proof(300);
    auto const changed = [&](std::string const& to_proof, std::string const& to_entry,
                             std::string_view code) {
        write_file(proof_, to_proof);
        write_file(entry_, to_entry);
        expect_refuted(check(log_.vkey()), code);
    };
    for (std::size_t const at : {0U, 20U, 80U, 99U}) {
        std::string flipped = entry;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        changed(proof, flipped, "not_included");
    }
    changed(proof, log_.entry(301), "not_included");
    changed(replaced(proof, "index 300", "index 301"), entry, "not_included");
    changed(replaced(proof, "\n700\n", "\n701\n"), entry, "bad_signature");
    changed(replaced(proof, "\n700\n", "\n0700\n"), entry, "bad_signature");
    changed(log_.proof(299), entry, "not_included");
}

TEST_F(ProofCommand, SaysNothingOfWhatWasChangedOnTheWay) {
    auto const with = [&](std::string const& to_proof, std::string const& to_entry) {
        write_file(proof_, to_proof);
        write_file(entry_, to_entry);
        return check(log_.vkey());
    };
    std::string const entry = log_.entry(300);
    std::string const proof = log_.proof(300);
    expect_not_checked(with(proof, entry + "\n"), "malformed_log_entry");
    expect_not_checked(with(proof, entry.substr(0, 40)), "malformed_log_entry");
    expect_not_checked(with(replaced(proof, "index 300", "index 0300"), entry), "malformed_proof");
    expect_not_checked(with("nothing", entry), "malformed_proof");
    expect_not_checked(with(proof.substr(0, proof.size() / 2), entry), "malformed_proof");
    expect_not_checked(with(proof.substr(0, proof.size() - 20), entry), "malformed_note");
    std::string crlf = proof;
    for (std::size_t at = 0; (at = crlf.find('\n', at)) != std::string::npos; at += 2)
        crlf.insert(at, 1, '\r');
    expect_not_checked(with(crlf, entry), "malformed_proof");
    write(300);
    expect_not_checked_in_place_of(proof_, [&] { return check(log_.vkey()); });
    expect_not_checked_in_place_of(entry_, [&] { return check(log_.vkey()); });
    expect_proven(check(log_.vkey()));
}

TEST_F(ProofCommand, RefutesAnEntryThatIsNotOfThisLogsForm) {
    auto const index = log_.add(R"({"kind":"note"})");
    write(index);
    expect_refuted(check(log_.vkey()), "malformed_log_entry");
}

TEST_F(ProofCommand, SaysNothingUnderAnotherKey) {
    expect_not_checked(check(TestLog::foreign_vkey()), "not_signed");
}

TEST_F(ProofCommand, WarnsOfWhatNobodySigned) {
    replace_in(proof_, "\nindex", "\nextra eHh4\nindex");
    Outcome const outcome = check(log_.vkey());
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "not_proven", "`extra`"));
}

TEST_F(ProofCommand, TakesEveryKeyTheLogEverHad) {
    std::string const other = TestLog::foreign_vkey();
    expect_proven(check(other, {"--vkey", log_.vkey()}));
    // Those of another shard may stand beside.
    expect_proven(check(TestLog(dir_ / "other", "sponsio.example/log/2").vkey(), {"--vkey", log_.vkey()}));
    std::string const file = dir_ / "vkeys";
    write_file(file, other + "\n" + log_.vkey() + "\n");
    expect_proven(check(file));
    replace_in(proof_, "\n700\n", "\n701\n");
    expect_refuted(check(file), "bad_signature");
    write_file(file, other + "\n" + TestLog::foreign_vkey() + "\n");
    expect_not_checked(check(file), "not_signed");
    write_file(file, log_.vkey() + "\nx\n");
    expect_not_checked(check(file), "bad_verifier_key");
    write_file(file, "");
    expect_not_checked(check(file), "bad_verifier_key");
}

TEST_F(ProofCommand, CountsWitnesses) {
    using namespace crypto;
    KeySigner const witness(PrivateKey::generate(Algorithm::ed25519));
    KeySigner const other(PrivateKey::generate(Algorithm::ed25519));
    std::string const key =
        NoteVerifier(witness_name, witness.public_key(), NoteKeyKind::cosignature_v1).vkey();
    std::string const absent =
        NoteVerifier("other.example", other.public_key(), NoteKeyKind::cosignature_v1).vkey();

    expect_not_checked(check(log_.vkey(), {"--witness", key}), "no_quorum");
    log_.set_cosigner(&witness);
    write(300);
    Outcome const cosigned = check(log_.vkey(), {"--witness", key});
    expect_proven(cosigned);
    EXPECT_TRUE(tells(cosigned, "proven", "at least 1 of the named witnesses"));
    EXPECT_FALSE(tells(cosigned, "not_proven", "witness"));
    expect_not_checked(check(log_.vkey(), {"--witness", key, "--witness", absent}), "no_quorum");
    expect_proven(check(log_.vkey(), {"--witness", key, "--witness", absent, "--quorum", "1"}));
    expect_not_checked(check(log_.vkey(), {"--witness", key, "--quorum", "2"}), "bad_quorum");
}

TEST_F(ProofCommand, SaysWhatIsMissing) {
    expect_not_checked(check("no key"), "bad_verifier_key");
    // The key id does not follow from the rest.
    expect_not_checked(check(replaced(log_.vkey(), "log/1", "log/2")), "bad_verifier_key");
    std::filesystem::remove(entry_);
    expect_not_checked(check(log_.vkey()), "no_file");
    std::filesystem::create_directory(entry_);
    expect_not_checked(check(log_.vkey()), "no_file");
}

}  // namespace
}  // namespace sponsio::verify::test
