#include "crypto/tokens/status_list.hpp"
#include "server/service/erasure/retention.hpp"
#include "server/service/erasure/service.hpp"
#include "server/service/erasure/steps.hpp"
#include "server/service/records/case.hpp"
#include "server/service/records/status_service.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/commitments.hpp"
#include "server/store/log.hpp"
#include "server/store/sealed_places.hpp"
#include "server/store/status.hpp"
#include "tests/service/record_world.hpp"

#include <gmock/gmock.h>

#include <deque>

namespace sponsio::testing {
namespace {

using domain::ErasurePart;
using domain::ErasureReason;
using domain::ErasureState;
using domain::RecordStatus;
using store::ErasureRow;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

/// A case with everything that a case can have, and its erasure.
class Erasure : public RecordFixture {
  protected:
    service::ErasureDraft const ask{ErasureReason::consent_withdrawn, "《个人信息保护法》第四十七条"};

    struct Case {
        FindingId finding;
        RecordId record;
        std::string code;
    };

    Case issued() {
        FindingId const finding = effective();
        round();
        return {finding, record_of(finding).id, row(finding).commitment_code};
    }

    /// Withdrawn, so that it may be erased before its retention is over.
    Case withdrawn() {
        Case made = issued();
        EXPECT_TRUE(service::in_transaction(db(), [&](db::PgSession& session) {
            return service::set_status(
                session, *vault, RecordStatus::invalid,
                {.record = made.record, .why = "法院判决", .actor = account("decider"), .now = clock.now()});
        }));
        return made;
    }

    Outcome<ErasureRow> request(std::string const& code) {
        return service::in_transaction(db(), [&](db::PgSession& session) {
            return service::request_erasure(session, code, ask, clock.now());
        });
    }

    Outcome<ErasureRow> confirmed(ErasureRow const& asked, std::optional<AccountId> by) {
        return service::in_transaction(db(), [&](db::PgSession& session) {
            return service::erase(session, *vault, asked, by, clock.now());
        });
    }

    ErasureRow erased(std::string const& code) {
        return confirmed(request(code).value(), account("supervisor")).value();
    }

    /// How many data keys are left in each table.
    std::map<std::string, std::int64_t> keys_left() {
        std::map<std::string, std::int64_t> left;
        for (auto const& key : store::wrapped_keys) {
            std::string const table(key.table);
            texts_.push_back("select count(*) from " + table + " where " + std::string(key.wrapped) +
                             " is not null");
            queries_.push_back({"test.keys_left", texts_.back()});
            left[table] += admin().exec(queries_.back())[0].get<std::int64_t>(0);
        }
        std::erase_if(left, [](auto const& one) { return one.second == 0; });
        return left;
    }

    service::Retention retention() {
        return service::Retention(
            {.db = *executor, .vault = *vault, .rules = *rules, .calendar = *calendar, .clock = clock});
    }

    RecordStatus listed(RecordId record) {
        service::StatusService lists(
            {.db = *executor,
             .vault = *vault,
             .clock = clock,
             .metrics = metrics,
             .signer = [this](Instant) { return Outcome<std::shared_ptr<crypto::Signer const>>(signer); }},
            {.issuer = "https://sponsio.example"});
        crypto::StatusListPolicy const policy{.uri = "https://sponsio.example/v1/status-lists/1",
                                              .now = std::chrono::floor<std::chrono::seconds>(clock.now())};
        std::string const token = *await(lists.list(1, soon())).value();
        auto const place = store::status_of(db(), record).value().place;
        auto const verified = crypto::verify_status_list(token, published(), policy).value();
        return static_cast<RecordStatus>(verified.list.get(static_cast<std::size_t>(place.index)));
    }

