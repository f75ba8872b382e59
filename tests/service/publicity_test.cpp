#include "server/service/matters/commitment_steps.hpp"
#include "server/service/publicity/service.hpp"
#include "server/service/repairs/service.hpp"
#include "server/service/unit/clock_text.hpp"
#include "tests/service/case_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using domain::Severity;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PublicityTest : public CaseFixture {
  protected:
    void SetUp() override {
        CaseFixture::SetUp();
        publicity = std::make_unique<service::PublicityService>(
            service::PublicityParts{ground(), "https://sponsio.example"});
        repairs = std::make_unique<service::RepairService>(
            service::RepairParts{ground(), *queue, "https://sponsio.example"});
    }

    void TearDown() override {
        repairs.reset();
        publicity.reset();
        CaseFixture::TearDown();
    }

    /// A place in which natural persons may be published.
    void persons_are_public(std::string const& more = "") {
        in_a_place_with(flag_rule("publicity.person.public", true) + more);
    }

    Outcome<service::Created> propose(RecordId record, Severity severity = Severity::general,
                                      std::string const& who = "verifier2") {
        return await(
            publicity->propose(as(who), fresh_key(),
                               {.record = record,
                                .severity = severity,
                                .basis = {{"虚构信用条例", "第十条"}},
                                .assessment = {"依法公示，确有必要", "名誉影响", "去标识化，期满撤下"}}));
    }

    PublicityId proposed(RecordId record) {
        auto const made = propose(record).value();
        return *PublicityId::parse(domain::parse_json(made.body).value().at("publicity_id").as_string());
    }

    Json seen(PublicityId id) { return await(publicity->publicity(as("clerk"), id)).value(); }

    static crypto::Digest digest_of(std::string const& hex) {
        crypto::Digest digest{};
        std::ranges::copy(from_hex(hex).value(), digest.begin());
        return digest;
    }

    Outcome<Json> approve(PublicityId id, bool approved = true, std::string const& who = "supervisor") {
        domain::PublicityApproval approval{approved, "同意。"};
        if (approved) {
            approval.preview = digest_of(seen(id).at("preview_sha256").as_string());
            approval.number = "示例住保公字〔2026〕1号";
        }
        return await(publicity->approve(as(who), id, approval));
    }

    Outcome<Json> publish(PublicityId id, domain::ServiceMethod method = domain::ServiceMethod::in_person) {
        EvidenceId const receipt = file_of(publicity->files(), id.raw(), "送达回证");
        Json const notice = seen(id).at("notice");
        auto const digest =
            notice.is_null() ? crypto::Digest{} : digest_of(notice.at("digest_sha256").as_string());
        return await(publicity->publish(as("clerk"), id, {clock.now(), method, digest, receipt}));
    }

    Outcome<Json> take_down(PublicityId id) {
        return await(publicity->take_down(as("decider"), id, {"公示有误", "示例住保撤示字〔2026〕1号"}));
    }

    PublicityId published(RecordId record) {
        PublicityId const id = proposed(record);
        approve(id).value();
        publish(id).value();
        return id;
    }

    std::vector<Json> everybody_reads() { return await(publicity->entries("", 50, soon())).value().items; }

    std::string state(PublicityId id) {
        return std::string(domain::word(store::publicity_by_id(db(), id).value().state));
    }

    std::string ended_why(PublicityId id) {
        return std::string(domain::word(store::publicity_by_id(db(), id).value().ended_why.value()));
    }

    std::size_t round_of_ends() { return publicity->end_due(soon(), 100).value(); }

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

    /// That of all steps just these are not out of order, and that those refused changed nothing.
    void expect_only(PublicityId id, std::set<std::string> const& possible) {
        std::vector<std::pair<std::string, std::function<Outcome<Json>()>>> const steps{
            {"approve", [&] { return approve(id); }},
            {"reject", [&] { return approve(id, false); }},
            {"publish", [&] { return publish(id); }},
            {"take_down", [&] { return take_down(id); }}};
        for (auto const& [name, take] : steps) {
            if (possible.contains(name)) continue;
            auto const before = state(id) + std::to_string(moves(id.text()).size());
            EXPECT_EQ(said(take()), "wrong-step") << name << " in " << state(id);
            EXPECT_EQ(state(id) + std::to_string(moves(id.text()).size()), before) << name;
        }
    }

    std::unique_ptr<service::PublicityService> publicity;
    std::unique_ptr<service::RepairService> repairs;
};

