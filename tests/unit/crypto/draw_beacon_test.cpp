#include "crypto/draw/beacon.hpp"
#include "crypto/keys/signer.hpp"
#include "tests/unit/crypto/draw_support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto::draw {
namespace {

class SignedBeacon : public testing::Test {
  protected:
    [[nodiscard]] std::string note(std::string const& text,
                                   std::string const& name = "beacon.example") const {
        return Note{text, {sign_note(text, name, signer_)}}.serialise();
    }

    [[nodiscard]] std::string code(Result<void> const& result) const {
        return result ? "" : std::string(result.error().code);
    }

    SignedBeacon() {
        plan_.dice = 0;
        plan_.beacon = value_.beacon;
        said_.committed_at = "2026-03-02T01:00:06.5Z";
        said_.public_input = "beacon=beacon.example:4711:00ff";
        said_.beacon_key = key_.vkey();
        said_.beacon_note = note(value_.text());
    }

    KeySigner signer_{PrivateKey::generate(Algorithm::ed25519)};
    NoteVerifier key_{"beacon.example", signer_.public_key()};
    BeaconValue value_{{"beacon.example", 4711}, "00ff", "2026-03-02T01:00:07Z"};
    Plan plan_ = plan_of({{"s", 1}});
    Statement said_;
};

TEST_F(SignedBeacon, SaysItsValueInOneSpelling) {
    EXPECT_EQ(value_.text(), "sponsio-beacon/v1\nbeacon.example\n4711\n00ff\n2026-03-02T01:00:07Z\n");
    EXPECT_EQ(read_beacon(note(value_.text()), key_).value(), value_);
    for (std::string const& text :
         {std::string("sponsio-beacon/v2\nbeacon.example\n4711\n00ff\n2026-03-02T01:00:07Z\n"),
          std::string("sponsio-beacon/v1\nother.example\n4711\n00ff\n2026-03-02T01:00:07Z\n"),
          std::string("sponsio-beacon/v1\nbeacon.example\n04711\n00ff\n2026-03-02T01:00:07Z\n"),
          std::string("sponsio-beacon/v1\nbeacon.example\n4711\n00f\n2026-03-02T01:00:07Z\n"),
          std::string("sponsio-beacon/v1\nbeacon.example\n4711\n\n2026-03-02T01:00:07Z\n"),
          std::string("sponsio-beacon/v1\nbeacon.example\n4711\n00FF\n2026-03-02T01:00:07Z\n"),
          std::string("sponsio-beacon/v1\nbeacon.example\n4711\n00ff\n2026-03-02\n"),
          value_.text() + "more\n"})
        EXPECT_EQ(read_beacon(note(text), key_).error().code, draw_error::bad_public_input) << text;
    EXPECT_FALSE(read_beacon(value_.text(), key_)) << "nobody signed it";
    EXPECT_FALSE(read_beacon(note(value_.text(), "other.example"), key_)) << "under another name";
    KeySigner const thief(PrivateKey::generate(Algorithm::ed25519));
    Note const stolen{value_.text(), {sign_note(value_.text(), "beacon.example", thief)}};
    EXPECT_FALSE(read_beacon(stolen.serialise(), key_));
}

TEST_F(SignedBeacon, IsOfThePromisedRoundAndLaterThanTheCommitment) {
    EXPECT_EQ(code(check_beacon(said_, plan_)), "");
    Statement const good = said_;
    value_.time = "2026-03-02T01:00:06.499Z";
    said_.beacon_note = note(value_.text());
    EXPECT_EQ(code(check_beacon(said_, plan_)), draw_error::bad_public_input) << "known before";
    said_ = good;
    said_.public_input = "beacon=beacon.example:4711:00fe";
    EXPECT_EQ(code(check_beacon(said_, plan_)), draw_error::bad_public_input);
    said_ = good;
    plan_.beacon->round = 4712;
    EXPECT_EQ(code(check_beacon(said_, plan_)), draw_error::bad_public_input);
    plan_.beacon.reset();
    EXPECT_EQ(code(check_beacon(said_, plan_)), draw_error::bad_public_input);
    said_.beacon_key = "beacon.example+00000000+AAAA";
    EXPECT_EQ(code(check_beacon(said_, plan_)), note_error::bad_verifier_key);
    EXPECT_EQ(code(check_beacon(Statement{}, plan_)), "") << "no key, nothing signed";
}

TEST_F(SignedBeacon, ItsKeyStandsInTheCommittedLeafAndTheStatement) {
    EXPECT_EQ(committed_content(said_, plan_).at("beacon_key").as_string(), key_.vkey());
    said_.draw_id = plan_.draw_id;
    said_.reveal_by = said_.public_input_at = said_.revealed_at = said_.committed_at;
    said_.protocol = std::string(64, 'a');
    std::string const text = said_.file("[]", "a.b.c");
    EXPECT_EQ(StatementFile::parse(text).value().said, said_);
    Statement plain = said_;
    plain.beacon_key.clear();
    plain.beacon_note.clear();
    plain.protocol.clear();
    EXPECT_EQ(StatementFile::parse(plain.file("[]", "a.b.c")).value().said, plain);
    EXPECT_EQ(plain.payload().find("beacon_"), std::string::npos);
    EXPECT_FALSE(committed_content(plain, plan_).contains("beacon_key"));
}

}  // namespace
}  // namespace sponsio::crypto::draw
