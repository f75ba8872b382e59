#include "server/service/filing/counter.hpp"
#include "server/service/filing/eligibility.hpp"
#include "server/store/eligibility.hpp"
#include "server/store/events.hpp"
#include "tests/service/filing_world.hpp"

#include <deque>
#include <set>

namespace sponsio::testing {
namespace {

/// What clerks meet in a day of filing.
class DailyFiling : public FilingWorld {
  protected:
    void SetUp() override {
        FilingWorld::SetUp();
        eligibility = std::make_unique<service::EligibilityService>(parts());
        counter = std::make_unique<service::CounterService>(parts(), *matter_service, *filing);
    }

    void TearDown() override {
        counter.reset();
        eligibility.reset();
        FilingWorld::TearDown();
    }

    /// Somebody of the agency who has nothing to do with commitments.
    auto keeper() {
        auto caller = as("clerk");
        auto who = *caller.who;
        who.roles = {domain::Role::administrator};
        caller.who = std::make_shared<domain::Official const>(std::move(who));
        return caller;
    }

    service::FilingParts parts() { return {ground(), known_regions(), terms}; }

    /// A version that differs from the first one, from that day of 2026 on.
    domain::MatterVersion changed(unsigned month, unsigned day) {
        auto version = version_of("GZF-1", 1);
        version.demanding_unit = "示例区住房保障二中心";
        version.valid_from = std::chrono::year{2026} / std::chrono::month{month} / std::chrono::day{day};
        return version;
    }

    Json notice_now(std::string const& id) {
        return await(matter_service->notice(as("clerk"), NoticeId::parse(id).value())).value();
    }

    Outcome<Created> give(Json const& body) {
        return await(matter_service->issue_notice(as("clerk"), fresh_key(), body));
    }

    static Json notice_body(Json given_to) {
        return JsonObject{{"matter_code", "GZF-1"},
                          {"channel", "counter"},
                          {"language", "zh-CN"},
                          {"given_to", std::move(given_to)}};
    }

    static std::string notice_id(Created const& created) {
        return json::parse(created.body).value().at("notice_id").as_string();
    }

    Json with(std::string const& name, Json value) const {
        Json json = body();
        json.as_object().set(name, std::move(value));
        return json;
    }

    /// What a clerk reads of a refusal.
    template <class T>
    static std::string detail(Outcome<T> const& outcome) {
        return outcome ? "" : outcome.error().detail.en;
    }

    template <class T>
    static std::string reason_of(Outcome<T> const& outcome) {
        if (outcome || outcome.error().fields.empty()) return "";
        return std::string(outcome.error().fields.front().reason->word);
    }

    std::int64_t rows_of(char const* query) {
        // A session knows each statement by the constant that it was made from.
        static std::deque<std::pair<std::string, db::BinaryQuery>> asked;
        auto& [name, counted] =
            asked.emplace_back("test.rows." + std::to_string(asked.size()), db::BinaryQuery{});
        counted = {name, query};
        return admin().exec(counted)[0].get<std::int64_t>(0);
    }

    std::vector<Outcome<service::BulkFiled>> bulk(std::vector<Json> const& bodies,
                                                  std::string const& who = "clerk") {
        std::vector<service::BulkFiling> filings;
        for (Json const& one : bodies) {
            std::string const text = json::canonical(one);
            filings.push_back(
                {keyed("client_reference/" + one.at("client_reference").as_string(), text), one});
        }
        return await(filing->file_all(as(who), std::move(filings)));
    }

