#include "crypto/log/entry.hpp"
#include "crypto/tokens/status_list.hpp"
#include "server/db/tx.hpp"
#include "server/service/records/case.hpp"
#include "server/service/records/status_places.hpp"
#include "server/service/records/status_service.hpp"
#include "tests/service/record_world.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

namespace sponsio::testing {
namespace {

using domain::RecordStatus;
using service::StatusOptions;
using service::StatusService;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

class RecordStatusTest : public RecordFixture {
  protected:
    void SetUp() override {
        RecordFixture::SetUp();
        lists = make_lists(0ms);
    }

    void TearDown() override {
        lists.reset();
        RecordFixture::TearDown();
    }

    std::unique_ptr<StatusService> make_lists(std::chrono::milliseconds between_looks) {
        return std::make_unique<StatusService>(
            StatusService::Parts{
                .db = *executor,
                .vault = *vault,
                .clock = clock,
                .metrics = metrics,
                .signer = [this](Instant) { return Outcome<std::shared_ptr<crypto::Signer const>>(signer); }},
            StatusOptions{.issuer = "https://sponsio.example", .between_looks = between_looks});
    }

    RecordId issued() {
        FindingId const finding = effective();
        round();
        return record_of(finding).id;
    }

    Outcome<store::StatusChange> set(RecordId record, RecordStatus status, std::string why = "法院判决") {
        return service::in_transaction(db(), [&](db::PgSession& session) {
            return service::set_status(
                session, *vault, status,
                {.record = record, .why = why, .actor = account("decider"), .now = clock.now()});
        });
    }

    std::string token(std::int32_t list = 1) { return *await(lists->list(list, soon())).value(); }

    /// As a stranger reads it, now.
    crypto::VerifiedStatusList verified_list(std::int32_t list = 1) {
        crypto::StatusListPolicy const policy{
            .uri = "https://sponsio.example/v1/status-lists/" + std::to_string(list),
            .now = std::chrono::floor<std::chrono::seconds>(clock.now())};
        return crypto::verify_status_list(token(list), published(), policy).value();
    }

    /// Where the record itself says that its status stands.
    crypto::StatusReference reference(RecordId record) {
        auto const view =
            await(records->one(as("supervisor"), record, service::Disclose::none)).value()->record;
        return crypto::StatusReference::parse(*verified(view.sd_jwt).find("status")).value();
    }

