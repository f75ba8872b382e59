#include "server/service/unit/history_view.hpp"
#include "server/service/unit/refusals.hpp"
#include "tests/service/finding_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using domain::ActorKind;
using domain::SubjectId;
using domain::SubmitterId;
using domain::System;
using service::Created;
using service::KeyOwner;
using ::testing::ElementsAre;

/// Who acts without an account: the subject of a case, one of the public.
class Actors : public FindingWorld {
  protected:
    /// Something that `owner` makes once by that key; its event says who acted.
    Outcome<Created> make(KeyOwner const& owner, domain::Actor const& actor, std::string const& key,
                          std::string const& request = "a") {
        return service::create_once(
            db(), *vault, owner, {key, crypto::sha256(as_bytes(request))}, clock.now(),
            [&](db::PgSession& session) -> Outcome<service::Made> {
                std::string const number = std::to_string(++made_);
                service::born(session, domain::finding_lifecycle,
                              {.subject = "case " + number, .actor = actor, .now = clock.now()});
                return service::Made{"/cases/" + number, domain::JsonObject{{"number", number}}};
            });
    }

    SubjectId a_subject() { return service::new_id<SubjectId>(clock.now()); }

    std::vector<store::Event> events_of_cases() {
        std::vector<store::Event> events;
        for (int n = 1; n <= made_; ++n)
            for (auto& event : store::history(db(), "case " + std::to_string(n)))
                events.push_back(std::move(event));
        return events;
    }

    int made_ = 0;
};

TEST_F(Actors, ASubjectMakesOnceByAKeyWithoutAnAccount) {
    SubjectId const subject = a_subject(), other = a_subject();
    auto const first = make(subject, subject, "k").value();
    auto const again = make(subject, subject, "k").value();
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(again.location, first.location);
    EXPECT_EQ(said(make(subject, subject, "k", "another request")), "idempotency-key-reused");
    // The same word of another subject, or of an official, is another key.
    EXPECT_FALSE(make(other, other, "k").value().replayed);
    auto const clerk = as("clerk").who;
    EXPECT_FALSE(make(*clerk, clerk->account, "k").value().replayed);
    EXPECT_EQ(made_, 3);
    auto const events = events_of_cases();
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(events[0].actor, subject);
    EXPECT_EQ(events[0].actor.kind(), ActorKind::subject);
    EXPECT_EQ(events[0].actor.account(), std::nullopt);
    EXPECT_EQ(events[2].actor, clerk->account);
}

TEST_F(Actors, OneOfThePublicMakesOnceByTheirOwnKey) {
    SubmitterId const somebody = domain::submitter_with("kept by somebody");
    auto const first = make(somebody, somebody, "k").value();
    SubmitterId const the_same = domain::submitter_with("kept by somebody");
    EXPECT_EQ(make(the_same, the_same, "k").value().body, first.body);
    EXPECT_FALSE(make(domain::submitter_with("kept by another"), somebody, "k").value().replayed);
    EXPECT_EQ(events_of_cases()[0].actor.kind(), ActorKind::public_);
}

TEST_F(Actors, NobodyTakesAnothersPlaceByTheirId) {
    auto const clerk = as("clerk").who;
    SubjectId const subject = a_subject();
    ASSERT_TRUE(make(*clerk, clerk->account, "k"));
    ASSERT_TRUE(make(subject, subject, "k"));
    for (std::string const& id : {clerk->account.text(), subject.text(), clerk->organisation.text()}) {
        SubmitterId const posing = domain::submitter_with(id);
        EXPECT_NE(posing.text(), id);
        EXPECT_FALSE(make(posing, posing, "k").value().replayed);
    }
}

TEST_F(Actors, TheTrailTellsTheKindOfEach) {
    auto const clerk = as("clerk").who;
    SubjectId const subject = a_subject();
    SubmitterId const somebody = domain::submitter_with("a key");
    ASSERT_TRUE(make(*clerk, clerk->account, "1"));
    ASSERT_TRUE(make(subject, subject, "2"));
    ASSERT_TRUE(make(somebody, somebody, "3"));
    ASSERT_TRUE(make(subject, System{}, "4"));
    // As a program of before writes them, which knows no kinds.
    admin().command(
        "insert into event (shard, at, lifecycle, subject, event, to_state, actor) values "
        "(0, now(), 'x', 'case old', 'created', 'drafted', '" +
        clerk->account.text() +
        "'), "
        "(0, now(), 'x', 'case old', 'created', 'drafted', null)");
    std::vector<std::string> told;
    for (std::string const subject_of : {"case 1", "case 2", "case 3", "case 4", "case old"})
        for (auto const& row : store::events_after(db(), {.subject = subject_of, .limit = 10}).rows) {
            Json const event = service::audit_view(row);
            EXPECT_EQ(event.at("by").is_null(), event.at("actor_kind").as_string() != "official");
            told.push_back(event.at("actor_kind").as_string());
        }
    EXPECT_THAT(told, ElementsAre("official", "subject", "public", "system", "official", "system"));
}

TEST_F(Actors, ARefusalKeepsWhoWasRefused) {
    service::record_refusal(db(), "x", "case refused", "drafted", a_subject(), "conflict", clock.now());
    EXPECT_EQ(store::history(db(), "case refused").at(0).actor.kind(), ActorKind::subject);
}

TEST_F(Actors, TheDatabaseRefusesAnAccountThatIsNoOfficials) {
    std::string const account = "'" + as("clerk").who->account.text() + "'";
    for (std::string const& pair : {"'subject', " + account, "'public', " + account, "'system', " + account,
                                    std::string("'official', null"), std::string("'visitor', null")})
        EXPECT_THROW(
            admin().command("insert into event (shard, at, lifecycle, subject, event, to_state, actor_kind, "
                            "actor) values (0, now(), 'x', 'x', 'x', 'x', " +
                            pair + ")"),
            db::DbError)
            << pair;
}

}  // namespace
}  // namespace sponsio::testing