    std::unique_ptr<service::EligibilityService> eligibility;
    std::unique_ptr<service::CounterService> counter;
};

// ---- the version in force

TEST_F(DailyFiling, AnAnnouncedVersionClosesNothing) {
    ASSERT_EQ(said(add_version("GZF-1", 1, changed(6, 1))), "ok");
    Json const shown = await(matter_service->in_force(as("clerk"), "GZF-1")).value();
    EXPECT_EQ(shown.at("version").as_int(), 1);
    EXPECT_EQ(shown.at("newest_version").as_int(), 2);
    EXPECT_EQ(json::write(shown.at("announced")), R"([{"version":2,"first_day":"2026-06-01"}])");
    auto const listed = await(matter_service->list(as("clerk"), "", 10)).value();
    EXPECT_EQ(listed.items.at(0).at("version").as_int(), 1);
    EXPECT_EQ(listed.items.at(0).at("newest_version").as_int(), 2);
    EXPECT_EQ(filed(fresh_key(), body()).at("matter_version").as_int(), 1) << "under the notice of before";
    auto const given = give(JsonObject{{"matter_code", "GZF-1"}, {"channel", "web"}, {"language", "en"}});
    ASSERT_TRUE(given);
    Json const told = json::parse(given->body).value();
    EXPECT_EQ(told.at("matter_version").as_int(), 1);
    EXPECT_EQ(told.at("good_until").as_string(), "2026-07-01");
    EXPECT_EQ(json::write(told.at("superseded_by")), R"({"version":2,"first_day":"2026-06-01"})");
    EXPECT_TRUE(
        told.at("good_until_rule").as_string().starts_with("notice.superseded 30 calendar_days; cn-"));
}

TEST_F(DailyFiling, ANoticeStaysGoodForAWhileAfterItsVersionWasSuperseded) {
    EXPECT_TRUE(notice_now(notice).at("good_until").is_null());
    ASSERT_EQ(said(add_version("GZF-1", 1, changed(6, 1))), "ok");
    EXPECT_EQ(notice_now(notice).at("good_until").as_string(), "2026-07-01");
    clock.set(china("2026-07-01T20:00:00"));
    Json const last = filed(fresh_key(), body_of("2026-07-01"));
    EXPECT_EQ(last.at("matter_version").as_int(), 1) << "filed under the version of its notice";
    clock.set(china("2026-07-02T08:00:00"));
    auto const refused = file(fresh_key(), body_of("2026-07-02"));
    EXPECT_EQ(said(refused), "notice-stale");
    EXPECT_EQ(
        detail(refused),
        "Version 2 of the matter is in force since 2026-06-01. A notice of version 1 was good for promises "
        "made up to 2026-07-01: give a new notice of version 2 (POST /v1/notices) and have the promise made "
        "under it.");
    EXPECT_EQ(said(file(fresh_key(), body_of("2026-07-01"))), "ok") << "the day of the promise decides";
}

// A version that says it holds since January, entered in March, cannot make a notice of February old in
// February.
TEST_F(DailyFiling, AVersionEnteredAfterItsFirstDayAppliesFromItsEntry) {
    auto back_dated = changed(1, 15);
    ASSERT_EQ(said(add_version("GZF-1", 1, back_dated)), "ok");
    EXPECT_EQ(notice_now(notice).at("good_until").as_string(), "2026-04-01");
    EXPECT_EQ(said(file(fresh_key(), body())), "ok");
}

TEST_F(DailyFiling, AVersionThatChangesNothingIsRefused) {
    auto same = version_of("GZF-1", 1);
    same.valid_from = std::chrono::year{2026} / 9 / 1;
    auto const refused = add_version("GZF-1", 1, same);
    EXPECT_EQ(said(refused), "conflict");
    EXPECT_NE(detail(refused).find("Version 1 says exactly this"), std::string::npos) << detail(refused);
    ASSERT_EQ(said(add_version("GZF-1", 1, changed(6, 1))), "ok");
    EXPECT_EQ(said(add_version("GZF-1", 2, changed(8, 1))), "conflict");
    EXPECT_EQ(said(add_version("GZF-1", 2, changed(5, 1))), "ok") << "brought forward";
    EXPECT_EQ(said(add_version("GZF-1", 3, same)), "ok") << "back to what was before";
}

// ---- the day of the promise

TEST_F(DailyFiling, APromiseDoesNotComeBeforeItsNotice) {
    clock.set(china("2026-03-05T09:00:00"));
    notice = give_notice("GZF-1", 1);
    auto const refused = file(fresh_key(), body_of("2026-03-04"));
    EXPECT_EQ(said(refused), "invalid /made_on");
    EXPECT_EQ(reason_of(refused), "before_notice");
    EXPECT_NE(detail(refused).find("2026-03-05"), std::string::npos);
    EXPECT_EQ(said(file(fresh_key(), body_of("2026-03-05"))), "ok");
}

TEST_F(DailyFiling, TheDayOfTheNoticeIsThatOfChina) {
    clock.set(china("2026-03-05T00:30:00"));  // the fourth in UTC
    notice = give_notice("GZF-1", 1);
    EXPECT_EQ(said(file(fresh_key(), body_of("2026-03-04"))), "invalid /made_on");
    EXPECT_EQ(said(file(fresh_key(), body_of("2026-03-05"))), "ok");
}

TEST_F(DailyFiling, ALateEntrySaysWhy) {
    clock.set(china("2026-03-07T09:00:00"));
    EXPECT_EQ(said(file(fresh_key(), body())), "ok") << "five days are in time";
    clock.set(china("2026-03-08T09:00:00"));
    auto const refused = file(fresh_key(), body());
    EXPECT_EQ(said(refused), "invalid /late_reason");
    EXPECT_EQ(reason_of(refused), "late");
    Json const late = filed(fresh_key(), with("late_reason", "大雪封路，材料邮寄迟到"));
    EXPECT_EQ(late.at("late_reason").as_string(), "大雪封路，材料邮寄迟到");
    EXPECT_NE(late.at_pointer("/receipt/content")->as_string().find("大雪封路"), std::string::npos);
    auto const history = store::history(db(), late.at("commitment_code").as_string());
    ASSERT_EQ(history.size(), 1U);
    EXPECT_EQ(history[0].why, "entered late");
    EXPECT_EQ(rows_of("select count(*) from event e where e.why like '%大雪%'"), 0);
    clock.set(china("2026-12-01T09:00:00"));
    EXPECT_EQ(said(file(fresh_key(), with("late_reason", "补录"))), "ok") << "however long ago";
}

TEST_F(DailyFiling, ARepetitionIsAnsweredEvenIfItWouldComeTooLate) {
    auto const first = file(keyed("k"), body()).value();
    clock.set(china("2026-03-05T08:00:00"));
    EXPECT_EQ(file(keyed("k"), body()).value().body, first.body);
    Json const referenced = with("client_reference", "A-1");
    auto const entered = file(keyed("r"), referenced).value();
    clock.set(china("2026-03-20T08:00:00"));
    EXPECT_EQ(file(keyed("another"), referenced).value().body, entered.body);
}

// ---- to whom a notice was given

TEST_F(DailyFiling, APersonalNoticeServesThatPersonOnly) {
    JsonObject to{{"kind", "person"},
                  {"name", "欧阳示例"},
                  {"document", JsonObject{{"type", "citizen_id"}, {"number", "110105491231002"}}}};
    auto const given = give(notice_body(to));
    ASSERT_TRUE(given);
    notice = notice_id(*given);
    EXPECT_EQ(said(file(fresh_key(), body())), "ok") << "the same number, written in the old way";
    auto const refused = file(fresh_key(), body(another_number));
    EXPECT_EQ(said(refused), "invalid /committer/document/number");
    EXPECT_EQ(reason_of(refused), "other_recipient");
    EXPECT_EQ(notice_now(notice).at_pointer("/given_to/name")->as_string(), "欧阳示例");
    Json const to_others = await(matter_service->notice(keeper(), NoticeId::parse(notice).value())).value();
    EXPECT_EQ(json::write(to_others.at("given_to")), R"({"kind":"person"})");
    EXPECT_EQ(rows_of("select count(*) from notice n where row_to_json(n)::text like '%欧阳%' or "
                      "row_to_json(n)::text like '%110105491231002%'"),
              0);
}

TEST_F(DailyFiling, APersonWithoutADocumentIsKnownByTheName) {
    for (char const* name : {"欧阳　示例", "歐陽示例"}) {
        notice = notice_id(give(notice_body(JsonObject{{"kind", "person"}, {"name", name}})).value());
        EXPECT_EQ(said(file(fresh_key(), body())), "ok") << name;
    }
    Json other = body();
    other.as_object().set(
        "committer",
        JsonObject{{"kind", "natural_person"},
                   {"name", "司徒样本"},
                   {"document", JsonObject{{"type", "citizen_id"}, {"number", "11010519491231002X"}}}});
    EXPECT_EQ(said(file(fresh_key(), other)), "invalid /committer/name");
}

TEST_F(DailyFiling, AnOpenNoticeSaysForWhichGroup) {
    auto const given = give(notice_body(JsonObject{{"kind", "open"}, {"group", "2026年公租房申请人"}}));
    ASSERT_TRUE(given);
    notice = notice_id(*given);
    EXPECT_EQ(said(file(fresh_key(), body())), "ok");
    EXPECT_EQ(said(file(fresh_key(), body(another_number))), "ok");
    EXPECT_EQ(notice_now(notice).at_pointer("/given_to/group")->as_string(), "2026年公租房申请人");
    EXPECT_EQ(said(give(notice_body(JsonObject{{"kind", "person"}}))), "invalid /given_to");
    EXPECT_EQ(said(give(notice_body(JsonObject{{"kind", "open"}, {"name", "欧阳示例"}}))),
              "invalid /given_to/name");
    EXPECT_EQ(said(give(notice_body(JsonObject{{"kind", "somebody"}}))), "invalid /given_to/kind");
}

// ---- the filer's own reference

TEST_F(DailyFiling, AFileInWhichARowMovedIsFiledOnce) {
    auto const row = [&](int n) {
        Json json = with("client_reference", "SL-2026/" + std::to_string(n));
        json.as_object().set("reason", "第" + std::to_string(n) + "件");
        return json;
    };
    std::vector<Json> rows;
    for (int n = 1; n <= 20; ++n) rows.push_back(row(n));
    Json const good = rows[4];
    rows[4].as_object().set("made_on", "2026-03-03");  // tomorrow
    auto const first = bulk(rows);
    EXPECT_EQ(said(first[4]), "invalid /made_on");
    rows[4] = good;
    rows.insert(rows.begin(), row(21));
    auto const again = bulk(rows);
    EXPECT_FALSE(again[0].value().replayed);
    for (std::size_t i = 1; i != again.size(); ++i) EXPECT_EQ(again[i].value().replayed, i != 5) << i;
    EXPECT_EQ(again[20].value().receipt, first[19].value().receipt);
    EXPECT_EQ(count("commitments"), 21);
}

TEST_F(DailyFiling, AReferenceStandsForOneContentInTheWholeOrganisation) {
    Json const mine = with("client_reference", "A-1");
    auto const first = file(fresh_key(), mine).value();
    auto const colleague = await(filing->file(as("verifier"), fresh_key(), mine)).value();
    EXPECT_TRUE(colleague.replayed);
    EXPECT_EQ(colleague.body, first.body);
    Json changed = mine;
    changed.as_object().set("reason", "另一事由");
    auto const refused = file(fresh_key(), changed);
    EXPECT_EQ(said(refused), "invalid /client_reference");
    EXPECT_EQ(reason_of(refused), "reference_taken");
    std::string const code = json::parse(first.body).value().at("commitment_code").as_string();
    EXPECT_NE(detail(refused).find(code), std::string::npos);
    EXPECT_EQ(count("commitments"), 1);
    store::CommitmentList list{.organisation = as("clerk").who->organisation,
                               .state = {},
                               .after = {},
                               .limit = 10,
                               .client_reference = "A-1"};
    auto const found = await(filing->list(as("clerk"), list)).value();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].code, code);
    EXPECT_EQ(found[0].client_reference, "A-1");
    list.client_reference = "A-2";
    EXPECT_TRUE(await(filing->list(as("clerk"), list)).value().empty());
    list.client_reference = "A-1";
    EXPECT_TRUE(await(filing->list(as("stranger"), list)).value().empty());
}

