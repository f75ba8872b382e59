#include "tests/service/finding_steps.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;
using std::chrono::year;

/// Papers exist, with what they promise, before they are served.
class FindingPapers : public FindingFixture {
  protected:
    FindingId reviewed() {
        FindingId const id = drafted();
        review(id).value();
        return id;
    }

    Json paper(Json const& finding, std::size_t i) {
        auto const document = *DocumentId::parse(finding.at("documents").at(i).at("document_id").as_string());
        return await(findings->document(as("clerk"), document)).value();
    }

    std::string due_on(Json const& finding, std::string_view name) {
        for (Json const& clock : finding.at("clocks").as_array())
            if (clock.at("clock").as_string() == name) return clock.at("due_on").as_string();
        return "none";
    }
};

TEST_F(FindingPapers, APriorNoticeCanBeReadBeforeItIsServed) {
    FindingId const id = reviewed();
    clock.set(china("2026-11-27T10:00:00"));
    Json const finding = compose(id, year{2026} / 11 / 27).value();
    EXPECT_EQ(finding.at("state").as_string(), "reviewed");
    EXPECT_TRUE(finding.at("clocks").as_array().empty());  // nothing runs before it is served
    Json const notice = paper(finding, 0);
    EXPECT_TRUE(notice.at("service").is_null());
    EXPECT_EQ(notice.at("made_at").as_string(), to_rfc3339(clock.now()));
    EXPECT_THAT(notice.at("text").at("zh").as_string(), HasSubstr("2026-12-04"));
    EXPECT_THAT(notice.at("text").at("en").as_string(), HasSubstr("2026-12-04"));
    Json const& period = notice.at("periods").at(0);
    EXPECT_EQ(period.at("clock").as_string(), "defence.period");
    EXPECT_EQ(period.at("serve_by").as_string(), "2026-11-27");
    EXPECT_EQ(period.at("last_day").as_string(), "2026-12-04");
    EXPECT_EQ(period.at("rule").as_string(), "defence.period 5 working_days");
    EXPECT_TRUE(period.at("waits_for_calendar").is_null());

    clock.advance(1h);
    auto service = service_now();
    Json const served = serve_notice(id, service).value();
    EXPECT_EQ(due_on(served, "defence.period"), "2026-12-04");
    EXPECT_EQ(paper(served, 0).at("service").at("digest_sha256"), notice.at("digest_sha256"));
    EXPECT_EQ(paper(served, 0).at("text"), notice.at("text"));
}

TEST_F(FindingPapers, OnlyThatPaperIsServed) {
    FindingId const id = reviewed();
    EXPECT_EQ(said(await(findings->serve_prior_notice(as("clerk"), id, service_now()))), "wrong-step");
    compose(id).value();
    auto service = service_now();
    service.evidence = receipt(id);
    EXPECT_EQ(said(await(findings->serve_prior_notice(as("clerk"), id, service))), "invalid /digest_sha256");
    service.digest = std::string(64, 'a');
    EXPECT_EQ(said(await(findings->serve_prior_notice(as("clerk"), id, service))), "invalid /digest_sha256");
    EXPECT_EQ(state_of(id), "reviewed");
    EXPECT_EQ(said(serve_notice(id, service_now())), "ok");
}

TEST_F(FindingPapers, ComposedAnewTheNewestCounts) {
    FindingId const id = reviewed();
    compose(id).value();
    std::string const first = digest_of(id, store::DocumentKind::prior_notice);
    clock.advance(24h);
    Json const finding = compose(id).value();
    EXPECT_EQ(finding.at("documents").at(0).at("replaced"), Json(true));
    EXPECT_EQ(finding.at("documents").at(1).at("replaced"), Json(false));
    auto service = service_now();
    service.digest = first;
    auto const refused = await(findings->serve_prior_notice(as("clerk"), id, service));
    ASSERT_EQ(said(refused), "invalid /digest_sha256");
    EXPECT_EQ(refused.error().fields.at(0).reason->word, "replaced_paper");
    EXPECT_EQ(said(serve_notice(id, service_now())), "ok");
    EXPECT_EQ(said(compose(id)), "wrong-step");
    // The first stays on record, unserved.
    EXPECT_TRUE(shown(id).at("documents").at(0).at("served_at").is_null());
    EXPECT_FALSE(shown(id).at("documents").at(1).at("served_at").is_null());
}

/// The period counts from the service; the day that the paper names holds where that is earlier.
TEST_F(FindingPapers, TheDayThatThePaperNamesIsNeverShortened) {
    FindingId const early = reviewed();
    clock.set(china("2026-03-11T10:00:00"));
    compose(early, year{2026} / 3 / 16).value();  // a Monday: until the 23rd
    EXPECT_EQ(due_on(serve_notice(early, service_now()).value(), "defence.period"), "2026-03-23");
    EXPECT_EQ(*row(early).defence_until, china("2026-03-24T00:00:00"));
    EXPECT_EQ(said(decide(early)), "too-early");

    FindingId const late = reviewed();
    compose(late).value();
    clock.set(china("2026-03-13T10:00:00"));  // two days after the paper foresaw it
    EXPECT_EQ(due_on(serve_notice(late, service_now()).value(), "defence.period"), "2026-03-20");
}

