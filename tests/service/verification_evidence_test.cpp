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

    Outcome<std::string> part(std::shared_ptr<service::EvidenceDownload const> file, std::int32_t number) {
        return await(verifications->evidence_part(as("verifier").deadline, std::move(file), number));
    }

    /// All bytes of a file, in chunks or not.
    std::string whole(EvidenceId id) {
        auto const file = std::make_shared<service::EvidenceDownload const>(fetch(id).value());
        std::string bytes = file->bytes;
        for (std::int32_t number = 0; number != file->chunks; ++number) bytes += part(file, number).value();
        return bytes;
    }

    Outcome<Json> exclude(std::string const& who, EvidenceId id) {
        return await(verifications->exclude_evidence(as(who), task(), id, {"误传他人材料"}));
    }

    auto draft(EvidenceId evidence) {
        return await(findings->draft(as("verifier"), fresh_key(),
                                     {.task = task(),
                                      .kind = domain::FindingKind::false_statement,
                                      .culpability = domain::Culpability::intentional,
                                      .severity = domain::Severity::general,
                                      .facts = "名下有住房",
                                      .evidence = {evidence},
                                      .legal_basis = {{"公共租赁住房管理办法", "第三十五条"}},
                                      .proposed_action = "撤销资格确认"}));
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
    upload.content_type = "application/x-invented";
    auto const made = await(verifications->add_evidence(as("verifier"), fresh_key(), task(), upload)).value();
    Json const said_of_it = domain::parse_json(made.body).value();
    EXPECT_EQ(said_of_it.at("kind").as_string(), "audiovisual");
    EXPECT_EQ(said_of_it.at("name").as_string(), "户籍档案.txt");
    EXPECT_EQ(said_of_it.at("content_type").as_string(), "application/x-invented");
    EXPECT_TRUE(said_of_it.at("excluded").is_null());
    EXPECT_EQ(said_of_it.at("size").as_int(), 1000);
    EXPECT_EQ(said_of_it.at("digest_sha256").as_string(), to_hex(crypto::sha256(as_bytes(bytes))));
    EXPECT_EQ(said_of_it.at("added_by").as_string(), account("verifier").text());
    EvidenceId const id = *EvidenceId::parse(said_of_it.at("evidence_id").as_string());
    EXPECT_EQ(made.location, "/v1/verifications/" + task().text() + "/evidence/" + id.text());

    auto const file = fetch(id).value();
    EXPECT_EQ(file.bytes, bytes);
    EXPECT_EQ(file.content_type, "application/x-invented");
    EXPECT_EQ(file.name, "户籍档案.txt");
    Json const shown = await(verifications->task(as("reviewer"), task())).value().at("evidence").at(0);
    EXPECT_EQ(shown, said_of_it);
}

TEST_F(Evidence, MayHaveFiftyMebibytesAndNotOneByteMore) {
    std::string most(service::max_evidence_bytes, 'x');
    for (std::size_t i = 0; i < most.size(); i += 4096) most[i] = static_cast<char>('a' + i / 4096 % 26);
    auto const upload = a_file(most);
    auto const made = await(verifications->add_evidence(as("verifier"), fresh_key(), task(), upload)).value();
    EvidenceId const id = upload.bytes->id();
    EXPECT_EQ(domain::parse_json(made.body)->at("size").as_int(), 52'428'800);
    EXPECT_EQ(whole(id), most);
    static constexpr db::BinaryQuery chunks{
        "test.chunks", "select count(*), max(octet_length(content)) from evidence_chunk"};
    auto const rows = admin().exec(chunks);
    EXPECT_EQ(rows[0].get<std::int64_t>(0), 50);
    EXPECT_EQ(rows[0].get<std::int32_t>(1), (1 << 20) + 28);

    auto intake = verifications->take_in();
    ASSERT_TRUE(intake->write(most));
    EXPECT_EQ(said(intake->write("x")), "too-large");
    EXPECT_EQ(said(verifications->take_in()->finish()), "invalid ");
    EXPECT_EQ(count("evidence"), 1);
}

