#include "server/store/work_list.hpp"
#include "tests/service/finding_steps.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <random>

/// No date that somebody types shortens a right (docs/law.md E14).
namespace sponsio::testing {
namespace {

using namespace std::chrono_literals;
using service::Remedy;
using ::testing::ElementsAre;

class FindingDates : public FindingFixture {
  protected:
    FindingId composed() {
        FindingId const id = drafted();
        review(id).value();
        compose(id).value();
        return id;
    }

    domain::Service service_at(Instant at, std::optional<std::string> late_reason = {}) {
        auto service = service_now();
        service.served_at = at;
        service.late_reason = std::move(late_reason);
        return service;
    }

    std::vector<std::string> waiting(std::string const& who) {
        std::vector<std::string> places;
        for (auto const& item :
             store::work_of(db(), domain::WorkKind::late_service_to_confirm,
                            {as(who).who->organisation, account(who), clock.now()}, {}, 10))
            places.push_back(item.place);
        return places;
    }

    Json document(FindingId id, std::size_t which) { return shown(id).at("documents").at(which); }
};

TEST_F(FindingDates, APeriodRunsFromTheServiceThatIsRecordedInTime) {
    clock.set(china("2026-03-06T10:00:00"));  // a Friday
    FindingId const id = composed();
    Instant const friday = clock.now();
    clock.set(china("2026-03-09T23:00:00"));
    serve_notice(id, service_at(friday)).value();
    Json const paper = document(id, 0);
    EXPECT_EQ(paper.at("counts_from").as_string(), "2026-03-06");
    EXPECT_EQ(paper.at("counts_from_why").as_string(), "served");
    EXPECT_EQ(paper.at("recorded_at").as_string(), to_rfc3339(clock.now()));
    EXPECT_EQ(*row(id).defence_until, china("2026-03-14T00:00:00"));
}

/// What review did in March: served "on the 2nd", recorded on the 22nd, decided at once.
TEST_F(FindingDates, ALateEntryMovesNothingUntilASecondPersonConfirmsIt) {
    FindingId const id = composed();
    Instant const claimed = clock.now();
    clock.set(china("2026-03-22T10:00:00"));
    EXPECT_EQ(said(serve_notice(id, service_at(claimed))), "invalid /late_reason");
    Json const waits = serve_notice(id, service_at(claimed, "回执退回较晚")).value();
    EXPECT_EQ(waits.at("state").as_string(), "reviewed");
    EXPECT_TRUE(waits.at("clocks").as_array().empty());
    EXPECT_EQ(waits.at("late_services").at(0).at("late_reason").as_string(), "回执退回较晚");
    EXPECT_EQ(said(decide(id)), "wrong-step");
    // It stands in the way of every other record of a service, and waits for everybody but who entered it.
    EXPECT_EQ(said(compose(id)), "conflict");
    EXPECT_EQ(said(serve_notice(id, service_now())), "conflict");
    EXPECT_THAT(waiting("supervisor"), ElementsAre(id.text()));
    EXPECT_THAT(waiting("clerk"), ElementsAre());
    EXPECT_EQ(said(confirm(id, true, "clerk")), "same-person");

    clock.set(china("2026-03-24T10:00:00"));
    Json const counted = confirm(id).value();
    EXPECT_EQ(counted.at("state").as_string(), "prior_notice_served");
    EXPECT_EQ(counted.at("documents").at(0).at("counts_from").as_string(), "2026-03-21");
    EXPECT_EQ(counted.at("documents").at(0).at("counts_from_why").as_string(), "recorded");
    EXPECT_EQ(counted.at("documents").at(0).at("served_at").as_string(), to_rfc3339(claimed));
    EXPECT_EQ(counted.at("late_services").at(0).at("state").as_string(), "confirmed");
    EXPECT_EQ(*row(id).defence_until, china("2026-03-28T00:00:00"));
    EXPECT_EQ(said(decide(id)), "too-early");
    EXPECT_EQ(said(defend(id)), "ok");
    EXPECT_EQ(said(confirm(id)), "wrong-step");
    EXPECT_THAT(waiting("supervisor"), ElementsAre());
}

TEST_F(FindingDates, ARefusedEntryIsAsIfItHadNotBeenMade) {
    FindingId const id = composed();
    Instant const claimed = clock.now();
    clock.advance(24h * 20);
    serve_notice(id, service_at(claimed, "漏录")).value();
    Json const refused = confirm(id, false).value();
    EXPECT_EQ(refused.at("state").as_string(), "reviewed");
    EXPECT_EQ(refused.at("late_services").at(0).at("state").as_string(), "refused");
    EXPECT_TRUE(document(id, 0).at("served_at").is_null());
    EXPECT_EQ(said(serve_notice(id, service_now())), "ok");
    EXPECT_EQ(document(id, 0).at("counts_from_why").as_string(), "served");
}

/// What review did in October: a decision "served in March", remedies refused, the record signed.
TEST_F(FindingDates, RemediesAreCountedFromTheRecordOfTheDecisionsService) {
    FindingId const id = decided();
    Instant const claimed = clock.now();
    clock.set(china("2026-10-03T10:00:00"));
    EXPECT_EQ(serve(id, service_at(claimed, "漏录")).value().at("state").as_string(), "decided");
    EXPECT_EQ(effect().effective, 0);
    confirm(id, true, "reviewer").value();
    EXPECT_EQ(document(id, 1).at("counts_from").as_string(), "2026-09-30");
    EXPECT_EQ(effect().effective, 0);
    EXPECT_EQ(said(seek(id, china_date(clock.now()))), "ok");
}

TEST_F(FindingDates, NothingIsRecordedWithoutItsReceipt) {
    FindingId const id = drafted();
    review(id).value();
    EvidenceId const before = receipt(id);
    clock.advance(1h);
    compose(id).value();
    auto record = [&](EvidenceId file) {
        auto service = service_now();
        service.digest = digest_of(id, store::DocumentKind::prior_notice);
        service.evidence = file;
        return said(await(findings->serve_prior_notice(as("clerk"), id, service)));
    };
    EXPECT_EQ(record(EvidenceId{Uuid{}}), "invalid /receipt_evidence_id");
    EXPECT_EQ(record(store::evidence_of_finding(db(), id).front()), "invalid /receipt_evidence_id");
    EXPECT_EQ(record(before), "invalid /receipt_evidence_id");  // older than the paper
    EXPECT_FALSE(row(id).defence_until);
    EXPECT_EQ(record(receipt(id)), "ok");
    // Another unit has no business with it.
    EXPECT_EQ(said(await(findings->add_evidence(as("stranger"), fresh_key(), id, a_file()))), "not-found");
    EXPECT_EQ(said(await(findings->evidence(as("stranger"), id, before))), "not-found");
    EXPECT_EQ(await(findings->evidence(as("clerk"), id, before)).value().bytes, "送达回证");
}

TEST_F(FindingDates, AWaiverIsShownByThePaperThatThePartySigned) {
    FindingId const id = noticed();
    EXPECT_EQ(said(await(findings->defend(as("clerk"), id, {true, "放弃", EvidenceId{Uuid{}}}))),
              "invalid /evidence_id");
    EXPECT_EQ(said(defend(id, true)), "ok");
}

TEST_F(FindingDates, TheDatabaseKnowsTwoPeople) {
    FindingId const id = composed();
    Instant const claimed = clock.now();
    clock.advance(24h * 20);
    serve_notice(id, service_at(claimed, "漏录")).value();
    try {
        db().command(
            "update late_service set state = 'confirmed', decided_by = requested_by, decided_at = now()");
        ADD_FAILURE() << "one person confirmed their own entry";
    } catch (db::DbError const& error) {
        EXPECT_EQ(error.constraint(), "late_service_confirmed_by_another");
    }
    EXPECT_THROW(db().command("delete from late_service"), db::DbError);
    EXPECT_THROW(db().command("update late_service set served_at = now()"), db::DbError);
}

// -------------------------------------------------------------------------------------------- the property
/// Everything that the accounts of one unit can do to a finding, in any order and with any dates.
class AnySteps : public FindingDates {
  protected:
    int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