TEST_F(DailyFiling, ManyAtOnceWithOneReferenceEndInOneCommitment) {
    std::vector<boost::asio::awaitable<Outcome<Created>>> calls;
    for (int i = 0; i != 40; ++i)
        calls.push_back(filing->file(as("clerk"), fresh_key(), with("client_reference", "same")));
    std::set<std::string> made;
    for (auto& outcome : await_all(std::move(calls))) made.insert(outcome.value().location);
    EXPECT_EQ(made.size(), 1U);
    EXPECT_EQ(count("commitments"), 1);
}

TEST_F(DailyFiling, AReferenceIsNoIdentityNumber) {
    EXPECT_EQ(reason_of(file(fresh_key(), with("client_reference", "11010519491231002X"))),
              "holds_identity_number");
    EXPECT_EQ(reason_of(file(fresh_key(), with("client_reference", "住保 1"))), "bad_character");
    EXPECT_EQ(said(file(fresh_key(), with("client_reference", "110105202603020001"))), "ok");
}

// ---- before the signature

TEST_F(DailyFiling, CheckedOnlyIsNotFiled) {
    auto const check = [&](Json json) {
        std::vector<service::BulkFiling> one;
        one.push_back({fresh_key(), std::move(json)});
        return await(eligibility->validate(as("clerk"), std::move(one))).front();
    };
    auto const good = check(body());
    ASSERT_TRUE(good);
    EXPECT_EQ(good->matter_code, "GZF-1");
    EXPECT_FALSE(good->filed_as);
    EXPECT_EQ(said(check(with("made_on", "2026-03-01"))), "invalid /made_on");
    EXPECT_EQ(said(check(with("reason", ""))), "invalid /reason");
    EXPECT_EQ(count("commitments"), 0);
    auto const filed_before = filed(fresh_key(), with("client_reference", "A-1"));
    EXPECT_EQ(check(with("client_reference", "A-1"))->filed_as,
              filed_before.at("commitment_code").as_string());
    Json other = with("client_reference", "A-1");
    other.as_object().set("reason", "另一事由");
    EXPECT_EQ(reason_of(check(other)), "reference_taken");
    admin().command("update commitment set state = 'breached'");
    EXPECT_EQ(said(check(body())), "not-eligible");
    EXPECT_EQ(rows_of("select sum(barred)::int8 from eligibility_question where kind = 'validation'"), 1);
}

