#include "tests/service/record_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using service::IssueOptions;
using service::IssuePoint;

struct Case {
    IssuePoint point;
    char const* name;
};

/// Before a commit or a signature: it did not happen. After one: it did, and nobody was told.
constexpr Case cases[] = {
    {IssuePoint::before_draft_commit, "DraftNotStored"},
    {IssuePoint::after_draft_commit, "DraftStoredButReportedFailed"},
    {IssuePoint::before_signing_commit, "NotAnnounced"},
    {IssuePoint::after_signing_commit, "AnnouncedButReportedFailed"},
    {IssuePoint::before_signature, "NotSigned"},
    {IssuePoint::after_signature, "SignedAndLost"},
    {IssuePoint::before_record_commit, "RecordNotStored"},
    {IssuePoint::after_record_commit, "RecordStoredButReportedFailed"},
};

/// A process that dies at one point, and the one that is started after it.
class RecordCrash : public RecordFixture, public ::testing::WithParamInterface<Case> {
  protected:
    void SetUp() override {
        RecordFixture::SetUp();
        // The report to the platform stands for whatever the hook does: here, an event.
        on_issued = [this](db::PgSession& db, service::IssuedRecord const& record) -> Outcome<void> {
            store::append(db, {.at = clock.now(),
                               .lifecycle = "test report",
                               .subject = "report " + record.id.text(),
                               .from = std::nullopt,
                               .event = "queue",
                               .to = "queued",
                               .actor = domain::System{},
                               .why = std::nullopt,
                               .rule = std::nullopt});
            return {};
        };
    }

    /// Runs until the point is reached for the `nth` time; false if it never is.
    bool run_and_die(IssuePoint point, int nth) {
        int reached = 0;
        IssueOptions options;
        options.reached = [&](IssuePoint at) {
            if (at == point && ++reached == nth) throw Killed{};
        };
        auto const doomed = make_service(std::move(options));
        auto const outcome = doomed->round(soon());
        return !outcome && reached == nth;
    }

    void resume() {
        issuing = make_service();
        for (int i = 0; i != 5; ++i) {
            auto const count = round();
            EXPECT_FALSE(count.failed);
            if (count.drafted + count.issued + count.set_aside == 0) return;
        }
        FAIL() << "there is always something left to do";
    }

    /// Everything that must hold whatever happened before.
    void verify_everything(std::vector<FindingId> const& findings) {
        EXPECT_EQ(rows("live_draft"), static_cast<std::int64_t>(findings.size()));
        EXPECT_EQ(rows("credit_record"), static_cast<std::int64_t>(findings.size()));
        EXPECT_EQ(rows("record_refusal"), 0);
        std::int64_t position = 0;
        for (auto const& record : store::records_after(db(), 0, std::nullopt, 100)) {
            EXPECT_EQ(record.position, ++position);
            EXPECT_EQ(store::history(db(), "report " + record.id.text()).size(), 1u);
        }
        for (FindingId finding : findings) {
            auto const record = record_of(finding);
            auto const drafts = drafts_of(finding);
            ASSERT_EQ(drafts.size(), 1u);
            EXPECT_EQ(drafts.front(), record.id);
            EXPECT_EQ(domain::Json(verified(record.sd_jwt)).at("jti").as_string(),
                      "urn:uuid:" + record.id.text());
            EXPECT_TRUE(record.sd_jwt.starts_with(stored_input(record.id) + "."));
            EXPECT_EQ(moves(record.id.text()).back(), ">active");
        }
    }

    std::string stored_input(RecordId id) {
        static constexpr db::BinaryQuery query{
            "test.stored",
            "select to_be_signed, wrapped_key, master_key_id from record_draft "
            "where record_id = $1"};
        auto const rows_found = db().exec(query, db::Params(id));
        auto const sealed =
            store::SealedColumns{rows_found[0].get<std::vector<std::uint8_t>>(0),
                                 rows_found[0].get<std::optional<std::vector<std::uint8_t>>>(1),
                                 rows_found[0].get<std::optional<std::string>>(2)};
        return service::DraftDocument::parse(vault->open(sealed, store::draft_label(id)).value())
            ->signing_input();
    }
};

TEST_P(RecordCrash, EndsInExactlyOneRecord) {
    FindingId const finding = effective();
    ASSERT_TRUE(run_and_die(GetParam().point, 1));
    resume();
    verify_everything({finding});
}

TEST_P(RecordCrash, AlsoInTheMiddleOfABatch) {
    std::vector<FindingId> const findings{effective(), effective(), effective()};
    bool const each_record =
        GetParam().point == IssuePoint::before_signature || GetParam().point == IssuePoint::after_signature;
    ASSERT_TRUE(run_and_die(GetParam().point, each_record ? 2 : 1));
    resume();
    verify_everything(findings);
}

TEST_P(RecordCrash, AlsoTwiceInARow) {
    FindingId const finding = effective();
    ASSERT_TRUE(run_and_die(GetParam().point, 1));
    run_and_die(GetParam().point, 1);
    run_and_die(IssuePoint::before_record_commit, 1);
    resume();
    verify_everything({finding});
}

INSTANTIATE_TEST_SUITE_P(At, RecordCrash, ::testing::ValuesIn(cases),
                         [](auto const& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace sponsio::testing
