#include "server/store/fixed_names.hpp"

namespace sponsio::store {
namespace {

using db::Params;

constexpr db::BinaryQuery select_name{"fixed_name", "select name from fixed_name where what = $1::text"};
constexpr db::BinaryQuery insert_name{
    "fix_name",
    "insert into fixed_name (what, name, fixed_at) values ($1::text, $2::text, $3::timestamptz) "
    "on conflict (what) do nothing"};

}  // namespace

std::optional<std::string> fixed_name(db::PgSession& db, std::string_view what) {
    auto const rows = db.exec(select_name, Params(what));
    if (rows.empty()) return std::nullopt;
    return rows[0].get<std::string>(0);
}

std::string fix_name(db::PgSession& db, std::string_view what, std::string const& name, Instant now) {
    db.exec(insert_name, Params(what, name, now));
    return fixed_name(db, what).value_or(name);
}

}  // namespace sponsio::store
