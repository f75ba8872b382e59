#include "tests/service/finding_steps.hpp"
#include "tests/support/rule_packs.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

class FindingPath : public FindingFixture {};

Json const& clock_named(Json const& finding, std::string_view name) {
    for (Json const& clock : finding.at("clocks").as_array())
        if (clock.at("clock").as_string() == name) return clock;
    throw std::invalid_argument("no such clock");
}

std::vector<std::string> steps_of(Json const& finding) {
    std::vector<std::string> list;
    for (Json const& statement : finding.at("statements").as_array())
        list.push_back(statement.at("step").as_string());
    return list;
}

TEST_F(FindingPath, LeadsFromTheDraftToItsEffect) {
    FindingId const id = drafted();
    Json finding = shown(id);
    EXPECT_EQ(finding.at("state").as_string(), "drafted");
    EXPECT_EQ(finding.at("facts").as_string(), "承诺名下无住房，经核查名下有住房一套。");
    EXPECT_EQ(finding.at("legal_basis").at(0).at("article").as_string(), "第四十四条");
    EXPECT_EQ(finding.at("evidence_ids").as_array().size(), 1u);
    EXPECT_EQ(finding.at("commitment_code").as_string(), filed.code);

    finding = review(id).value();
    EXPECT_EQ(finding.at("state").as_string(), "reviewed");
    EXPECT_EQ(finding.at("reviewed_by").as_string(), account("reviewer").text());

    clock.set(china("2026-03-11T10:00:00"));  // a Wednesday
    finding = notify(id).value();
    EXPECT_EQ(finding.at("state").as_string(), "prior_notice_served");
    Json const& defence = clock_named(finding, "defence.period");
    EXPECT_EQ(defence.at("due_on").as_string(), "2026-03-18");
    EXPECT_EQ(defence.at("due_at").as_string(), "2026-03-18T15:59:59.999999Z");
    EXPECT_EQ(defence.at("rule").as_string(), "defence.period 5 working_days");
    EXPECT_EQ(defence.at("rule_pack").as_string(), national_pack());
    EXPECT_EQ(defence.at("calendar").as_string(), calendar->version(std::chrono::year{2026}).value());

    clock.advance(24h);
    finding = defend(id).value();
    EXPECT_EQ(finding.at("state").as_string(), "defended");

    clock.set(china("2026-03-19T00:00:00"));
    finding = decide(id, "decider", "继承登记由本人申请办理，不予采纳。").value();
    EXPECT_EQ(finding.at("state").as_string(), "decided");
    EXPECT_EQ(commitment_state(filed.code), "in_question");

    clock.set(china("2026-03-20T11:00:00"));
    finding = serve(id).value();
    EXPECT_EQ(finding.at("state").as_string(), "served");
    // 19 May 2026, a Tuesday, is the 60th day. Six months end on 20 September, a Sunday that is worked in
    // 2026.
    EXPECT_EQ(clock_named(finding, "remedy.reconsider").at("due_on").as_string(), "2026-05-19");
    EXPECT_EQ(clock_named(finding, "remedy.litigation").at("due_on").as_string(), "2026-09-20");
    EXPECT_EQ(*row(id).remedy_until, china("2026-09-21T00:00:00"));

    clock.set(*row(id).remedy_until + 3h);
    EXPECT_EQ(effect().effective, 1);
    finding = shown(id);
    EXPECT_EQ(finding.at("state").as_string(), "effective");
    // In effect since the law says so, not since the server looked.
    EXPECT_EQ(finding.at("effective_at").as_string(), to_rfc3339(*row(id).remedy_until));
    EXPECT_EQ(commitment_state(filed.code), "breached");
    EXPECT_TRUE(finding.at("record_id").is_null());

    EXPECT_THAT(moves(id.text()), ElementsAre(">drafted", "drafted>reviewed", "reviewed>reviewed",
                                              "reviewed>prior_notice_served", "prior_notice_served>defended",
                                              "defended>decided", "decided>served", "served>effective"));
    EXPECT_THAT(moves(filed.code), ElementsAre("notified>effective", "effective>under_verification",
                                               "under_verification>in_question", "in_question>breached"));
    EXPECT_THAT(steps_of(finding), ElementsAre("review", "defence", "decision", "defence_answer"));
}