class Question : public DailyFiling {
  protected:
    Outcome<Json> ask(Json const& committer, std::string const& matter = "GZF-1") {
        return await(eligibility->ask(
            as("clerk"),
            JsonObject{{"matter_code", matter}, {"committer", committer}, {"purpose", "eligibility"}}));
    }
};

TEST_F(Question, IsAnsweredWithReasonsAndKept) {
    Json const committer = body().at("committer");
    Json const yes = ask(committer).value();
    EXPECT_TRUE(yes.at("eligible").as_bool());
    EXPECT_EQ(yes.at("matter_version").as_int(), 1);
    filed(fresh_key(), body());
    admin().command("update commitment set state = 'breached'");
    Json const no = ask(committer).value();
    EXPECT_FALSE(no.at("eligible").as_bool());
    EXPECT_EQ(no.at_pointer("/obstacles/0/obstacle")->as_string(), "false_promise");
    EXPECT_EQ(said(ask(committer, "NONE")), "invalid /matter_code");
    EXPECT_EQ(rows_of("select count(*) from eligibility_question where kind = 'question'"), 2);
    EXPECT_EQ(rows_of("select count(*) from event where lifecycle = 'eligibility' and event = 'asked' and "
                      "actor is not null and why = 'GZF-1'"),
              2);
    EXPECT_EQ(rows_of("select count(*) from eligibility_question q where row_to_json(q)::text like "
                      "'%11010519491231002X%'"),
              0);
}