  private:
    std::deque<std::string> texts_;
    std::deque<db::BinaryQuery> queries_;
};

TEST_F(Erasure, TakesEveryKeyOfTheCaseAndNoOther) {
    Case const other = withdrawn();
    auto const of_one = keys_left();
    Case const gone = withdrawn();
    ErasureRow const done = erased(gone.code);
    EXPECT_EQ(done.state, ErasureState::erased);
    EXPECT_THAT(done.key_ids, ElementsAre("test-master"));

    auto left = keys_left();
    left.erase("erased_status");  // what the status list goes on with
    EXPECT_EQ(left, of_one);
    EXPECT_EQ(said(await(records->one(as("supervisor"), gone.record, service::Disclose::all))), "gone");
    EXPECT_EQ(said(await(findings->finding(as("supervisor"), gone.finding))), "gone");
    EXPECT_EQ(said(await(records->one(as("supervisor"), other.record, service::Disclose::all))), "ok");
}

TEST_F(Erasure, LeavesNobodyToBeFound) {
    Case const gone = withdrawn();
    auto const before = store::commitment_by_code(db(), gone.code).value().committer_index;
    EXPECT_EQ(store::cases_of_committer(db(), {before}).size(), 1u);
    (void)erased(gone.code);
    EXPECT_NE(store::commitment_by_code(db(), gone.code).value().committer_index, before);
    EXPECT_THAT(store::cases_of_committer(db(), {before}), IsEmpty());
}

TEST_F(Erasure, LeavesATombstone) {
    Case const gone = withdrawn();
    ErasureRow const done = erased(gone.code);
    EXPECT_THAT(moves(done.id.text()), ElementsAre(">requested", "requested>erased"));
    auto const leaves = store::leaves_about(db(), "erasure", done.id.text());
    ASSERT_EQ(leaves.size(), 1u);
    EXPECT_THAT(leaves[0].leaf.content.value(), HasSubstr(gone.code));
    EXPECT_THAT(leaves[0].leaf.content.value(), HasSubstr("consent_withdrawn"));
    EXPECT_EQ(said(confirmed(done, account("supervisor"))), "wrong-step");
    EXPECT_EQ(said(request(gone.code)), "conflict");
}

TEST_F(Erasure, KeepsTheStatusListSigned) {
    Case const gone = withdrawn();
    Case const other = issued();
    EXPECT_EQ(listed(gone.record), RecordStatus::invalid);
    (void)erased(gone.code);
    EXPECT_EQ(listed(gone.record), RecordStatus::invalid);
    EXPECT_EQ(listed(other.record), RecordStatus::valid);
}

TEST_F(Erasure, AStatusThatOnlyLooksErasedKeepsTheListFromBeingSigned) {
    Case const made = withdrawn();
    admin().command("update status_change set wrapped_key = null, master_key_id = null");
    service::StatusService lists(
        {.db = *executor,
         .vault = *vault,
         .clock = clock,
         .metrics = metrics,
         .signer = [this](Instant) { return Outcome<std::shared_ptr<crypto::Signer const>>(signer); }},
        {.issuer = "https://sponsio.example"});
    EXPECT_EQ(said(await(lists.list(1, soon()))), "internal");

    // Nor does what was kept of another record help.
    Case const gone = withdrawn();
    (void)erased(gone.code);
    admin().command("insert into erased_status select '" + made.record.text() +
                    "', erasure_id, content, wrapped_key, master_key_id from erased_status");
    EXPECT_EQ(said(await(lists.list(1, soon()))), "internal");
}

TEST_F(Erasure, TakesTwo) {
    Case const made = withdrawn();
    ErasureRow const asked = request(made.code).value();
    EXPECT_EQ(said(confirmed(asked, std::nullopt)), "same-person");
    EXPECT_EQ(said(await(records->one(as("supervisor"), made.record, service::Disclose::all))), "ok");
}

TEST_F(Erasure, WaitsForWhatIsOpen) {
    auto const filed = file_commitment();
    EXPECT_EQ(said(request(filed.code)), "conflict");  // its check is open
    EXPECT_EQ(said(request("11010520260302999999")), "not-found");
    Case const in_force = issued();
    EXPECT_EQ(said(request(in_force.code)), "conflict");
    // What was free when it was asked for is looked at again.
    Case const made = withdrawn();
    ErasureRow const asked = request(made.code).value();
    admin().command("update credit_record set state = 'active'");
    EXPECT_EQ(said(confirmed(asked, account("supervisor"))), "conflict");
}

TEST_F(Erasure, MayBeRefusedAndAskedForAgain) {
    Case const made = withdrawn();
    ErasureRow const asked = request(made.code).value();
    auto const refused = service::in_transaction(db(), [&](db::PgSession& session) {
        return service::refuse_erasure(session, asked, account("supervisor"), clock.now());
    });
    EXPECT_EQ(refused.value().state, ErasureState::refused);
    EXPECT_EQ(said(await(records->one(as("supervisor"), made.record, service::Disclose::all))), "ok");
    EXPECT_EQ(said(request(made.code)), "ok");
}

TEST_F(Erasure, CreditInformationEndsWithItsRetention) {
    Case const old = issued();
    auto const index = store::commitment_by_code(db(), old.code).value().committer_index;
    Instant const effective_at = row(old.finding).effective_at.value();
    clock.set(effective_at + std::chrono::years{5} - 24h);
    EXPECT_EQ(retention().end_records(soon()).value(), 0u);
    EXPECT_EQ(said(await(records->one(as("supervisor"), old.record, service::Disclose::all))), "ok");

    clock.set(effective_at + std::chrono::years{5} + 48h);
    EXPECT_EQ(retention().end_records(soon()).value(), 1u);
    EXPECT_EQ(retention().end_records(soon()).value(), 0u);
    EXPECT_EQ(said(await(records->one(as("supervisor"), old.record, service::Disclose::all))), "gone");
    // The file of the case stays, and its person is not found by it.
    EXPECT_EQ(said(await(findings->finding(as("supervisor"), old.finding))), "ok");
    EXPECT_NE(store::commitment_by_code(db(), old.code).value().committer_index, index);
    auto const rows = store::erasures_after(db(), std::nullopt, std::nullopt, 10);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].part, ErasurePart::record);
    EXPECT_EQ(rows[0].reason, ErasureReason::retention_over);
    EXPECT_THAT(rows[0].legal_basis, HasSubstr("retention.negative"));
    EXPECT_THAT(moves(rows[0].id.text()), ElementsAre(">requested", "requested>erased"));
}

TEST_F(Erasure, IsFinishedOnlyWhenNoKeyIsLeftThatOpensACopy) {
    Case const gone = withdrawn();
    ErasureRow const done = erased(gone.code);
    EXPECT_EQ(retention().finish(soon()).value(), 0u);
    // As after a rotation, when the key that had wrapped it is destroyed.
    admin().command("update erasure set key_ids = '{an-earlier-key}'");
    EXPECT_EQ(retention().finish(soon()).value(), 1u);
    EXPECT_THAT(moves(done.id.text()), ElementsAre(">requested", "requested>erased", "erased>finished"));
}

}  // namespace
}  // namespace sponsio::testing