TEST_F(FindingPath, NamesEveryStepItsPersonAndItsRule) {
    FindingId const id = served();
    clock.set(*row(id).remedy_until);
    effect();
    Json const finding = shown(id);
    auto const& history = finding.at("history").as_array();
    ASSERT_EQ(history.size(), 7u);
    auto by = [&](std::size_t i) { return history[i].at("by"); };
    EXPECT_EQ(by(0), Json(account("verifier").text()));
    EXPECT_EQ(by(1), Json(account("reviewer").text()));
    EXPECT_EQ(by(2), Json(account("clerk").text()));
    EXPECT_EQ(by(3), Json(account("clerk").text()));
    EXPECT_EQ(by(4), Json(account("decider").text()));
    EXPECT_EQ(by(5), Json(account("clerk").text()));
    EXPECT_TRUE(by(6).is_null());
    std::string const by_what =
        "; " + national_pack() + "; " + calendar->version(std::chrono::year{2026}).value();
    for (std::size_t i : {std::size_t{2}, std::size_t{3}}) {
        EXPECT_EQ(history[i].at("rule").as_string(),
                  "hearing.request 5 working_days" + by_what + " | defence.period 5 working_days" + by_what);
        EXPECT_EQ(history[i].at("why").as_string(), "示例住保告字〔2026〕1号");
    }
    EXPECT_EQ(history[2].at("event").as_string(), "compose_prior_notice");
    EXPECT_EQ(history[4].at("why").as_string(), "示例住保决字〔2026〕1号");
    EXPECT_EQ(history[5].at("rule").as_string(),
              "remedy.reconsider 60 calendar_days" + by_what + " | remedy.litigation 6 months" + by_what);
    EXPECT_EQ(history[6].at("rule").as_string(), "remedy.litigation 6 months" + by_what);

    std::map<std::string, std::string> names;
    for (Json const& person : finding.at("people").as_array())
        names[person.at("account_id").as_string()] = person.at("name").as_string();
    EXPECT_EQ(names, (std::map<std::string, std::string>{{account("verifier").text(), "李四"},
                                                         {account("reviewer").text(), "王五"},
                                                         {account("decider").text(), "赵六"},
                                                         {account("clerk").text(), "张三"}}));
}

// ---------------------------------------------------------------------------------------------- the papers
TEST_F(FindingPath, ServesPapersThatSayWhatTheyMust) {
    FindingId const id = noticed();
    defend(id).value();
    clock.set(*row(id).defence_until);
    Json finding = decide(id, "decider", "不予采纳。").value();
    auto const& papers = finding.at("documents").as_array();
    ASSERT_EQ(papers.size(), 2u);
    EXPECT_EQ(papers[0].at("kind").as_string(), "prior_notice");
    EXPECT_FALSE(papers[0].at("served_at").is_null());
    EXPECT_EQ(papers[1].at("kind").as_string(), "decision");
    EXPECT_TRUE(papers[1].at("served_at").is_null());

    auto paper = [&](std::size_t i) {
        auto const document = *DocumentId::parse(papers[i].at("document_id").as_string());
        return await(findings->document(as("clerk"), document)).value();
    };
    Json const notice = paper(0);
    EXPECT_EQ(notice.at("number").as_string(), "示例住保告字〔2026〕1号");
    for (char const* part :
         {"欧阳示例", "公租房资格确认", "经核查名下有住房一套", "优化营商环境条例第四十四条",
          "撤销公租房资格确认", "5 个工作日", "示例区住房和城乡建设委员会",
          "地点：示例区建设路1号政务服务大厅3号窗口", "联系：住房保障科，010-00000000", "书面提交或者邮寄",
          "于 2026-03-02 或者之前送达的，期限至 2026-03-09 届满", "逾期未陈述、申辩的，视为放弃",
          "2026年3月2日"})
        EXPECT_THAT(notice.at("text").at("zh").as_string(), HasSubstr(part));
    EXPECT_THAT(notice.at("text").at("zh").as_string(), HasSubstr(filed.code));
    for (char const* part : {"within 5 working days", "If served on 2026-03-02 or before, until 2026-03-09",
                             "in the matter \"Public rental housing\""})
        EXPECT_THAT(notice.at("text").at("en").as_string(), HasSubstr(part));
    EXPECT_EQ(notice.at("service").at("digest_sha256"), notice.at("digest_sha256"));
    EXPECT_EQ(notice.at("digest_sha256").as_string(),
              to_hex(crypto::sha256(as_bytes(json::canonical(notice.at("text"))))));
    EXPECT_EQ(notice.at("service").at("receipt").as_string(), "本人签收，送达回证");
    EXPECT_EQ(notice.at("service").at("method").as_string(), "in_person");

    Json const decision = paper(1);
    EXPECT_TRUE(decision.at("service").is_null());
    for (char const* part : {"示例住保决字〔2026〕1号", "承诺与事实不符。", "不予采纳。", "60 日", "6 个月"})
        EXPECT_THAT(decision.at("text").at("zh").as_string(), HasSubstr(part));
}