TEST_F(Question, IsNoOracle) {
    std::int64_t const limit =
        rules->number(domain::rule::questions, "110105", std::chrono::year{2026} / 3 / 2).value();
    Json const committer = body().at("committer");
    for (std::int64_t n = 0; n != limit; ++n)
        EXPECT_EQ(ask(committer).value().at("questions_left").as_int(), limit - n - 1);
    auto const refused = ask(committer);
    EXPECT_EQ(said(refused), "throttled");
    EXPECT_TRUE(refused.error().retry_after);
    EXPECT_EQ(rows_of("select count(*) from eligibility_question"), limit) << "what was refused told nothing";
    clock.advance(std::chrono::hours{24});
    EXPECT_EQ(said(ask(committer)), "ok");
}

// ---- at the counter

class Counter : public DailyFiling {
  protected:
    static Json request(Json commitment) {
        for (char const* name : {"notice_id", "made_on"}) commitment.as_object().erase(name);
        return JsonObject{{"notice", JsonObject{{"matter_code", "GZF-1"}}},
                          {"commitment", std::move(commitment)}};
    }

    Outcome<Created> at_counter(RequestOnce once, Json const& json) {
        return await(counter->file(as("clerk"), std::move(once), json));
    }
};

TEST_F(Counter, GivesTheNoticeAndFilesUnderIt) {
    auto const first = at_counter(keyed("k"), request(body())).value();
    Json const both = json::parse(first.body).value();
    EXPECT_EQ(both.at_pointer("/notice/given_to/kind")->as_string(), "person");
    EXPECT_EQ(both.at_pointer("/commitment/notice_id")->as_string(),
              both.at_pointer("/notice/notice_id")->as_string());
    EXPECT_EQ(both.at_pointer("/commitment/made_on")->as_string(), "2026-03-02");
    clock.advance(std::chrono::hours{24});
    auto const again = at_counter(keyed("k"), request(body())).value();
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(said(at_counter(keyed("k", "b"), request(body()))), "idempotency-key-reused");
    EXPECT_EQ(count("commitments"), 1);
    EXPECT_EQ(rows_of("select count(*) from notice where recipient = 'person'"), 1);
}