TEST_F(PublicityTest, ANaturalPersonIsNotPublicUnlessThePlaceSaysSo) {
    RecordId const record = issued();
    auto const refused = propose(record);
    EXPECT_EQ(said(refused), "conflict");
    EXPECT_THAT(refused.error().detail.zh, HasSubstr("publicity.person.public"));
    EXPECT_THAT(refused.error().detail.zh, HasSubstr("山东省社会信用条例"));
    EXPECT_THAT(await(publicity->list(as("clerk"), {})).value().items, IsEmpty());
}

TEST_F(PublicityTest, NobodyReadsItBeforeTheSubjectWasTold) {
    persons_are_public();
    RecordId const record = issued();
    EXPECT_EQ(said(propose(record, Severity::serious)), "invalid /severity");
    EXPECT_EQ(said(propose(record, Severity::general, "stranger")), "invalid /record_id");
    PublicityId const id = proposed(record);
    EXPECT_EQ(said(propose(record)), "conflict");
    EXPECT_EQ(said(approve(id, true, "verifier2")), "same-person");
    EXPECT_EQ(said(await(publicity->approve(as("supervisor"), id, {true, "同意", crypto::Digest{}, "1号"}))),
              "invalid /preview_sha256");
    approve(id).value();
    EXPECT_THAT(everybody_reads(), IsEmpty());
    EvidenceId const receipt = file_of(publicity->files(), id.raw(), "回证");
    auto const other_paper = await(publicity->publish(
        as("clerk"), id, {clock.now(), domain::ServiceMethod::in_person, crypto::Digest{}, receipt}));
    EXPECT_EQ(said(other_paper), "invalid /digest_sha256");
    auto const digest = digest_of(seen(id).at("notice").at("digest_sha256").as_string());
    auto const no_receipt = await(publicity->publish(
        as("clerk"), id, {clock.now(), domain::ServiceMethod::in_person, digest, EvidenceId{Uuid{}}}));
    EXPECT_EQ(said(no_receipt), "invalid /evidence_id");
    auto const early = await(publicity->publish(
        as("clerk"), id,
        {clock.now() - std::chrono::hours{24}, domain::ServiceMethod::in_person, digest, receipt}));
    EXPECT_EQ(said(early), "invalid /served_at");
    auto const announced = await(publicity->publish(
        as("clerk"), id, {clock.now(), domain::ServiceMethod::public_notice, digest, receipt}));
    EXPECT_EQ(said(announced), "too-early");
    EXPECT_THAT(everybody_reads(), IsEmpty());
    publish(id).value();
    ASSERT_EQ(everybody_reads().size(), 1u);
    EXPECT_THAT(moves(id.text()), ElementsAre(">proposed", "proposed>approved", "approved>published"));
}

TEST_F(PublicityTest, NothingOfAPersonIsReadButTheSurname) {
    persons_are_public();
    RecordId const record = issued();
    published(record);
    std::string const text = json::write(everybody_reads().at(0));
    auto const opened = service::open_commitment(db(), *vault, matters, filed.code).value();
    std::string const name = opened.content.at("committer").at("name").as_string();
    std::string const number = opened.content.at("committer").at("document").at("number").as_string();
    EXPECT_THAT(text, Not(HasSubstr(name)));
    EXPECT_THAT(text, Not(HasSubstr(number)));
    EXPECT_THAT(text, Not(HasSubstr(number.substr(3, 8))));
    EXPECT_THAT(text, Not(HasSubstr(filed.code)));
    EXPECT_THAT(text, HasSubstr(domain::masked_name(name)));
    EXPECT_THAT(text, Not(HasSubstr("matter")));
}

TEST_F(PublicityTest, EveryStepHasItsPlaceAndNoOther) {
    persons_are_public();
    RecordId const record = issued();
    PublicityId id = proposed(record);
    expect_only(id, {"approve", "reject"});
    approve(id, false).value();
    expect_only(id, {});
    id = proposed(record);
    approve(id).value();
    expect_only(id, {"reject", "publish"});
    approve(id, false).value();
    expect_only(id, {});
    id = published(record);
    expect_only(id, {"take_down"});
    take_down(id).value();
    EXPECT_EQ(ended_why(id), "take_down");
    EXPECT_THAT(everybody_reads(), IsEmpty());
    expect_only(id, {});
}