    std::string anybody() {
        static char const* const all[] = {"clerk",    "verifier", "verifier2",
                                          "reviewer", "decider",  "supervisor"};
        return all[below(6)];
    }

    domain::Service any_service() {
        bool const posted = below(4) == 0;
        auto service =
            service_now(posted ? domain::ServiceMethod::public_notice : domain::ServiceMethod::in_person);
        service.served_at -= std::chrono::minutes{below(3) == 0 ? 0 : below(60 * 24 * 250)};
        if (below(2) == 0) service.late_reason = "补录";
        return service;
    }

    void any_step(FindingId id) {
        switch (below(13)) {
            case 0: (void)review(id, anybody()); break;
            case 1: (void)compose(id, {}, anybody()); break;
            case 2:
            case 3: (void)serve_notice(id, any_service(), anybody()); break;
            case 4: (void)confirm(id, below(5) != 0, anybody()); break;
            case 5: (void)defend(id, below(3) == 0); break;
            case 6:
                (void)decide(id, anybody(), row(id).state == domain::FindingState::defended ? "答复" : "");
                break;
            case 7:
            case 8: (void)serve(id, any_service(), anybody()); break;
            case 9:
                (void)seek(id, domain::add_calendar_days(china_date(clock.now()), -below(200)),
                           below(2) == 0 ? Remedy::Kind::litigation : Remedy::Kind::reconsideration);
                break;
            case 10: (void)end_remedy(id, true); break;
            case 11: clock.advance(std::chrono::hours{below(24 * 12)}); break;
            default: clock.advance(std::chrono::hours{below(24 * 3)});
        }
    }