TEST_F(Counter, ARefusalLeavesNoNotice) {
    EXPECT_EQ(said(at_counter(fresh_key(), request(with("reason", "")))), "invalid /commitment/reason");
    Json other = request(body());
    other.as_object().set("notice", JsonObject{{"matter_code", "NONE"}});
    EXPECT_EQ(said(at_counter(fresh_key(), other)), "invalid /notice/matter_code");
    filed(fresh_key(), body());
    admin().command("update commitment set state = 'breached'");
    EXPECT_EQ(said(at_counter(fresh_key(), request(body()))), "not-eligible");
    EXPECT_EQ(rows_of("select count(*) from notice where recipient = 'person'"), 0);
    EXPECT_EQ(count("commitments"), 1);
}

// The process died after the notice was given.
TEST_F(Counter, GoesOnWithTheNoticeThatItGave) {
    auto const given = await(matter_service->issue_notice(
        as("clerk"), keyed("k/notice"),
        notice_body(JsonObject{{"kind", "person"},
                               {"name", "欧阳示例"},
                               {"document", *body().at_pointer("/committer/document")}})));
    ASSERT_TRUE(given);
    Json const both = json::parse(at_counter(keyed("k"), request(body())).value().body).value();
    EXPECT_EQ(both.at_pointer("/notice/notice_id")->as_string(), notice_id(*given));
    EXPECT_EQ(rows_of("select count(*) from notice where recipient = 'person'"), 1);
}

}  // namespace
}  // namespace sponsio::testing