TEST_F(FindingPath, GivesOutNoPaperThatWasChanged) {
    FindingId const id = noticed();
    auto const document = *DocumentId::parse(shown(id).at("documents").at(0).at("document_id").as_string());
    // Who owns the tables can do that as well.
    admin().command("alter table service_of_document drop constraint service_of_that_paper");
    admin().command("update document set digest = sha256('other'::bytea)");
    auto const outcome = await(findings->document(as("clerk"), document));
    ASSERT_EQ(said(outcome), "internal");
    EXPECT_EQ(outcome.error().cause, "a paper differs from its digest");
    admin().command("update document set content = set_byte(content, 30, get_byte(content, 30) # 1)");
    EXPECT_EQ(said(await(findings->document(as("clerk"), document))), "internal");
}

TEST_F(FindingPath, LiesSealed) {
    FindingId const id = noticed();
    defend(id).value();
    clock.set(*row(id).defence_until);
    decide(id, "decider", "不予采纳。").value();
    static constexpr db::BinaryQuery everything{
        "test.sealed",
        "select string_agg(encode(b, 'hex'), ' ') from (select draft from finding union all select content "
        "from "
        "finding_statement union all select content from document union all select receipt from "
        "service_of_document) as q(b)"};
    auto const stored = admin().exec(everything)[0].get<std::string>(0);
    EXPECT_GT(stored.size(), 1000u);
    for (std::string_view words :
         {"经核查", "事实清楚", "继承所得", "承诺与事实不符", "欧阳示例", "本人签收"})
        EXPECT_THAT(stored, Not(HasSubstr(to_hex(as_bytes(words))))) << words;
}

// -------------------------------------------------------------------------------------------- reading it
TEST_F(FindingPath, IsListedOldestFirstByState) {
    std::vector<FindingId> ids;
    for (int i = 0; i != 5; ++i) {
        ids.push_back(drafted());
        clock.advance(1ms);
    }
    review(ids[1]).value();
    review(ids[3]).value();
    auto list = [&](service::FindingFilter const& question) {
        std::vector<std::string> found;
        for (Json const& item : await(findings->list(as("supervisor"), question)).value().items)
            found.push_back(item.at("finding_id").as_string());
        return found;
    };
    EXPECT_THAT(list({}),
                ElementsAre(ids[0].text(), ids[1].text(), ids[2].text(), ids[3].text(), ids[4].text()));
    EXPECT_THAT(list({.state = domain::FindingState::reviewed}), ElementsAre(ids[1].text(), ids[3].text()));
    EXPECT_THAT(list({.after = ids[1].text(), .limit = 2}), ElementsAre(ids[2].text(), ids[3].text()));
    EXPECT_THAT(list({.state = domain::FindingState::drafted, .after = ids[2].text()}),
                ElementsAre(ids[4].text()));
    EXPECT_EQ(said(await(findings->list(as("supervisor"), {.after = "x"}))), "invalid query:cursor");
}

TEST_F(FindingPath, IsNotThereForAnotherUnit) {
    FindingId const id = served();
    auto const document = *DocumentId::parse(shown(id).at("documents").at(0).at("document_id").as_string());
    auto const who = as("stranger");
    auto const events = count("events");
    Date const today = china_date(clock.now());
    EXPECT_EQ(said(await(findings->finding(who, id))), "not-found");
    EXPECT_EQ(said(await(findings->document(who, document))), "not-found");
    EXPECT_EQ(said(await(findings->review(who, id, {domain::ReviewOutcome::confirmed, "x"}))), "not-found");
    EXPECT_EQ(said(amend(id, "x", "stranger")), "not-found");
    EXPECT_EQ(said(compose(id, {}, "stranger")), "not-found");
    EXPECT_EQ(said(await(findings->serve_prior_notice(who, id, service_now()))), "not-found");
    EXPECT_EQ(said(await(findings->defend(who, id, {false, "x"}))), "not-found");
    EXPECT_EQ(said(await(findings->decide(who, id, {true, "1", "x", ""}))), "not-found");
    EXPECT_EQ(said(await(findings->serve_decision(who, id, service_now()))), "not-found");
    EXPECT_EQ(said(await(findings->seek_remedy(who, id, {service::Remedy::Kind::litigation, today}))),
              "not-found");
    EXPECT_EQ(said(await(findings->end_remedy(who, id, {service::RemedyOutcome::Kind::upheld}))),
              "not-found");
    EXPECT_TRUE(await(findings->list(who, {})).value().items.empty());
    Filed const other = file_commitment();
    EvidenceId const evidence = check(other);
    auto const closed = count("events");
    EXPECT_EQ(said(try_draft(draft_of(other.task, {evidence}), "stranger")), "invalid /task_id");
    EXPECT_EQ(count("events"), closed);
    EXPECT_GT(closed, events);
    EXPECT_EQ(state_of(id), "served");
}

