#include "server/db/tx.hpp"
#include "server/service/search/service.hpp"
#include "tests/service/filing_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using service::SearchDraft;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Searching : public FilingWorld {
  protected:
    [[nodiscard]] service::SearchService service() { return {ground(), terms}; }

    static SearchDraft draft(Json const& json) {
        return domain::decode(json,
                              [](domain::Fields& fields) {
                                  return SearchDraft::read(fields, std::chrono::year{2026} / 3 / 2);
                              })
            .value();
    }

    static Json named(std::string const& name) { return JsonObject{{"name", name}}; }

    Outcome<service::FoundPage> find(Json const& json, std::string const& after = "", int limit = 50) {
        auto searches = service();
        return await(searches.find(as("clerk"), draft(json), after, limit));
    }

    std::vector<std::string> found(Json const& json) {
        std::vector<std::string> codes;
        for (Json const& item : find(json).value().page.items)
            codes.push_back(item.at("commitment_code").as_string());
        return codes;
    }

    std::size_t index_names() {
        return service().index_names(std::chrono::steady_clock::now() + std::chrono::seconds(30)).value();
    }

    std::string file_one() { return filed(fresh_key(), body()).at("commitment_code").as_string(); }
};

TEST_F(Searching, NamesFromBeforeTheIndexAreFoundOnceTheRoundWasThere) {
    std::string const code = file_one();
    db().command("update commitment set committer_name_index = null");
    EXPECT_THAT(found(named("欧阳示例")), IsEmpty());
    EXPECT_EQ(index_names(), 1u);
    EXPECT_EQ(index_names(), 0u);
    EXPECT_THAT(found(named("歐陽示例")), ElementsAre(code));
}

TEST_F(Searching, AnErasedCommitmentIsLookedAtOnceAndFoundWithoutItsName) {
    std::string const code = file_one();
    db().command(
        "update commitment set committer_name_index = null, wrapped_key = null, master_key_id = null");
    EXPECT_EQ(index_names(), 1u);
    EXPECT_EQ(index_names(), 0u);
    EXPECT_THAT(found(named("欧阳示例")), IsEmpty());
    auto const page = find(JsonObject{}).value().page;
    ASSERT_EQ(page.items.size(), 1u);
    EXPECT_EQ(page.items[0].at("commitment_code").as_string(), code);
    EXPECT_TRUE(page.items[0].at("committer").at("name").is_null());
}

/// What a transaction under way will add stands neither on this page nor on a later one.
TEST_F(Searching, WhatIsCommittedLateDoesNotMovePages) {
    std::string const first = file_one();
    db::PgSession slow(app());
    db::Tx held(slow);
    slow.command(
        "insert into commitment (shard, code, notice_id, matter_id, matter_version, organisation_id, "
        "filed_by, "
        "made_on, accepted_at, committer_kind, committer_index, committer_name_index, sealed, wrapped_key, "
        "master_key_id, content_digest) select shard, substr(code, 1, 14) || '900001', notice_id, matter_id, "
        "matter_version, organisation_id, filed_by, made_on, accepted_at, committer_kind, committer_index, "
        "committer_name_index, sealed, wrapped_key, master_key_id, content_digest from commitment");
    std::string const second = file_one();
    auto const page = find(named("欧阳示例"), "", 1).value();
    EXPECT_EQ(page.total, 1);
    EXPECT_EQ(page.page.items[0].at("commitment_code").as_string(), first);
    held.commit();
    EXPECT_THAT(find(named("欧阳示例"), page.page.last_key, 1).value().page.items, IsEmpty());
    db().command("update commitment set committer_name_index = null where code like '%900001'");
    EXPECT_THAT(found(named("欧阳示例")), ElementsAre(second, first));
}

TEST_F(Searching, CountsToABoundAndThenSaysMore) {
    std::string const code = file_one();
    db().command(
        "insert into commitment (shard, code, notice_id, matter_id, matter_version, organisation_id, "
        "filed_by, "
        "made_on, accepted_at, committer_kind, committer_index, committer_name_index, sealed, "
        "content_digest) select shard, substr(code, 1, 14) || lpad(n::text, 6, '0'), "
        "notice_id, "
        "matter_id, matter_version, organisation_id, filed_by, made_on, accepted_at, committer_kind, "
        "committer_index, committer_name_index, sealed, content_digest from "
        "commitment cross join generate_series(500001, 500999) n");
    auto const exact = find(JsonObject{{"matter_code", "GZF-1"}}, "", 1).value();
    EXPECT_EQ(exact.total, 1000);
    EXPECT_TRUE(exact.exact);
    file_one();
    auto const more = find(JsonObject{{"matter_code", "GZF-1"}}, "", 1).value();
    EXPECT_EQ(more.total, 1000);
    EXPECT_FALSE(more.exact);
}

}  // namespace
}  // namespace sponsio::testing
