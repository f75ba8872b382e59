#include "tests/unit/verify/world.hpp"

namespace sponsio::verify::test {
namespace {

using crypto::Algorithm;
using crypto::KeySigner;
using crypto::PrivateKey;
using json::Object;
using json::Value;

class BatchCommand : public testing::Test {
  protected:
    BatchCommand() {
        std::filesystem::create_directory(folder_);
        write_file(dir_ / "key.pem", signer_.public_key().to_pem());
        write({line("a-1"), line("a-2"), line("a-3")});
    }

    static std::string line(std::string const& number, std::string const& version = "1.0") {
        return json::canonical(
            Object{{"schema_version", version}, {"record_no", number}, {"committer_name", "张三"}});
    }

    Object manifest(std::string_view records, std::int64_t count) const {
        return {{"batch_no", "111101050000000191-20261016-000001"},
                {"sender", Object{{"uscc", "111101050000000191"}, {"name", "示例区住房和城乡建设委员会"}}},
                {"receiver", Object{{"uscc", nullptr}, {"name", "示例市信用信息共享平台"}}},
                {"resource_code", "credit.commitment.performance"},
                {"schema_version", "1.0"},
                {"record_count", count},
                {"digest_sm3", to_hex(crypto::sm3(as_bytes(records)))},
                {"created_at", "2026-10-15T16:00:00.000000Z"},
                {"signature_algorithm", "SM2-with-SM3"},
                {"distinguishing_id", "1234567812345678"},
                {"kid", signer_.kid()}};
    }

    void write(std::vector<std::string> const& lines) {
        std::string records;
        for (std::string const& each : lines) records += each + "\n";
        write_signed(json::canonical(manifest(records, static_cast<std::int64_t>(lines.size()))), records);
    }

    void write_signed(std::string const& manifest_text, std::string const& records) {
        write_file(folder_ / "manifest.json", manifest_text);
        write_file(folder_ / "records.jsonl", records);
        write_file(folder_ / "manifest.sm2", as_text(signer_.sign(as_bytes(manifest_text))));
    }

    /// A good batch whose manifest says something else.
    void write_with(std::string_view name, Value value) {
        std::string const records = line("a-1") + "\n";
        Object said = manifest(records, 1);
        said.set(name, std::move(value));
        write_signed(json::canonical(said), records);
    }

    [[nodiscard]] Outcome check() const { return run_json({"batch", folder_, "--key", dir_ / "key.pem"}); }

