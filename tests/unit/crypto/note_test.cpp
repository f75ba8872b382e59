#include "crypto/log/note.hpp"

#include "tests/unit/crypto/log_support.hpp"
#include "tests/unit/crypto/support.hpp"

#include <gtest/gtest.h>

namespace sponsio::crypto {
namespace {

using namespace std::string_view_literals;

// golang.org/x/mod, sumdb/note/note_test.go.
constexpr std::string_view peter_vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr std::string_view peter_secret = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";  // 0x01 || seed
constexpr std::string_view enoch_vkey = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const std::string text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const std::string peter_line =
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const std::string enoch_line =
    "— EnochRoot "
    "rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

NoteVerifier verifier(std::string_view vkey) {
    return NoteVerifier::from_vkey(vkey).value();
}

Note parsed(std::string_view note) {
    return Note::parse(note).value();
}

TEST(NoteVectors, VerifiesTheNotesOfGo) {
    Note const note = parsed(text + "\n" + peter_line + enoch_line);
    EXPECT_EQ(note.text, text);
    ASSERT_EQ(note.signatures.size(), 2U);
    EXPECT_EQ(note.signatures[0].name, "PeterNeumann");
    EXPECT_EQ(note.signatures[0].key_id, 0xc74f20a3U);
    EXPECT_EQ(note.signatures[0].signature.size(), 64U);
    EXPECT_TRUE(verifier(peter_vkey).verified(note));
    EXPECT_TRUE(verifier(enoch_vkey).verified(note));
    EXPECT_FALSE(verifier(peter_vkey).cosigned_at(note));
}

TEST(NoteVectors, SignsAsGoDoes) {
    test::SeedSigner const peter(ByteView(from_base64(peter_secret).value()).subspan(1));
    EXPECT_EQ(NoteVerifier("PeterNeumann", peter.public_key()).vkey(), peter_vkey);
    Note const note{text, {sign_note(text, "PeterNeumann", peter)}};
    EXPECT_EQ(note.serialise(), text + "\n" + peter_line);
}

// C2SP signed-note, "Verifier keys".
TEST(NoteVectors, VerifiesTheExampleOfTheSpecification) {
    NoteVerifier const key =
        verifier("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    EXPECT_EQ(key.name(), "example.com/foo");
    EXPECT_EQ(key.key_id(), 0x530d903aU);
    EXPECT_EQ(key.kind(), NoteKeyKind::ed25519);
    Note note = parsed(
        "This is an example message.\n\n— example.com/foo "
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n");
    EXPECT_TRUE(key.verified(note));
    note.text[0] = 't';
    EXPECT_FALSE(key.verified(note));
}

// C2SP tlog-cosignature, the first example; the keys are not given.
TEST(NoteVectors, ReadsACosignature) {
    Note const note = parsed(
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 "
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"
        "mbIUBkBIfZ+qnA==\n");
    ASSERT_EQ(note.signatures.size(), 2U);
    EXPECT_EQ(note.signatures[1].name, "witness.example.com/w1");
    EXPECT_EQ(note.signatures[1].key_id, 0x8d66cf3fU);
    ASSERT_EQ(note.signatures[1].signature.size(), 72U);
    // time 1679315147
    EXPECT_EQ(to_hex(ByteView(note.signatures[1].signature).first(8)), "00000000641850cb");
}

TEST(Note, TakesTheTextUpToTheLastEmptyLine) {
    Note const note = parsed("one\n\ntwo\n\n— name AAAAAAA=\n");
    EXPECT_EQ(note.text, "one\n\ntwo\n");
    EXPECT_EQ(parsed("\n\n— name AAAAAAA=\n").text, "\n");
    EXPECT_EQ(parsed("承诺\n\n— 日志.example AAAAAAA=\n").signatures[0].name, "日志.example");
}

TEST(Note, SerialisesToWhatItWasReadFrom) {
    for (std::string const& whole :
         {text + "\n" + peter_line, text + "\n" + enoch_line + peter_line + enoch_line,
          text + "\n— unknown.example AAAAAAA=\n" + peter_line})
        EXPECT_EQ(parsed(whole).serialise(), whole);
}

TEST(Note, RefusesHostileForms) {
    std::string const good = text + "\n" + peter_line;
    std::vector<std::string> const bad{
        "",
        "\n",
        "\n\n",
        text,
        text + "\n",
        text + peter_line,
        peter_line,
        "\n" + peter_line,
        good.substr(0, good.size() - 1),
        good + "\n",
        good + "x",
        good + "Unexpected line.\n",
        good + "\n" + "Unexpected line.\n",
        "\x01" + good,
        "\xff" + good,
        "\xc0\x80" + good,
        "\xed\xa0\x80" + good,
        "tab\there\n" + good,
        "carriage\r\n" + good,
        std::string("nul\0\n"sv) + good,
        text + "\r\n" + peter_line,
        text + "\n- name AAAAAAA=\n",
        text + "\n—name AAAAAAA=\n",
        text + "\n—  AAAAAAA=\n",
        text + "\n— AAAAAAA=\n",
        text + "\n— name\n",
        text + "\n— name \n",
        text + "\n— name  AAAAAAA=\n",
        text + "\n— name AAAAAAA= \n",
        text + "\n— bad name AAAAAAA=\n",
        text + "\n— bad+name AAAAAAA=\n",
        text + "\n— bad\xc2\xa0name AAAAAAA=\n",
        text + "\n— bad\xe3\x80\x80name AAAAAAA=\n",
        text + "\n— bad\xe2\x80\xa8name AAAAAAA=\n",
        text + "\n— name AAAAAA==\n",  // four bytes: a key id without a signature
        text + "\n— name AAAAAAA\n",
        text + "\n— name AAAAAAB=\n",
        text + "\n— name AAAAAA-=\n",
        text + "\n— name !AAAAAA=\n",
    };
    for (std::string const& note : bad) {
        auto const result = Note::parse(note);
        ASSERT_FALSE(result) << note;
        EXPECT_EQ(result.error().code, note_error::malformed) << note;
        EXPECT_LE(result.error().offset, note.size());
    }
}

TEST(Note, BoundsItsSize) {
    std::string many = text + "\n";
    for (std::size_t i = 0; i != max_note_signatures; ++i) many += peter_line;
    EXPECT_EQ(parsed(many).signatures.size(), max_note_signatures);
    EXPECT_EQ(Note::parse(many + peter_line).error().code, note_error::too_many);

    std::string const fill(max_note_size - peter_line.size() - 2, 'x');
    EXPECT_TRUE(Note::parse(fill + "\n\n" + peter_line));
    EXPECT_EQ(Note::parse(fill + "x\n\n" + peter_line).error().code, note_error::malformed);
}

TEST(NoteVerifier, RefusesEveryMangledKey) {
    std::string const good(peter_vkey);
    ASSERT_TRUE(NoteVerifier::from_vkey(good));
    for (std::size_t start = 0; start <= good.size(); ++start)
        for (std::size_t end = start; end <= good.size(); ++end)
            if (start != 0 || end != good.size())
                ASSERT_FALSE(NoteVerifier::from_vkey(good.substr(start, end - start))) << start << ' ' << end;
    for (std::size_t i = 0; i != good.size(); ++i) {
        std::string mangled = good;
        ++mangled[i];
        ASSERT_FALSE(NoteVerifier::from_vkey(mangled)) << mangled;
    }
    for (std::string_view const bad :
         // The first two are of note_test.go: a key of a wrong length and an unknown kind, with fitting ids.
         {"PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=="sv,
          "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"sv,
          "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"sv, ""sv, "+"sv, "++"sv,
          "a+b"sv, "a+00000000+"sv})
        EXPECT_EQ(NoteVerifier::from_vkey(bad).error().code, note_error::bad_verifier_key) << bad;
}

TEST(NoteVerifier, TakesOnlyItsOwnKindOfKeyAndName) {
    auto const key = test::seed_signer(1).public_key();
    EXPECT_THROW(NoteVerifier("", key), Failure);
    EXPECT_THROW(NoteVerifier("a b", key), Failure);
    EXPECT_THROW(NoteVerifier("a+b", key), Failure);
    EXPECT_THROW(NoteVerifier("a\nb", key), Failure);
    EXPECT_THROW(NoteVerifier("a", PrivateKey::generate(Algorithm::es256).public_key()), Failure);
    NoteVerifier const witness("w", key, NoteKeyKind::cosignature_v1);
    EXPECT_NE(witness.key_id(), NoteVerifier("w", key).key_id());
    EXPECT_EQ(verifier(witness.vkey()).vkey(), witness.vkey());
    EXPECT_EQ(verifier(witness.vkey()).kind(), NoteKeyKind::cosignature_v1);
}

TEST(NoteVerifier, IgnoresTheSignaturesOfOthers) {
    NoteVerifier const peter = verifier(peter_vkey);
    EXPECT_TRUE(peter.verified(parsed(text + "\n— PeterNeumann AAAAAAA=\n" + peter_line)));  // another id
    Note renamed = parsed(text + "\n" + peter_line);
    renamed.signatures[0].name = "PeterNeuman";
    EXPECT_FALSE(peter.named_in(renamed));
    EXPECT_FALSE(peter.verified(renamed));
    EXPECT_FALSE(peter.verified(parsed(text + "\n" + enoch_line)));
    EXPECT_FALSE(peter.named_in(parsed(text + "\n" + enoch_line)));
}

TEST(NoteVerifier, TakesNoNoteOnWhichOneOfItsSignaturesIsWrong) {
    NoteVerifier const peter = verifier(peter_vkey);
    Note note = parsed(text + "\n" + peter_line + peter_line + enoch_line);
    EXPECT_TRUE(peter.verified(note));
    note.signatures[1].signature[5] ^= 1;
    EXPECT_TRUE(peter.named_in(note));
    EXPECT_FALSE(peter.verified(note));
    EXPECT_TRUE(verifier(enoch_vkey).verified(note));
    note.signatures[1].signature = {};
    EXPECT_FALSE(peter.verified(note));
}

TEST(Cosignature, CoversItsTime) {
    std::chrono::sys_seconds const at{std::chrono::seconds{1'679'315'147}};
    auto const signer = test::seed_signer(2);
    NoteVerifier const witness("w.example", signer.public_key(), NoteKeyKind::cosignature_v1);
    Note note{text, {cosign_note(text, "w.example", signer, at)}};
    EXPECT_TRUE(witness.verified(parsed(note.serialise())));
    EXPECT_EQ(witness.cosigned_at(parsed(note.serialise())), at);
    EXPECT_EQ(witness.key_id(), note.signatures[0].key_id);

    // The message of the specification, put together by hand.
    ByteView const bytes(note.signatures[0].signature);
    EXPECT_TRUE(
        signer.public_key().verify(as_bytes("cosignature/v1\ntime 1679315147\n" + text), bytes.subspan(8)));

    Note later = note;
    ++later.signatures[0].signature[7];
    EXPECT_FALSE(witness.verified(later));
    EXPECT_FALSE(witness.cosigned_at(later));

    note.signatures.push_back(cosign_note(text, "w.example", signer, at + std::chrono::seconds(9)));
    EXPECT_EQ(witness.cosigned_at(note), at + std::chrono::seconds(9));
}

TEST(Cosignature, IsNoPlainSignatureAndTheOtherWayRound) {
    auto const signer = test::seed_signer(2);
    NoteVerifier const witness("w.example", signer.public_key(), NoteKeyKind::cosignature_v1);
    NoteVerifier const plain("w.example", signer.public_key());
    NoteSignature signature = cosign_note(text, "w.example", signer, std::chrono::sys_seconds{});
    EXPECT_EQ(witness.cosigned_at({text, {signature}}), std::chrono::sys_seconds{});
    EXPECT_FALSE(plain.named_in({text, {signature}}));
    signature.key_id = plain.key_id();
    EXPECT_FALSE(plain.verified({text, {signature}}));
    signature = sign_note(text, "w.example", signer);
    signature.key_id = witness.key_id();
    EXPECT_FALSE(witness.verified({text, {signature}}));
}

TEST(Cosignature, HasNoTimeBeyondSixtyThreeBits) {
    auto const signer = test::seed_signer(2);
    NoteVerifier const witness("w", signer.public_key(), NoteKeyKind::cosignature_v1);
    Bytes signature(8, 0xFF);
    Bytes const over = signer.sign(as_bytes("cosignature/v1\ntime 18446744073709551615\n" + text));
    signature.insert(signature.end(), over.begin(), over.end());
    EXPECT_FALSE(witness.verified({text, {{"w", witness.key_id(), signature}}}));
}

TEST(Signing, RefusesWhatNoNoteCanHold) {
    auto const signer = test::seed_signer(3);
    EXPECT_THROW(sign_note("no newline", "a", signer), Failure);
    EXPECT_THROW(sign_note("", "a", signer), Failure);
    EXPECT_THROW(sign_note("tab\t\n", "a", signer), Failure);
    EXPECT_THROW(sign_note("\xff\n", "a", signer), Failure);
    EXPECT_THROW(sign_note("x\n", "a b", signer), Failure);
    EXPECT_THROW(sign_note("x\n", "", signer), Failure);
    EXPECT_THROW(cosign_note("x\n", "a", signer, std::chrono::sys_seconds{std::chrono::seconds{-1}}),
                 Failure);
    KeySigner const other(PrivateKey::generate(Algorithm::es256));
    EXPECT_THROW(sign_note("x\n", "a", other), Failure);
    EXPECT_THROW(cosign_note("x\n", "a", other, std::chrono::sys_seconds{}), Failure);
}

}  // namespace
}  // namespace sponsio::crypto
