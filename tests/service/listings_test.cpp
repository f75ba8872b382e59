#include "server/service/repairs/service.hpp"
#include "server/store/work_list.hpp"
#include "tests/service/listing_steps.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <set>

namespace sponsio::testing {
namespace {

using domain::LawLevel;
using domain::ListingGround;
using Said = domain::ListingStatementKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ListingTest : public ListingFixture {
  protected:
    void SetUp() override {
        ListingFixture::SetUp();
        repairs = std::make_unique<service::RepairService>(
            service::RepairParts{ground(), *queue, "https://sponsio.example"});
        forged_papers_are_a_ground();
    }

    void TearDown() override {
        repairs.reset();
        ListingFixture::TearDown();
    }

    /// A place whose rules are as those of Henan, and say more.
    void forged_papers_are_a_ground(std::string const& more = "") {
        in_a_place_with(list_rule("serious.grounds", R"("forged_papers","open_commitment_broken")") + more);
    }

    void everybody_may_read_of_persons() {
        forged_papers_are_a_ground("," + flag_rule("publicity.person.public", true));
    }

    std::size_t cases_there() { return await(listings->list(as("clerk"), {})).value().items.size(); }

    std::size_t round_of_ends() { return listings->end_due(soon(), 100).value(); }

    std::string ended_why(ListingId id) {
        return std::string(domain::word(listing_row(id).ended_why.value()));
    }

    void set_cause(RecordId record, domain::RecordCause cause) {
        service::in_transaction(db(), [&](db::PgSession& session) -> Outcome<void> {
            auto found = service::RecordCase::lock(
                session, *vault,
                {.record = record, .why = "操作员", .actor = domain::System{}, .now = clock.now()});
            if (auto opened = found->open(cause); !opened) return opened;
            found->save();
            return {};
        }).value();
    }

    std::int64_t waiting(domain::WorkKind kind, std::string const& who) {
        auto const caller = as(who);
        return store::count_work(db(), kind, {caller.who->organisation, caller.who->account, clock.now()},
                                 10);
    }

    std::vector<std::string> papers(ListingId id) {
        std::vector<std::string> kinds;
        Json const shown = seen(id);
        for (Json const& one : shown.at("papers").as_array()) kinds.push_back(one.at("kind").as_string());
        return kinds;
    }

    /// What a step that was refused would have written.
    std::string traces(ListingId id) {
        return state(id) + std::to_string(moves(id.text()).size()) + "/" +
               std::to_string(store::case_steps(db(), id.raw()).size()) + "/" +
               std::to_string(store::documents_about(db(), id.raw()).size());
    }

    /// That of all steps just these are not out of order, and that those refused changed nothing.
    void expect_only(ListingId id, std::set<std::string> const& possible) {
        std::vector<std::pair<std::string, std::function<Outcome<Json>()>>> const steps{
            {"check", [&] { return check_basis(id); }},
            {"refuse", [&] { return check_basis(id, false); }},
            {"compose", [&] { return compose_notice(id); }},
            {"serve", [&] { return serve_paper(id); }},
            {"defend", [&] { return say(id, Said::statement); }},
            {"waive", [&] { return say(id, Said::waiver); }},
            {"ask", [&] { return say(id, Said::hearing_request); }},
            {"withdraw", [&] { return say(id, Said::hearing_withdrawal); }},
            {"call", [&] { return call(id, clock.now() + std::chrono::days{30}); }},
            {"hear", [&] { return hear(id); }},
            {"decide", [&] { return decide_listing(id); }},
            {"dismiss", [&] { return decide_listing(id, false); }},
            {"revoke", [&] { return take_off(id); }}};
        for (auto const& [name, take] : steps) {
            if (possible.contains(name)) continue;
            auto const before = traces(id);
            EXPECT_EQ(said(take()), "wrong-step") << name << " in " << state(id);
            EXPECT_EQ(traces(id), before) << name;
        }
    }

    std::unique_ptr<service::RepairService> repairs;
};

TEST_F(ListingTest, NobodyIsListedWithoutALawThatSetsTheListUp) {
    RecordId const record = grave_record();
    for (LawLevel const level :
         {LawLevel::local_regulation, LawLevel::department_rule, LawLevel::other_document}) {
        auto const refused = propose_listing(draft(record, ListingGround::forged_papers, level));
        EXPECT_EQ(said(refused), "conflict");
        EXPECT_TRUE(cites(refused, "serious.levels"));
        EXPECT_THAT(refused.error().detail.zh, HasSubstr("信用修复管理办法"));
    }
    EXPECT_EQ(cases_there(), 0u);
    for (LawLevel const level : {LawLevel::administrative_regulation, LawLevel::central_policy}) {
        auto one = draft(record, ListingGround::forged_papers, LawLevel::other_document);
        one.basis.push_back({level, "虚构条例", "第一条"});
        auto const made = propose_listing(std::move(one));
        EXPECT_EQ(said(made), "ok") << "one of several suffices";
        auto const id =
            *ListingId::parse(domain::parse_json(made->body).value().at("listing_id").as_string());
        check_basis(id, false).value();
        EXPECT_EQ(state(id), "refused");
        expect_only(id, {});
    }
}

TEST_F(ListingTest, OnlyAGroundOfThePlaceThatTheFindingBears) {
    RecordId const record = grave_record();
    auto const none_here = propose_listing(draft(record, ListingGround::market_order));
    EXPECT_EQ(said(none_here), "conflict");
    EXPECT_TRUE(cites(none_here, "serious.grounds"));
    auto const business = propose_listing(draft(record, ListingGround::open_commitment_broken));
    EXPECT_TRUE(cites(business, "serious.grounds"));
    EXPECT_THAT(business.error().detail.zh, HasSubstr("不适用于自然人"));
    auto named = draft(record);
    named.responsible.push_back({domain::ResponsibleRole::actual_controller, "示例"});
    EXPECT_EQ(said(propose_listing(std::move(named))), "invalid /responsible");
    EXPECT_EQ(said(propose_listing(draft(record), "stranger")), "invalid /record_id");
    forged_papers_are_a_ground("," + list_rule("serious.prior_notice", R"("basis","measures")"));
    auto silent = draft(record);
    silent.measures.reset();
    auto const unsaid = propose_listing(std::move(silent));
    EXPECT_EQ(said(unsaid), "invalid /measures");
    EXPECT_TRUE(cites(unsaid, "serious.prior_notice"));
    EXPECT_EQ(cases_there(), 0u);
    proposed_listing(record);
    EXPECT_EQ(said(propose_listing(draft(record))), "conflict") << "one at a time";
}

TEST_F(ListingTest, WhatIsNotSeriousIsNotListed) {
    auto const refused = propose_listing(draft(grave_record(domain::Severity::general)));
    EXPECT_EQ(said(refused), "conflict");
    EXPECT_TRUE(cites(refused, "serious.grounds"));
    set_cause(record_of(finding).id, domain::RecordCause::withdrawal);
    EXPECT_EQ(said(propose_listing(draft(record_of(finding).id))), "conflict") << "the record fell";
}

TEST_F(ListingTest, FromTheProposalToTheListEachByAnotherPerson) {
    everybody_may_read_of_persons();
    RecordId const record = grave_record();
    platform_takes_all();
    ListingId const id = proposed_listing(record);
    expect_only(id, {"check", "refuse"});
    EXPECT_EQ(said(check_basis(id, true, "verifier2")), "same-person");
    EXPECT_EQ(waiting(domain::WorkKind::listing_to_check, "reviewer"), 1);
    EXPECT_EQ(waiting(domain::WorkKind::listing_to_check, "verifier2"), 0) << "not one's own";
    check_basis(id).value();
    expect_only(id, {"compose", "serve"});
    EXPECT_EQ(said(serve_paper(id)), "wrong-step") << "there is no paper yet";
    EXPECT_EQ(waiting(domain::WorkKind::listing_to_serve, "clerk"), 1);
    compose_notice(id).value();
    domain::Service service = service_now();
    service.evidence = listing_file(id);
    EXPECT_EQ(said(await(listings->serve(as("clerk"), id, service))), "invalid /digest_sha256");
    service.digest = std::string(64, 'a');
    EXPECT_EQ(said(await(listings->serve(as("clerk"), id, service))), "invalid /digest_sha256");
    service.digest = newest_digest(id);
    service.served_at = clock.now() - std::chrono::hours{1};
    EXPECT_EQ(said(await(listings->serve(as("clerk"), id, service))), "invalid /served_at");
    service.served_at = clock.now();
    service.evidence = EvidenceId{Uuid{}};
    EXPECT_EQ(said(await(listings->serve(as("clerk"), id, service))), "invalid /receipt_evidence_id");
    EXPECT_EQ(state(id), "checked");
    serve_paper(id).value();
    EXPECT_EQ(state(id), "noticed");

    expect_only(id, {"defend", "waive", "ask", "decide", "dismiss"});
    auto const early = decide_listing(id);
    EXPECT_EQ(said(early), "too-early");
    EXPECT_TRUE(cites(early, "defence.period"));
    EXPECT_EQ(waiting(domain::WorkKind::listing_to_decide, "decider"), 0);
    clock.set(*listing_row(id).defence_until);
    auto const late = say(id, Said::statement);
    EXPECT_EQ(said(late), "too-late");
    EXPECT_TRUE(cites(late, "defence.period"));
    EXPECT_TRUE(cites(say(id, Said::hearing_request), "hearing.request"));
    EXPECT_EQ(waiting(domain::WorkKind::listing_to_decide, "decider"), 1);
    for (char const* part : {"verifier2", "reviewer", "clerk", "verifier"})
        EXPECT_EQ(said(decide_listing(id, true, part)), "same-person") << part;
    EXPECT_EQ(said(decide_listing(id, true, "decider", "答复")), "invalid /defence_answer");
    decide_listing(id).value();
    expect_only(id, {"serve"});
    EXPECT_THAT(serious_list(), IsEmpty()) << "nobody is listed before the decision is served";
    EXPECT_EQ(said(serve_paper(id, "decider")), "same-person");
    serve_paper(id).value();
    EXPECT_EQ(state(id), "listed");
    expect_only(id, {"revoke"});
    EXPECT_THAT(papers(id), ElementsAre("listing_notice", "listing_decision"));
    EXPECT_THAT(told(record), ElementsAre("add:accepted", "change:queued"));
    EXPECT_TRUE(barred());

    auto const entries = serious_list();
    ASSERT_THAT(entries, SizeIs(1));
    std::string const text = json::write(entries[0]);
    EXPECT_THAT(text, HasSubstr("**"));
    EXPECT_THAT(text, HasSubstr("虚构信用法"));
    EXPECT_THAT(text, HasSubstr("示例住保列字〔2026〕1号"));
    EXPECT_THAT(text, Not(HasSubstr("伪造房产登记材料")));
    EXPECT_EQ(entries[0].at("until").as_string(),
              to_iso(domain::add_calendar_days(china_date(*listing_row(id).ends_at), -1)));
}

TEST_F(ListingTest, ThePapersSayWhatThePlaceWantsTold) {
    RecordId const record = grave_record();
    ListingId const id = listed(record);
    auto const paper = [&](std::size_t number) {
        auto const document =
            DocumentId::parse(seen(id).at("papers").as_array()[number].at("document_id").as_string());
        return await(findings->document(as("clerk"), *document)).value();
    };
    Json const notice = paper(0), decision = paper(1);
    EXPECT_EQ(notice.at("template").as_string(), "listing_notice 1");
    for (char const* part :
         {"严重失信主体名单", "虚构信用法第十条", "三年内不得享受住房保障", "陈述、申辩", "听证"})
        EXPECT_THAT(notice.at("text").at("zh").as_string(), HasSubstr(part));
    EXPECT_THAT(notice.at("text").at("en").as_string(), HasSubstr("defend yourself"));
    for (char const* part : {"行政复议", "信用修复", "移出途径", "不收取任何费用"})
        EXPECT_THAT(decision.at("text").at("zh").as_string(), HasSubstr(part));
    EXPECT_EQ(decision.at_pointer("/periods/0/clock")->as_string(), "remedy.reconsider");
    EXPECT_FALSE(decision.at("service").is_null());
}

TEST_F(ListingTest, AHearingIsCalledHeldAndAnswered) {
    RecordId const record = grave_record();
    ListingId const id = noticed_listing(record);
    say(id, Said::hearing_request).value();
    expect_only(id, {"defend", "withdraw", "call", "serve", "dismiss"});
    EXPECT_EQ(said(serve_paper(id)), "wrong-step") << "the notice is not composed";
    say(id, Said::statement).value();
    auto const soon_after = call(id, clock.now() + std::chrono::days{1});
    EXPECT_EQ(said(soon_after), "invalid /at");
    EXPECT_TRUE(cites(soon_after, "hearing.notice"));
    Instant const at = clock.now() + std::chrono::days{30};
    for (char const* part : {"verifier2", "verifier", "clerk"})
        EXPECT_EQ(said(call(id, at, part)), "same-person") << part;
    EXPECT_EQ(said(call(id, at, "stranger")), "invalid /chair_id");
    call(id, at).value();
    serve_paper(id).value();
    EXPECT_EQ(state(id), "hearing_called");
    expect_only(id, {"withdraw", "call", "hear", "dismiss"});
    EXPECT_EQ(said(hear(id)), "too-early");
    EXPECT_EQ(said(hear(id, "decider")), "forbidden");
    clock.set(at);
    EXPECT_EQ(waiting(domain::WorkKind::listing_to_hear, "supervisor"), 1);
    hear(id).value();
    expect_only(id, {"decide", "dismiss"});
    clock.set(at + std::chrono::hours{1});
    EXPECT_EQ(said(decide_listing(id, true, "decider", "不予采纳。")), "invalid /hearing_answer");
    EXPECT_EQ(said(decide_listing(id, true, "decider", "", "已考虑。")), "invalid /defence_answer");
    decide_listing(id, true, "decider", "不予采纳。", "已考虑。").value();
    EXPECT_THAT(papers(id), ElementsAre("listing_notice", "listing_hearing_notice", "listing_hearing_record",
                                        "listing_decision"));
}

TEST_F(ListingTest, WhereThePlaceHasNoHearingForMeasuresThereIsNone) {
    forged_papers_are_a_ground("," + list_rule("hearing.for", R"("penalise")"));
    ListingId const id = noticed_listing(grave_record());
    EXPECT_EQ(said(say(id, Said::hearing_request)), "conflict");
    say(id, Said::waiver).value();
    expect_only(id, {"decide", "dismiss"});
    decide_listing(id, false).value();
    EXPECT_EQ(state(id), "dismissed");
    expect_only(id, {});
    EXPECT_THAT(papers(id), ElementsAre("listing_notice", "listing_dismissal"));
}

TEST_F(ListingTest, ANaturalPersonIsListedButNotShownUnlessThePlaceSaysSo) {
    ListingId const id = listed(grave_record());
    EXPECT_EQ(state(id), "listed");
    EXPECT_FALSE(seen(id).at("shown").as_bool());
    EXPECT_THAT(serious_list(), IsEmpty());
}

TEST_F(ListingTest, ItEndsWithItsPeriod) {
    everybody_may_read_of_persons();
    RecordId const record = grave_record();
    platform_takes_all();
    ListingId const id = listed(record);
    EXPECT_EQ(listing_row(id).rule.value().substr(0, 21), "publicity.serious.max");
    clock.set(*listing_row(id).ends_at);
    EXPECT_THAT(serious_list(), IsEmpty()) << "no round has to come first";
    platform_takes_all();
    EXPECT_EQ(round_of_ends(), 1u);
    EXPECT_EQ(state(id), "removed");
    EXPECT_EQ(ended_why(id), "period_over");
    EXPECT_EQ(round_of_ends(), 0u);
    EXPECT_EQ(told(record).back(), "change:queued");
    expect_only(id, {});
}

TEST_F(ListingTest, ADecisionTakesOffByAnotherThanDecided) {
    everybody_may_read_of_persons();
    ListingId const id = listed(grave_record());
    clock.set(clock.now() + std::chrono::hours{1});
    EXPECT_EQ(said(take_off(id, "decider")), "same-person");
    take_off(id).value();
    EXPECT_EQ(ended_why(id), "revoke");
    EXPECT_THAT(papers(id), ElementsAre("listing_notice", "listing_decision", "listing_removal"));
    EXPECT_THAT(serious_list(), IsEmpty());
    expect_only(id, {});
}

TEST_F(ListingTest, ItFallsWithItsRecordAndIsNotShownWhileThatIsSuspended) {
    everybody_may_read_of_persons();
    RecordId const record = grave_record();
    ListingId const id = listed(record);
    set_cause(record, domain::RecordCause::suspension);
    EXPECT_THAT(serious_list(), IsEmpty());
    EXPECT_EQ(round_of_ends(), 0u) << "a suspension passes";
    set_cause(record, domain::RecordCause::withdrawal);
    EXPECT_EQ(round_of_ends(), 1u);
    EXPECT_EQ(ended_why(id), "record_ended");
}

TEST_F(ListingTest, WithoutItsRecordACaseLapses) {
    RecordId const record = grave_record();
    ListingId const id = decided_listing(record);
    set_cause(record, domain::RecordCause::withdrawal);
    EXPECT_EQ(said(serve_paper(id)), "conflict") << "nobody is listed by a record that fell";
    EXPECT_EQ(round_of_ends(), 1u);
    EXPECT_EQ(state(id), "lapsed");
    expect_only(id, {});
}

TEST_F(ListingTest, AnOverturnedFindingTakesItsListingWithIt) {
    everybody_may_read_of_persons();
    RecordId const record = grave_record();
    ListingId const id = listed(record);
    ask_revocation(finding, china_date(clock.now())).value();
    decide_revocation(finding).value();
    EXPECT_THAT(serious_list(), IsEmpty()) << "gone with the decision";
    EXPECT_EQ(round_of_ends(), 1u);
    EXPECT_EQ(ended_why(id), "record_ended");
}

TEST_F(ListingTest, ARepairTakesOffAtOnceAndFrees) {
    everybody_may_read_of_persons();
    RecordId const record = grave_record();
    ListingId const id = listed(record);
    EXPECT_TRUE(barred());
    clock.set(china("2027-12-01T09:00:00"));
    std::string const paper = "信用修复申请书";
    auto const made = await(repairs->apply(as("clerk"), fresh_key(),
                                           {.record = record,
                                            .statement = "已退出，申请修复。",
                                            .corrected_on = china_date(clock.now()),
                                            .identity_check = domain::IdentityCheck::document_seen,
                                            .paper = crypto::sha256(as_bytes(paper))}));
    auto const repair =
        *RepairId::parse(domain::parse_json(made.value().body).value().at("repair_id").as_string());
    file_of(repairs->files(), repair.raw(), paper);
    await(repairs->accept(as("verifier2"), repair,
                          {.accepted = true,
                           .why = "材料齐全。",
                           .correction = file_of(repairs->files(), repair.raw(), "退房证明"),
                           .commitment = file_of(repairs->files(), repair.raw(), "信用承诺书")}))
        .value();
    await(repairs->decide(as("supervisor"), repair, {true, "符合条件。", "示例住保修字〔2026〕1号"})).value();
    EXPECT_EQ(state(id), "removed");
    EXPECT_EQ(ended_why(id), "repaired");
    EXPECT_FALSE(barred());
}

TEST_F(ListingTest, TheSubjectSeesItOnceItWasTold) {
    RecordId const record = grave_record();
    auto const own = [&] {
        return service::own_listings_view(db(), as("clerk").who->organisation, record, 10).as_array();
    };
    ListingId const id = proposed_listing(record);
    check_basis(id).value();
    EXPECT_THAT(own(), IsEmpty());
    compose_notice(id).value();
    serve_paper(id).value();
    ASSERT_THAT(own(), SizeIs(1));
    EXPECT_EQ(own()[0].at("state").as_string(), "noticed");
}

}  // namespace
}  // namespace sponsio::testing