// ---------------------------------------------------------------------------------------------- the draft
TEST_F(FindingPath, IsDraftedOnlyFromAClosedCheckThatSpeaksAgainst) {
    Filed const open = file_commitment();
    await(verifications->claim(as("verifier"), open.task)).value();
    await(verifications->start(as("verifier"), open.task)).value();
    EvidenceId const evidence = add_evidence(open.task);
    EXPECT_EQ(said(try_draft(draft_of(open.task, {evidence}))), "wrong-step");
    await(verifications->conclude(as("verifier"), open.task,
                                  {domain::CheckResult::inconsistent, china_date(clock.now()), "不一致"}))
        .value();
    EXPECT_EQ(said(try_draft(draft_of(open.task, {evidence}))), "wrong-step");
    await(verifications->close(as("verifier"), open.task)).value();
    EXPECT_EQ(said(try_draft(draft_of(open.task, {evidence}))), "ok");

    for (auto result : {domain::CheckResult::consistent, domain::CheckResult::cannot_verify}) {
        Filed const good = file_commitment();
        EvidenceId const piece = check(good, result);
        EXPECT_EQ(said(try_draft(draft_of(good.task, {piece}))), "conflict");
    }
    Filed const silent = file_commitment();
    EvidenceId const letter = check(silent, domain::CheckResult::non_cooperation);
    EXPECT_EQ(said(try_draft(draft_of(silent.task, {letter}))), "ok");
    EXPECT_EQ(said(try_draft(draft_of(TaskId{Uuid{}}, {letter}))), "invalid /task_id");
}

TEST_F(FindingPath, RestsOnEvidenceOfItsOwnCheck) {
    Filed const a = file_commitment(), b = file_commitment();
    EvidenceId const mine = check(a), foreign = check(b);
    EXPECT_EQ(said(try_draft(draft_of(a.task, {mine, foreign, EvidenceId{Uuid{}}}))),
              "invalid /evidence_ids/1 /evidence_ids/2");
    EXPECT_EQ(said(try_draft(draft_of(a.task, {mine, mine}))), "invalid /evidence_ids/1");
    EXPECT_EQ(count("findings"), 0);
}

TEST_F(FindingPath, IsDraftedOncePerKeyAndOncePerCheck) {
    Filed const one = file_commitment();
    EvidenceId const evidence = check(one);
    auto const once = fresh_key();
    auto const draft = draft_of(one.task, {evidence});
    auto const first = await(findings->draft(as("verifier"), once, draft)).value();
    auto const again = await(findings->draft(as("verifier"), once, draft)).value();
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(said(try_draft(draft)), "conflict");
    EXPECT_EQ(count("findings"), 1);
}

TEST_F(FindingPath, OfTwoDraftsAtOnceOneStays) {
    for (int round = 0; round != 10; ++round) {
        Filed const one = file_commitment();
        auto const draft = draft_of(one.task, {check(one)});
        std::vector<boost::asio::awaitable<Outcome<service::Created>>> drafts;
        drafts.push_back(findings->draft(as("verifier"), fresh_key(), draft));
        drafts.push_back(findings->draft(as("verifier2"), fresh_key(), draft));
        std::vector<std::string> words;
        for (auto const& outcome : await_all(std::move(drafts))) words.push_back(said(outcome));
        EXPECT_THAT(words, ::testing::UnorderedElementsAre("ok", "conflict"));
    }
    EXPECT_EQ(count("findings"), 10);
}

}  // namespace
}  // namespace sponsio::testing
