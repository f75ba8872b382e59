#include "server/store/colleagues.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using Colleagues =
    Table<"account", Colleague, Column<"account_id", &Colleague::id>, Column<"login", &Colleague::login>,
          Column<"name", &Colleague::name>, Column<"roles", &Colleague::roles>>;
constexpr db::BinaryQuery select_some{
    "colleagues.some",
    sql<Colleagues::select,
        "where organisation_id = $1 and closed_at is null and ($2::text is null or $2 = any(roles)) and "
        "($3::text is null or position(lower($3) in login) > 0 or position(lower($3) in lower(name)) > 0) "
        "and "
        "login > $4 order by login limit $5">};

}  // namespace

std::vector<Colleague> colleagues(db::PgSession& db, ColleagueQuestion const& question) {
    return all_of(
        db.exec(select_some, db::Params(question.organisation, optional_word(question.role), question.text,
                                        question.after, std::int32_t{question.limit})),
        Colleagues::read);
}

}  // namespace sponsio::store