    std::unique_ptr<StatusService> lists;
};

TEST_F(RecordStatusTest, EachRecordHasAPlaceOfItsOwnDrawnByLot) {
    issuing = make_service({.status_list_size = 8});
    std::set<std::pair<std::string, std::uint64_t>> places;
    std::map<std::string, int> in_list;
    std::vector<FindingId> findings;
    for (int i = 0; i != 10; ++i) findings.push_back(effective());
    EXPECT_EQ(round().issued, 10u);
    for (FindingId const finding : findings) {
        auto const record = record_of(finding).id;
        auto const at = reference(record);
        places.emplace(at.uri, at.index);
        ++in_list[at.uri];
        EXPECT_LT(at.index, 8u);
        auto const row = store::status_of(db(), record).value();
        EXPECT_EQ(domain::status_list_uri("https://sponsio.example", row.place.list_no), at.uri);
        EXPECT_EQ(static_cast<std::uint64_t>(row.place.index), at.index);
        EXPECT_EQ(row.status, RecordStatus::valid);
    }
    EXPECT_EQ(places.size(), 10u);
    // Half of a list is taken, then the next one begins.
    EXPECT_EQ(in_list["https://sponsio.example/v1/status-lists/1"], 4);
    EXPECT_EQ(in_list["https://sponsio.example/v1/status-lists/2"], 4);
    EXPECT_EQ(in_list["https://sponsio.example/v1/status-lists/3"], 2);
    EXPECT_EQ(store::status_list(db(), 3)->used, 2);
}

TEST_F(RecordStatusTest, NeighboursInTimeAreNoNeighboursInTheList) {
    auto draw = [&] {
        db::Tx const undone(db());
        std::vector<std::int32_t> indexes;
        for (auto const& place : service::take_status_places(db(), 50, 1 << 17, clock.now()))
            indexes.push_back(place.index);
        return indexes;
    };
    auto const one = draw(), other = draw();
    EXPECT_NE(one, other);
    EXPECT_EQ(std::set<std::int32_t>(one.begin(), one.end()).size(), 50u);
    EXPECT_FALSE(std::ranges::is_sorted(one));
    EXPECT_GT(*std::ranges::max_element(one) - *std::ranges::min_element(one), 1 << 14);
}

TEST_F(RecordStatusTest, IsToldByASignedList) {
    RecordId const record = issued();
    auto const before = token();
    auto const first = verified_list();
    EXPECT_EQ(first.list.bits(), 4u);
    EXPECT_EQ(first.list.size(), std::size_t{1} << 17);
    EXPECT_EQ(first.list.find(reference(record).index), crypto::status_value::valid);
    EXPECT_EQ(*first.claims.expires - first.claims.issued, 24h);
    EXPECT_EQ(first.claims.ttl, 300s);
    EXPECT_EQ(token(), before);

    ASSERT_TRUE(set(record, RecordStatus::objected));
    auto const second = verified_list();
    EXPECT_EQ(second.list.find(reference(record).index), 0x0C);
    crypto::StatusList expected(1 << 17, 4);
    expected.set(reference(record).index, 0x0C);
    EXPECT_EQ(second.list, expected);
    ASSERT_TRUE(set(record, RecordStatus::valid));
    EXPECT_EQ(verified_list().list, first.list);
    // A record of the same list that is issued meanwhile changes nothing of what the list says.
    auto const after = token();
    issued();
    EXPECT_EQ(token(), after);
}

TEST_F(RecordStatusTest, TheListIsSignedAnewBeforeItExpires) {
    issued();
    auto const first = token();
    clock.advance(11h);
    EXPECT_EQ(token(), first);
    clock.advance(2h);
    EXPECT_NE(token(), first);
    verified_list();
    clock.advance(-10h);
    verified_list();
    EXPECT_EQ(said(await(lists->list(2, soon()))), "not-found");
    EXPECT_EQ(said(await(lists->list(0, soon()))), "not-found");
}

TEST_F(RecordStatusTest, TheDatabaseIsNotAskedEachTime) {
    RecordId const record = issued();
    lists = make_lists(1h);
    auto const first = token();
    set(record, RecordStatus::invalid).value();
    EXPECT_EQ(token(), first);
    lists = make_lists(0ms);
    EXPECT_NE(token(), first);
}

TEST_F(RecordStatusTest, AChangeIsLoggedWithItsContent) {
    RecordId const record = issued();
    clock.advance(1h);
    ASSERT_TRUE(set(record, RecordStatus::suspended, "京0105行初1号"));
    clock.advance(1h);
    ASSERT_TRUE(set(record, RecordStatus::invalid, "判决撤销"));
    auto const changes = store::status_changes(db(), record);
    auto const leaves = store::leaves_about(db(), "status", record.text());
    ASSERT_EQ(changes.size(), 2u);
    ASSERT_EQ(leaves.size(), 2u);
    std::set<std::string> salts;
    for (std::size_t i = 0; i != 2; ++i) {
        std::string const label = store::status_label(record, static_cast<std::int32_t>(i + 1));
        std::string const text = vault->open(changes[i].content, label).value();
        auto const entry = crypto::LogEntry::parse(as_bytes(leaves[i].leaf.entry)).value();
        EXPECT_EQ(entry.kind, "status");
        EXPECT_EQ(entry.digest, crypto::sha256(as_bytes(text)));
        EXPECT_EQ(changes[i].digest, entry.digest);
        EXPECT_FALSE(leaves[i].leaf.content) << "what says why is not for everybody";
        auto const content = json::parse(text).value();
        EXPECT_EQ(content.at("record_id").as_string(), record.text());
        EXPECT_EQ(content.at("serial").as_int(), static_cast<std::int64_t>(i + 1));
        salts.insert(content.at("salt").as_string());
    }
    EXPECT_EQ(salts.size(), 2u);
    EXPECT_THAT(moves(record.text()), ElementsAre(">drafted", "drafted>drafted", "drafted>issued", ">active",
                                                  "valid>suspended", "suspended>invalid"));
}

TEST_F(RecordStatusTest, RefusesWhatCannotBe) {
    RecordId const record = issued();
    EXPECT_EQ(said(set(record, RecordStatus::valid)), "conflict");
    EXPECT_EQ(said(set(record, RecordStatus::invalid, "")), "invalid /why");
    EXPECT_EQ(said(set(record, RecordStatus::invalid, std::string(101, 'x'))), "invalid /why");
    EXPECT_EQ(said(set(service::new_id<RecordId>(clock.now()), RecordStatus::invalid)), "not-found");
    // A draft has its place and is no record.
    signer->before_signing = [](ByteView) { throw Failure("no token in the slot"); };
    FindingId const finding = effective();
    round();
    EXPECT_EQ(said(set(drafts_of(finding).front(), RecordStatus::invalid)), "not-found");
    EXPECT_EQ(store::status_list(db(), 1)->version, 1);
}

/// Drafted before there were status lists: made anew, with a place.
TEST_F(RecordStatusTest, AnOlderDraftGetsItsPlace) {
    FindingId const finding = effective();
    auto const working = signer;
    signer->before_signing = [](ByteView) { throw Failure("no token in the slot"); };
    round();
    working->before_signing = [](ByteView) {};
    admin().command("delete from status_entry");
    EXPECT_EQ(round().set_aside, 1u);
    EXPECT_EQ(round().issued, 1u);
    EXPECT_THAT(reference(record_of(finding).id).uri, HasSubstr("/v1/status-lists/1"));
}

}  // namespace
}  // namespace sponsio::testing