    TempDir dir_;
    std::filesystem::path const folder_ = dir_ / "batch";
    KeySigner signer_{PrivateKey::generate(Algorithm::sm2)};
};

TEST_F(BatchCommand, ShowsThatABatchIsWhole) {
    Outcome const outcome = check();
    expect_proven(outcome);
    EXPECT_EQ(outcome.answer.at("record_count"), Value(3));
    EXPECT_EQ(outcome.answer.at("batch_no").as_string(), "111101050000000191-20261016-000001");
    EXPECT_TRUE(tells(outcome, "proven", "示例区住房和城乡建设委员会 (111101050000000191) is whole"));
    EXPECT_TRUE(tells(outcome, "not_proven", "a platform accepted"));
}

TEST_F(BatchCommand, TakesThreeFilesOrTheBodyThatWasSent) {
    expect_proven(run_json({"batch", folder_ / "manifest.json", folder_ / "records.jsonl",
                            folder_ / "manifest.sm2", "--key", dir_ / "key.pem"}));
    Object body{{"manifest", read_file(folder_ / "manifest.json")},
                {"records", read_file(folder_ / "records.jsonl")},
                {"signature", to_base64(as_bytes(read_file(folder_ / "manifest.sm2")))}};
    auto const sent = [&] {
        write_file(dir_ / "body.json", json::write(body));
        return run_json({"batch", dir_ / "body.json", "--key", dir_ / "key.pem"});
    };
    expect_proven(sent());
    body.set("signature", "!");
    expect_not_checked(sent(), "malformed_batch");
    body.erase("records");
    expect_not_checked(sent(), "malformed_batch");
    expect_not_checked_in_place_of(dir_ / "body.json", [&] {
        return run_json({"batch", dir_ / "body.json", "--key", dir_ / "key.pem"});
    });
}

TEST_F(BatchCommand, SaysThatAKeyWhichCameAlongProvesNoSender) {
    write_file(folder_ / "sm2-public.pem", signer_.public_key().to_pem());
    Outcome const outcome = run_json({"batch", folder_});
    expect_proven(outcome);
    EXPECT_TRUE(tells(outcome, "not_proven", "that the key is the sender's"));
    EXPECT_FALSE(tells(check(), "not_proven", "the key is the sender's"));
}

TEST_F(BatchCommand, RefutesWhatWasChanged) {
    for (auto const& [file, code] :
         std::vector<std::pair<std::string, std::string>>{{"manifest.json", "bad_signature"},
                                                          {"records.jsonl", "digest_mismatch"},
                                                          {"manifest.sm2", "bad_signature"}}) {
        for (std::size_t const at : {10U, 40U, 60U}) {
            flip(folder_ / file, at);
            expect_refuted(check(), code);
            flip(folder_ / file, at);
        }
    }
    expect_proven(check());
    replace_in(folder_ / "records.jsonl", line("a-3") + "\n", "");
    expect_refuted(check(), "digest_mismatch");
}

TEST_F(BatchCommand, RefutesAManifestThatDoesNotFit) {
    write_with("record_count", 2);
    expect_refuted(check(), "count_mismatch");
    write_with("schema_version", "2.0");
    expect_refuted(check(), "bad_lines");
    write_with("digest_sm3", std::string(64, '0'));
    expect_refuted(check(), "digest_mismatch");
    write_with("distinguishing_id", "");
    expect_refuted(check(), "malformed_batch");
    write_with("signature_algorithm", "SM2-with-SHA256");
    expect_refuted(check(), "malformed_batch");
    write_with("sender", nullptr);
    expect_refuted(check(), "malformed_batch");
    write_signed("{ }", line("a-1") + "\n");
    expect_refuted(check(), "not_canonical");
    write_signed("{ } }", line("a-1") + "\n");
    expect_refuted(check(), "trailing_data");
}

TEST_F(BatchCommand, PrintsNoControlCharactersOutOfABatch) {
    write_with("sender", Object{{"uscc", "x\n"},
                                {"name",
                                 "\x1b[2Ka\x7f\xC2\x9b"
                                 "b\r"}});
    Outcome const outcome = run_plain({"batch", folder_, "--key", dir_ / "key.pem"});
    EXPECT_EQ(outcome.code, 0);
    EXPECT_NE(outcome.out.find(" of ?[2Ka???b? (x?) is whole"), std::string::npos) << outcome.out;
}

TEST_F(BatchCommand, RefutesLinesThatAreNotAsTheyMustBe) {
    write({line("a-1"), line("a-1")});
    expect_refuted(check(), "bad_lines");
    write({line("a-1"), "{\"schema_version\": \"1.0\"}"});
    expect_refuted(check(), "not_canonical");
    write({line("a-1"), ""});
    expect_refuted(check(), "syntax");
}

TEST_F(BatchCommand, SaysNothingUnderAnotherKeyThanTheManifestNames) {
    KeySigner const other(PrivateKey::generate(Algorithm::sm2));
    write_file(dir_ / "key.pem", other.public_key().to_pem());
    Outcome const outcome = check();
    expect_not_checked(outcome, "unknown_key");
    EXPECT_NE(outcome.answer.at("error").as_string().find(signer_.kid()), std::string::npos);
    // A forger names the key that is expected; his signature is wrong all the same.
    KeySigner const forger(PrivateKey::generate(Algorithm::sm2));
    write_file(dir_ / "key.pem", signer_.public_key().to_pem());
    write_file(folder_ / "manifest.sm2",
               as_text(forger.sign(as_bytes(read_file(folder_ / "manifest.json")))));
    expect_refuted(check(), "bad_signature");
}

TEST_F(BatchCommand, SaysNothingOfWhatWasChangedOnTheWay) {
    for (char const* const name : {"manifest.json", "records.jsonl", "manifest.sm2"}) {
        std::string const good = read_file(folder_ / name);
        for (std::string const& on_the_way :
             {good.substr(0, good.size() / 2), good + "\r\n", good + "\xEF\xBB\xBF"}) {
            write_file(folder_ / name, on_the_way);
            expect_not_checked(check(), "malformed_batch");
        }
        write_file(folder_ / name, good);
    }
    expect_proven(check());
    for (char const* const name : {"manifest.json", "records.jsonl"})
        expect_not_checked_in_place_of(folder_ / name, [&] { return check(); });
}

TEST_F(BatchCommand, SaysWhatIsMissing) {
    expect_not_checked(run_json({"batch", folder_}), "no_key");
    expect_not_checked(run_json({"batch", folder_, folder_}), "wrong_files");
    write_file(dir_ / "key.pem", KeySigner(PrivateKey::generate(Algorithm::es256)).public_key().to_pem());
    expect_not_checked(check(), "bad_key");
    write_file(dir_ / "key.pem", "no key");
    expect_not_checked(check(), "bad_key");
    std::filesystem::remove(folder_ / "manifest.sm2");
    expect_not_checked(check(), "no_file");
}

}  // namespace
}  // namespace sponsio::verify::test
