#include "server/store/table.hpp"

#include "server/domain/lifecycles.hpp"

#include <gtest/gtest.h>

namespace sponsio::store {
namespace {

struct Pair {
    FindingId id;
    std::optional<AccountId> reviewed_by;
    std::optional<AccountId> decided_by;
    SealedColumns draft;
    domain::FindingState state = domain::FindingState::drafted;
};

using Pairs = Table<"pair", Pair, Column<"pair_id", &Pair::id>, Column<"decided", &Pair::decided_by>,
                    Column<"reviewed", &Pair::reviewed_by>, SealedColumn<"draft", &Pair::draft>,
                    Column<"state", &Pair::state>>;

TEST(Table, NamesEachColumnOnce) {
    EXPECT_EQ(Pairs::select.view(),
              "select pair_id, decided, reviewed, draft, wrapped_key, master_key_id, state from pair ");
    EXPECT_EQ(Pairs::insert.view(),
              "insert into pair (pair_id, decided, reviewed, draft, wrapped_key, master_key_id, state) "
              "values ($1, $2, $3, $4, $5, $6, $7) ");
}

TEST(Table, AnUpdateTakesEachMemberToItsOwnColumn) {
    using Step = Pairs::Update<&Pair::state, &Pair::reviewed_by>;
    EXPECT_EQ(Step::text.view(), "update pair set state = $2, reviewed = $3 where pair_id = $1 ");
    Pair const pair{.id = FindingId{Uuid{}}, .reviewed_by = {}, .decided_by = {}, .draft = {}};
    EXPECT_EQ(Step::values(pair).size(), 3U);
    EXPECT_EQ(Pairs::values(pair).size(), 7U);
}

struct Wide {
    FindingId id;
    std::int32_t a, b, c, d, e, f, g, h, i, j;
};

TEST(Table, NamesItsColumnsInAJoin) {
    EXPECT_EQ(Pairs::list_after<"p.">.view(),
              "p.pair_id, p.decided, p.reviewed, p.draft, p.wrapped_key, p.master_key_id, p.state");
    EXPECT_EQ(Pairs::width, 7U);
}

TEST(Table, CountsPlaceholdersBeyondNine) {
    using Wides =
        Table<"wide", Wide, Column<"id", &Wide::id>, Column<"a", &Wide::a>, Column<"b", &Wide::b>,
              Column<"c", &Wide::c>, Column<"d", &Wide::d>, Column<"e", &Wide::e>, Column<"f", &Wide::f>,
              Column<"g", &Wide::g>, Column<"h", &Wide::h>, Column<"i", &Wide::i>, Column<"j", &Wide::j>>;
    EXPECT_TRUE(Wides::insert.view().ends_with("values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "));
}

}  // namespace
}  // namespace sponsio::store
