#include "tests/unit/verify/world.hpp"

namespace sponsio::verify::test {
namespace {

using json::Object;
using json::Value;

constexpr char const* accepted_at = "2026-03-02T01:00:06.547936Z";

class ReceiptCommand : public testing::Test {
  protected:
    ReceiptCommand() : log_(dir_ / "log") {
        log_.fill(300);
        content_ = {{"salt", "U-entH5vBg16NYzsNkWiRA"},
                    {"commitment_code", "11010520260302000001"},
                    {"accepted_at", accepted_at},
                    {"committer", Object{{"kind", "natural_person"}, {"name", "阿卜杜拉·买买提"}}},
                    {"reason", "申请公租房资格确认"},
                    {"remarks", nullptr}};
        text_ = json::canonical(content_);
        index_ = log_.add({"commitment", accepted_at, crypto::sha256(as_bytes(text_))});
        log_.fill(400);
        receipt_ = {{"accepted_at", accepted_at}, {"digest_sha256", to_hex(crypto::sha256(as_bytes(text_)))},
                    {"content", text_},           {"shard", 1},
                    {"leaf_index", index_},       {"entry", log_.entry(index_)},
                    {"proof", log_.proof(index_)}};
    }

    /// The whole answer, as POST /v1/commitments gives it.
    [[nodiscard]] Object answer() const {
        Object answer = content_;
        answer.erase("salt");
        answer.add("state", "effective");
        answer.add("receipt", receipt_);
        return answer;
    }

    [[nodiscard]] Outcome check(Value const& file) const { return check_text(json::write(file)); }

    [[nodiscard]] Outcome check_text(std::string const& text) const { return check_text(text, log_.vkey()); }

    [[nodiscard]] Outcome check_text(std::string const& text, std::string const& vkey) const {
        write_file(dir_ / "receipt.json", text);
        return run_json({"receipt", "--receipt", dir_ / "receipt.json", "--vkey", vkey});
    }

    /// A receipt of which one member says something else.
    [[nodiscard]] Object with(std::string_view name, Value value) const {
        Object changed = receipt_;
        changed.set(name, std::move(value));
        return changed;
    }

    TempDir dir_;
    TestLog log_;
    Object content_;
    std::string text_;
    std::uint64_t index_ = 0;
    Object receipt_;
};

TEST_F(ReceiptCommand, ShowsThatTheCommitmentWasFiledInTheseWords) {
    for (Value const& file : {Value(receipt_), Value(answer())}) {
        Outcome const outcome = check(file);
        expect_proven(outcome);
        EXPECT_EQ(outcome.answer.at("commitment_code").as_string(), "11010520260302000001");
        EXPECT_EQ(outcome.answer.at("leaf_index"), Value(index_));
        EXPECT_TRUE(tells(outcome, "proven", std::string("accepted at ") + accepted_at));
        EXPECT_TRUE(tells(outcome, "not_proven", "true or was verified"));
        EXPECT_TRUE(tells(outcome, "not_proven", "still has it today"));
        EXPECT_TRUE(tells(outcome, "not_proven", "no witness"));
    }
}

TEST_F(ReceiptCommand, RefutesChangedContent) {
    expect_refuted(check(with("content", replaced(text_, "公租房", "廉租房"))), "content_differs");
    expect_refuted(check(with("content", text_ + "\n")), "content_differs");
    expect_refuted(check(with("content", "")), "content_differs");
    expect_refuted(check(with("content", replaced(text_, "U-ent", "V-ent"))), "content_differs");
}

TEST_F(ReceiptCommand, RefutesEveryMemberThatDoesNotFit) {
    expect_refuted(check(with("entry", log_.entry(5))), "not_included");
    expect_refuted(check(with("proof", log_.proof(5))), "not_included");
    expect_refuted(check(with("accepted_at", "2026-03-01T01:00:06.547936Z")), "differs_from_log");
    expect_refuted(check(with("digest_sha256", std::string(64, '0'))), "differs_from_log");
    expect_refuted(check(with("leaf_index", 5)), "differs_from_log");
}

TEST_F(ReceiptCommand, RefutesAnAnswerThatSaysSomethingElseThanWasLogged) {
    for (auto const& [name, value] : std::vector<std::pair<std::string, Value>>{
             {"commitment_code", "11010520260302000002"},
             {"reason", "别的事由"},
             {"remarks", "x"},
             {"accepted_at", "2026-03-01T01:00:06.547936Z"},
             {"committer", Object{{"kind", "natural_person"}, {"name", "张三"}}}}) {
        Object changed = answer();
        changed.set(name, value);
        expect_refuted(check(changed), "differs_from_log");
    }
}

TEST_F(ReceiptCommand, RefutesAnEntryOfAnotherKind) {
    auto const index = log_.add({"record", accepted_at, crypto::sha256(as_bytes(text_))});
    Object changed = with("entry", log_.entry(index));
    changed.set("proof", log_.proof(index));
    changed.set("leaf_index", index);
    expect_refuted(check(changed), "wrong_kind");
}

TEST_F(ReceiptCommand, SaysNothingUnderAnotherKey) {
    expect_not_checked(check_text(json::write(receipt_), TestLog::foreign_vkey()), "not_signed");
}

TEST_F(ReceiptCommand, SaysNothingOfWhatIsNoReceipt) {
    expect_not_checked(check_text("[]"), "malformed_receipt");
    expect_not_checked(check_text(R"({"receipt":5})"), "malformed_receipt");
    expect_not_checked(check_text("{}"), "malformed_receipt");
    expect_not_checked(check_text(R"({"content":"a","content":"b"})"), "duplicate_key");
    expect_not_checked(check(with("content", 5)), "malformed_receipt");
    expect_not_checked(check(with("proof", replaced(log_.proof(index_), "— ", "- "))), "malformed_note");
    std::string const whole = json::write(answer());
    expect_not_checked(check_text(whole.substr(0, whole.size() / 2)), "syntax");
    expect_proven(check_text(whole));
    expect_not_checked_in_place_of(dir_ / "receipt.json", [&] {
        return run_json({"receipt", "--receipt", dir_ / "receipt.json", "--vkey", log_.vkey()});
    });
}

TEST_F(ReceiptCommand, SaysThatACommitmentOlderThanTheLogIsNotLoggedYet) {
    Object changed = with("proof", nullptr);
    changed.set("leaf_index", nullptr);
    expect_not_checked(check(changed), "not_logged_yet");
}

}  // namespace
}  // namespace sponsio::verify::test