TEST_F(Evidence, InChunksIsGivenOutOnlyInTheirOrderAndToTheLast) {
    std::string const two(service::EvidenceIntake::chunk_bytes + 10, 'y'), other(two.size(), 'z');
    EvidenceId const id = add_evidence(task(), two), second = add_evidence(task(), other);
    EXPECT_EQ(whole(id), two);
    auto const file = std::make_shared<service::EvidenceDownload const>(fetch(id).value());
    ASSERT_EQ(file->chunks, 2);
    std::string const of_it = " where evidence_id = '" + id.text() + "'";
    // The last one left out, so that the first passes for the last.
    auto shorter = std::make_shared<service::EvidenceDownload>(*file);
    shorter->chunks = 1;
    EXPECT_EQ(said(part(shorter, 0)), "internal");
    EXPECT_EQ(said(part(shorter, 2)), "internal");
    admin().command("update evidence_chunk set chunk_no = 1 - chunk_no + 10" + of_it);
    admin().command("update evidence_chunk set chunk_no = chunk_no - 10" + of_it);
    EXPECT_EQ(said(part(file, 0)), "internal");
    EXPECT_EQ(said(part(file, 1)), "internal");
    admin().command(
        "update evidence_chunk a set content = b.content from evidence_chunk b where a.evidence_id = '" +
        id.text() + "' and b.evidence_id = '" + second.text() + "' and a.chunk_no = b.chunk_no");
    EXPECT_EQ(said(part(file, 0)), "internal");
    EXPECT_EQ(whole(second), other);
    EXPECT_THROW(db().command("delete from evidence_chunk" + of_it), db::DbError);
    EXPECT_THROW(db().command("update evidence_chunk set content = 'x'::bytea" + of_it), db::DbError);
}

TEST_F(Evidence, IsStoredWholeOrNotAtAll) {
    std::string const two(service::EvidenceIntake::chunk_bytes + 10, 'y');
    admin().command(
        "create function refuse() returns trigger language plpgsql as $$ begin if new.chunk_no = 1 "
        "then raise exception 'disk' using errcode = '53100'; end if; return new; end $$");
    admin().command(
        "create trigger refuse before insert on evidence_chunk for each row execute function refuse()");
    auto const upload = a_file(two);
    auto const once = fresh_key();
    EXPECT_NE(said(await(verifications->add_evidence(as("verifier"), once, task(), upload))), "ok");
    EXPECT_EQ(count("evidence"), 0);
    admin().command("drop trigger refuse on evidence_chunk");
    EXPECT_EQ(said(await(verifications->add_evidence(as("verifier"), once, task(), upload))), "ok");
    EXPECT_EQ(whole(upload.bytes->id()), two);
}

// --------------------------------------------------------------------------------------------- what it is
TEST_F(Evidence, IsWhatItIsDeclaredToBe) {
    std::string const png = "\x89PNG\r\n\x1a\n" + std::string("\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0", 21);
    auto upload = a_file(png);
    upload.content_type = "image/jpeg";
    auto const refused = await(verifications->add_evidence(as("verifier"), fresh_key(), task(), upload));
    ASSERT_EQ(said(refused), "invalid header:Content-Type");
    EXPECT_THAT(refused.error().detail.en, HasSubstr("image/png"));
    EXPECT_THAT(refused.error().detail.zh, HasSubstr("image/png"));
    EXPECT_EQ(count("evidence"), 0);
    upload.content_type = "";
    auto const made = await(verifications->add_evidence(as("verifier"), fresh_key(), task(), upload)).value();
    EXPECT_EQ(domain::parse_json(made.body)->at("content_type").as_string(), "image/png");
}

// --------------------------------------------------------------------------------------- the wrong file
TEST_F(Evidence, ThatIsTheWrongFileStaysAndNoLongerCounts) {
    EvidenceId const wrong = add_evidence(task(), "他人的档案");
    EXPECT_EQ(said(exclude("verifier2", wrong)), "forbidden");
    EXPECT_EQ(said(exclude("stranger", wrong)), "not-found");
    EXPECT_EQ(said(exclude("verifier", service::new_id<EvidenceId>(clock.now()))), "not-found");
    Json const shown = exclude("verifier", wrong).value().at("evidence").at(0).at("excluded");
    EXPECT_EQ(shown.at("by").as_string(), account("verifier").text());
    EXPECT_EQ(shown.at("why").as_string(), "误传他人材料");
    EXPECT_EQ(said(exclude("verifier", wrong)), "conflict");
    EXPECT_THAT(moves(wrong.text()), ::testing::ElementsAre("added>excluded"));
    EXPECT_EQ(fetch(wrong).value().bytes, "他人的档案");
    // It is no ground for a conclusion against the committer, nor for a finding.
    service::Conclusion const against{domain::CheckResult::inconsistent, china_date(clock.now()), "不一致"};
    EXPECT_EQ(said(await(verifications->conclude(as("verifier"), task(), against))), "conflict");
    EvidenceId const right = add_evidence(task());
    ASSERT_EQ(said(await(verifications->conclude(as("verifier"), task(), against))), "ok");
    ASSERT_EQ(said(await(verifications->close(as("verifier"), task()))), "ok");
    EXPECT_EQ(said(exclude("verifier", right)), "wrong-step");
    EXPECT_EQ(said(draft(wrong)), "invalid /evidence_ids/0");
    EXPECT_EQ(said(draft(right)), "ok");
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