TEST_F(PublicityTest, ItsPeriodCountsFromTheDecisionAndEndsItWhoeverLooks) {
    persons_are_public();
    RecordId const record = issued();
    PublicityId const id = published(record);
    auto const row = store::publicity_by_id(db(), id).value();
    auto const decided = store::findings_for_records(db(), std::span(&finding, 1)).at(0).decided_at.value();
    EXPECT_EQ(row.counts_from, china_date(decided));
    EXPECT_EQ(to_iso(service::last_day(row.ends_at)), "2027" + to_iso(row.counts_from).substr(4));
    clock.set(row.ends_at - std::chrono::microseconds{1});
    EXPECT_EQ(everybody_reads().size(), 1u);
    EXPECT_EQ(round_of_ends(), 0u);
    clock.set(row.ends_at);
    EXPECT_THAT(everybody_reads(), IsEmpty());  // before any round
    EXPECT_EQ(round_of_ends(), 1u);
    EXPECT_EQ(ended_why(id), "period_over");
    EXPECT_EQ(said(propose(record)), "too-late");
}

TEST_F(PublicityTest, WhatIsRepairedWithdrawnOrSuspendedIsGoneAtOnce) {
    persons_are_public();
    RecordId const record = issued();
    PublicityId const id = published(record);
    set_cause(record, domain::RecordCause::objection);
    EXPECT_EQ(everybody_reads().at(0).at("status").as_string(), "objected");
    set_cause(record, domain::RecordCause::suspension);
    EXPECT_THAT(everybody_reads(), IsEmpty());
    EXPECT_EQ(round_of_ends(), 1u);
    EXPECT_EQ(ended_why(id), "record_ended");
    EXPECT_EQ(said(propose(record)), "conflict");
}

TEST_F(PublicityTest, ARepairEndsItInTheSameStep) {
    persons_are_public();
    RecordId const record = issued();
    PublicityId const id = published(record);
    auto const made = await(repairs->apply(as("clerk"), fresh_key(),
                                           {.record = record,
                                            .statement = "申请修复。",
                                            .corrected_on = parse_iso_date("2026-04-01"),
                                            .identity_check = domain::IdentityCheck::document_seen,
                                            .paper = crypto::sha256(as_bytes(std::string("申请书")))}))
                          .value();
    RepairId const repair =
        *RepairId::parse(domain::parse_json(made.body).value().at("repair_id").as_string());
    file_of(repairs->files(), repair.raw(), "申请书");
    await(repairs->accept(as("verifier2"), repair,
                          {true, "齐全", file_of(repairs->files(), repair.raw(), "证明"),
                           file_of(repairs->files(), repair.raw(), "承诺书")}))
        .value();
    await(repairs->decide(as("decider"), repair, {true, "符合", "修字1号"})).value();
    EXPECT_EQ(state(id), "ended");
    EXPECT_EQ(ended_why(id), "repaired");
    EXPECT_THAT(everybody_reads(), IsEmpty());
}

TEST_F(PublicityTest, AnObjectionThatIsUpheldEndsIt) {
    persons_are_public();
    RecordId const record = issued();
    PublicityId const id = published(record);
    auto const made = await(objections->file(as("clerk"), fresh_key(),
                                             {.record = record,
                                              .ground = domain::ObjectionGround::wrong_person,
                                              .statement = "并非本人。",
                                              .identity_check = domain::IdentityCheck::document_seen,
                                              .paper = crypto::sha256(as_bytes(std::string("异议书")))}))
                          .value();
    ObjectionId const objection =
        *ObjectionId::parse(domain::parse_json(made.body).value().at("objection_id").as_string());
    file_of(objections->files(), objection.raw(), "异议书");
    await(objections->propose(as("verifier2"), objection,
                              {.outcome = domain::ObjectionOutcome::erase, .reasons = "确非本人。"}))
        .value();
    EXPECT_EQ(everybody_reads().size(), 1u);
    await(objections->decide(as("supervisor"), objection, {true, "同意", "异字1号"})).value();
    EXPECT_EQ(ended_why(id), "record_ended");
    EXPECT_THAT(everybody_reads(), IsEmpty());
}

TEST(Masking, NeverShowsAWholeNumber) {
    EXPECT_EQ(domain::masked_name("司徒示例"), "司**");
    EXPECT_EQ(domain::masked_name("A"), "A**");
    EXPECT_EQ(domain::masked_number("11010519491231002X"), "110*************2X");
    EXPECT_EQ(domain::masked_number("1234567"), "*******");
}

}  // namespace
}  // namespace sponsio::testing
