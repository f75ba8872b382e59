#include "tests/service/finding_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Evidence : public FindingWorld {
  protected:
    void SetUp() override {
        FindingWorld::SetUp();
        filed_.emplace(file_commitment());
        await(verifications->claim(as("verifier"), task())).value();
        await(verifications->start(as("verifier"), task())).value();
    }

    [[nodiscard]] TaskId task() const { return filed_->task; }

    Outcome<service::EvidenceDownload> fetch(EvidenceId id) {
        return await(verifications->evidence(as("verifier"), task(), id));
    }

    void tamper(std::string const& change, EvidenceId id) {
        admin().command("update evidence set " + change + " where evidence_id = '" + id.text() + "'");
    }

    std::optional<Filed> filed_;
};

TEST_F(Evidence, ComesBackAsItWentIn) {
    std::string bytes;
    for (int i = 0; i != 1000; ++i) bytes += static_cast<char>(i % 256);
    auto upload = a_file(bytes);
    upload.kind = domain::EvidenceKind::audiovisual;
    auto const made = await(verifications->add_evidence(as("verifier"), fresh_key(), task(), upload)).value();
    Json const said_of_it = domain::parse_json(made.body).value();
    EXPECT_EQ(said_of_it.at("kind").as_string(), "audiovisual");
    EXPECT_EQ(said_of_it.at("name").as_string(), "户籍档案.txt");
    EXPECT_EQ(said_of_it.at("content_type").as_string(), "text/plain; charset=utf-8");
    EXPECT_EQ(said_of_it.at("size").as_int(), 1000);
    EXPECT_EQ(said_of_it.at("digest_sha256").as_string(), to_hex(crypto::sha256(as_bytes(bytes))));
    EXPECT_EQ(said_of_it.at("added_by").as_string(), account("verifier").text());
    EvidenceId const id = *EvidenceId::parse(said_of_it.at("evidence_id").as_string());
    EXPECT_EQ(made.location, "/v1/verifications/" + task().text() + "/evidence/" + id.text());

    auto const file = fetch(id).value();
    EXPECT_EQ(file.bytes, bytes);
    EXPECT_EQ(file.content_type, "text/plain; charset=utf-8");
    EXPECT_EQ(file.name, "户籍档案.txt");
    Json const shown = await(verifications->task(as("reviewer"), task())).value().at("evidence").at(0);
    EXPECT_EQ(shown, said_of_it);
}

TEST_F(Evidence, MayHaveEightMebibytesAndNotOneByteMore) {
    std::string const most(service::max_evidence_bytes, 'x');
    EvidenceId const id = add_evidence(task(), most);
    EXPECT_EQ(fetch(id).value().bytes.size(), most.size());
    auto add = [&](std::string bytes) {
        return said(await(
            verifications->add_evidence(as("verifier"), fresh_key(), task(), a_file(std::move(bytes)))));
    };
    EXPECT_EQ(add(most + "x"), "too-large");
    EXPECT_EQ(add(""), "invalid ");
    EXPECT_EQ(count("evidence"), 1);
}

TEST_F(Evidence, IsAtMostTwoHundredPieces) {
    for (std::size_t i = 0; i != service::max_evidence_pieces; ++i) add_evidence(task(), std::to_string(i));
    EXPECT_EQ(said(await(verifications->add_evidence(as("verifier"), fresh_key(), task(), a_file()))),
              "conflict");
    EXPECT_EQ(count("evidence"), 200);
}

TEST_F(Evidence, IsAddedOncePerKey) {
    auto const once = fresh_key();
    auto const first = await(verifications->add_evidence(as("verifier"), once, task(), a_file())).value();
    auto const again = await(verifications->add_evidence(as("verifier"), once, task(), a_file())).value();
    EXPECT_FALSE(first.replayed);
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.location, first.location);
    auto other = once;
    other.digest[0] ^= 1;
    EXPECT_EQ(said(await(verifications->add_evidence(as("verifier"), other, task(), a_file()))),
              "idempotency-key-reused");
    EXPECT_EQ(count("evidence"), 1);
}

TEST_F(Evidence, BelongsToItsTask) {
    EvidenceId const id = add_evidence(task());
    Filed const other = file_commitment();
    EXPECT_EQ(said(await(verifications->evidence(as("verifier"), other.task, id))), "not-found");
}

TEST_F(Evidence, WithAnotherDigestIsNotGivenOut) {
    EvidenceId const id = add_evidence(task());
    tamper("digest = sha256('other'::bytea)", id);
    auto const outcome = fetch(id);
    ASSERT_EQ(said(outcome), "internal");
    EXPECT_EQ(outcome.error().cause, "evidence differs from its digest");
}

TEST_F(Evidence, WithOneChangedByteIsNotGivenOut) {
    EvidenceId const id = add_evidence(task());
    tamper("content = set_byte(content, 20, get_byte(content, 20) # 1)", id);
    EXPECT_EQ(said(fetch(id)), "internal");
}

TEST_F(Evidence, MovedToAnotherPiecesRowIsNotGivenOut) {
    EvidenceId const a = add_evidence(task(), "甲");
    EvidenceId const b = add_evidence(task(), "乙");
    admin().command(
        "update evidence b set content = a.content, label = a.label, digest = a.digest, "
        "wrapped_key = a.wrapped_key from evidence a where a.evidence_id = '" +
        a.text() + "' and b.evidence_id = '" + b.text() + "'");
    EXPECT_EQ(said(fetch(b)), "internal");
    EXPECT_EQ(fetch(a).value().bytes, "甲");
}

TEST_F(Evidence, IsGoneWithItsKey) {
    EvidenceId const id = add_evidence(task());
    tamper("wrapped_key = null, master_key_id = null", id);
    EXPECT_EQ(said(fetch(id)), "gone");
}

TEST_F(Evidence, CannotBeChangedOrRemovedByTheServersRole) {
    EvidenceId const id = add_evidence(task());
    std::string const where = " where evidence_id = '" + id.text() + "'";
    EXPECT_THROW(db().command("delete from evidence" + where), db::DbError);
    EXPECT_THROW(db().command("update evidence set digest = sha256('x'::bytea)" + where), db::DbError);
    EXPECT_THROW(db().command("update evidence set content = 'x'::bytea" + where), db::DbError);
    EXPECT_EQ(fetch(id).value().bytes, "户籍档案摘录");
}

TEST_F(Evidence, LiesSealed) {
    EvidenceId const id = add_evidence(task(), "plain words of a witness");
    await(verifications->conclude(
              as("verifier"), task(),
              {domain::CheckResult::inconsistent, china_date(clock.now()), "plain words of the summary"}))
        .value();
    static constexpr db::BinaryQuery everything{
        "test.everything",
        "select encode(label || content, 'escape') || encode(summary, 'escape') from evidence e join "
        "verification_task t using (task_id)"};
    auto const stored = admin().exec(everything)[0].get<std::string>(0);
    EXPECT_GT(stored.size(), 50u);
    EXPECT_THAT(stored, Not(HasSubstr("plain words")));
    EXPECT_THAT(stored, Not(HasSubstr("text/plain")));
    EXPECT_EQ(fetch(id).value().bytes, "plain words of a witness");
}

}  // namespace
}  // namespace sponsio::testing