TEST_F(FindingPapers, RefusalsNameTheDayOfTheClock) {
    FindingId const id = reviewed();
    clock.set(china("2026-11-27T10:00:00"));
    notify(id).value();
    auto const early = decide(id);
    ASSERT_EQ(said(early), "too-early");
    EXPECT_THAT(early.error().detail.zh, HasSubstr("2026-12-04"));
    EXPECT_THAT(early.error().detail.en, HasSubstr("2026-12-04"));
    EXPECT_THAT(early.error().detail.en, ::testing::Not(HasSubstr("Z")));
    clock.set(*row(id).defence_until);
    EXPECT_THAT(defend(id).error().detail.zh, HasSubstr("2026-12-04"));
}

TEST_F(FindingPapers, AreMadeToBeServedSoon) {
    FindingId const id = reviewed();
    Date const today = china_date(clock.now());
    EXPECT_EQ(said(compose(id, domain::add_calendar_days(today, -1))), "invalid /serve_by");
    EXPECT_EQ(said(compose(id, domain::add_calendar_days(today, 91))), "invalid /serve_by");
    EXPECT_EQ(said(compose(id, domain::add_calendar_days(today, 90))), "ok");
}

TEST_F(FindingPapers, AYearWithoutACalendarLeavesTheLastDayOpen) {
    FindingId const id = reviewed();
    clock.set(china("2027-03-01T10:00:00"));
    Json const notice = paper(compose(id).value(), 0);
    EXPECT_TRUE(notice.at("periods").at(0).at("last_day").is_null());
    EXPECT_EQ(notice.at("periods").at(0).at("waits_for_calendar"), Json(2027));
    EXPECT_THAT(notice.at("text").at("zh").as_string(), HasSubstr("工作日历尚未公布"));
    EXPECT_EQ(said(serve_notice(id, service_now())), "ok");
}

TEST_F(FindingPapers, ADecisionNamesItsLastDaysAndWhereToGo) {
    FindingId const id = noticed();
    clock.set(china("2026-03-20T11:00:00"));
    domain::Decision decision{true, "示例住保决字〔2026〕1号", "承诺与事实不符。", ""};
    decision.reconsideration_body = "示例区人民政府";
    decision.court = "示例区人民法院";
    Json const finding = await(findings->decide(as("decider"), id, decision)).value();
    Json const text = paper(finding, 1).at("text");
    for (char const* part : {"向示例区人民政府申请行政复议", "向示例区人民法院提起行政诉讼",
                             "申请行政复议的期限至 2026-05-19 届满", "提起行政诉讼的期限至 2026-09-20 届满"})
        EXPECT_THAT(text.at("zh").as_string(), HasSubstr(part));
    EXPECT_THAT(text.at("en").as_string(), HasSubstr("reconsideration until 2026-05-19"));
    EXPECT_EQ(paper(finding, 1).at("periods").as_array().size(), 2u);

    // Of a decision the record of service names the digest or leaves it to the server; another is refused.
    auto service = service_now();
    service.digest = digest_of(id, store::DocumentKind::prior_notice);
    EXPECT_EQ(said(serve(id, service)), "invalid /digest_sha256");
    service.digest.reset();
    Json const served = serve(id, service).value();
    EXPECT_EQ(paper(served, 1).at("service").at("digest_sha256"), paper(served, 1).at("digest_sha256"));
    EXPECT_EQ(due_on(served, "remedy.reconsider"), "2026-05-19");
}

/// Around the service, with the rights the server has.
TEST_F(FindingPapers, TheDatabaseItselfBindsTheServiceToThePaper) {
    FindingId const id = reviewed();
    compose(id).value();
    auto const recorded = [&](std::string const& digest, std::string const& served_at) {
        try {
            db().command(
                "insert into service_of_document (document_id, served_at, method, receipt, "
                "recorded_by, recorded_at, digest) select document_id, " +
                served_at + ", 'mail', 'x', made_by, made_at, " + digest + " from document");
        } catch (db::DbError const& error) {
            return error.constraint();
        }
        return std::string("ok");
    };
    EXPECT_EQ(recorded("sha256('another'::bytea)", "made_at"), "service_of_that_paper");
    EXPECT_EQ(recorded("digest", "made_at - interval '1 second'"), "service_after_paper");
    EXPECT_EQ(recorded("digest", "made_at"), "ok");
    for (char const* change : {"update document_period set last_day = null", "delete from document_period",
                               "update service_of_document set digest = null"})
        EXPECT_THROW(db().command(change), db::DbError) << change;
}

}  // namespace
}  // namespace sponsio::testing
