#include "server/store/sealed_places.hpp"

#include "tests/support/pg_fixture.hpp"

#include <gmock/gmock.h>

#include <set>
#include <string>

namespace sponsio::testing {
namespace {

using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using Names = std::set<std::string>;

/// The list of places of server/store/sealed_places.hpp beside the database that the migrations make.
class SealedPlaces : public PgFixture {
  protected:
    Names names(db::BinaryQuery const& query) {
        Names found;
        for (auto const& row : db().exec(query)) found.insert(row.get<std::string>(0));
        return found;
    }
};

constexpr db::BinaryQuery select_bytes{"test.bytes",
                                       "select c.relname || '.' || a.attname from pg_attribute a join "
                                       "pg_class c on c.oid = a.attrelid where c.relnamespace "
                                       "= 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > "
                                       "0 and not a.attisdropped and a.atttypid in "
                                       "('bytea'::regtype, 'bytea[]'::regtype)"};
constexpr db::BinaryQuery select_rewrappable{
    "test.rewrappable",
    "select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid where "
    "c.relnamespace "
    "= 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attnotnull and "
    "has_column_privilege('sponsio_app', c.oid, a.attnum, 'update')"};

std::string name(std::string_view table, std::string_view column) {
    return std::string(table) + "." + std::string(column);
}

TEST_F(SealedPlaces, AreAllThatTheDatabaseHas) {
    Names listed;
    auto const add = [&](std::string_view table, std::string_view column) {
        EXPECT_TRUE(listed.insert(name(table, column)).second)
            << table << "." << column << " stands in two lists";
    };
    for (auto const& one : store::wrapped_keys) add(one.table, one.wrapped);
    for (auto const& one : store::sealed_places) add(one.table, one.column);
    for (auto const& one : store::index_columns) add(one.table, one.column);
    for (auto const& one : store::plain_columns) add(one.table, one.column);
    EXPECT_THAT(names(select_bytes), ElementsAreArray(listed));
}

TEST_F(SealedPlaces, HaveKeysThatTheServerMayExchangeAndTakeAway) {
    Names const rewrappable = names(select_rewrappable);
    Names lacking;
    for (auto const& one : store::wrapped_keys)
        for (auto const column : {one.wrapped, one.key_id})
            if (!rewrappable.contains(name(one.table, column))) lacking.insert(name(one.table, column));
    EXPECT_THAT(lacking, IsEmpty());
}

}  // namespace
}  // namespace sponsio::testing