    /// The day on which the service of the newest paper of a kind was completely recorded.
    std::optional<Date> recorded_on(FindingId id, store::DocumentKind kind) {
        std::optional<Date> day;
        for (auto const& paper : store::documents_of(db(), id))
            if (paper.document.kind == kind && paper.service) day = china_date(paper.service->recorded_at);
        return day;
    }

    std::mt19937 random_{20261130};
};

TEST_F(AnySteps, NothingMakesAFindingEffectiveBeforeItsRecordsAndTheirPeriods) {
    constexpr int grace = 3;  // days, of service.entry
    int decisions = 0, effects = 0;
    for (int sequence = 0; sequence != 40; ++sequence) {
        clock.set(china("2026-02-02T09:00:00") + std::chrono::hours{below(24 * 20)});
        FindingId const id = drafted();
        review(id).value();
        bool was_decided = false;
        for (int step = 0; step != 100; ++step) {
            any_step(id);
            effect();
            auto const now = row(id);
            if (now.decided_by && !was_decided && now.state == domain::FindingState::decided) {
                was_decided = true;
                ++decisions;
                auto const said = store::statements_of(db(), id);
                bool const waived =
                    std::ranges::find(said, "waiver", &store::StatementRow::step) != said.end();
                auto const noted = recorded_on(id, store::DocumentKind::prior_notice);
                ASSERT_TRUE(noted);
                // Five working days are seven days at least.
                if (!waived)
                    ASSERT_GE(china_date(clock.now()), domain::add_calendar_days(*noted, 8 - grace))
                        << id.text();
            }
            if (now.effective_at) break;
        }
        // Then time passes, and nobody does anything any more.
        if (auto const until = row(id).remedy_until; until && *until > clock.now()) clock.set(*until);
        effect();
        if (row(id).effective_at) ++effects;
        auto const served = recorded_on(id, store::DocumentKind::decision);
        if (!row(id).effective_at) continue;
        ASSERT_TRUE(served);
        Date const earliest = domain::add_months(domain::add_calendar_days(*served, -grace), 6);
        EXPECT_GE(china_date(*row(id).effective_at), earliest) << id.text();
        EXPECT_GE(china_date(clock.now()), earliest) << id.text();
    }
    // The property is not kept by doing nothing.
    EXPECT_GT(decisions, 10);
    EXPECT_GT(effects, 3);
}

}  // namespace
}  // namespace sponsio::testing
