#include "server/store/absences.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Absences =
    Table<"absence", AbsenceRow, Column<"absence_id", &AbsenceRow::id>,
          Column<"account_id", &AbsenceRow::account>, Column<"organisation_id", &AbsenceRow::organisation>,
          Column<"from_at", &AbsenceRow::from>, Column<"until_at", &AbsenceRow::until>,
          Column<"entered_by", &AbsenceRow::entered_by>, Column<"entered_at", &AbsenceRow::entered_at>,
          Column<"ended_by", &AbsenceRow::ended_by>, Column<"ended_at", &AbsenceRow::ended_at>>;
constexpr BinaryQuery insert_absence{"absences.insert", sql<Absences::insert>};
constexpr BinaryQuery select_absence{"absences.by_id", sql<Absences::select, "where absence_id = $1">};
constexpr BinaryQuery select_locked{"absences.lock",
                                    sql<Absences::select, "where absence_id = $1 for update">};
constexpr BinaryQuery update_ended{"absences.end",
                                   "update absence set ended_by = $2, ended_at = $3 where absence_id = $1"};
constexpr BinaryQuery select_of_unit{
    "absences.of_unit",
    sql<Absences::select,
        "where organisation_id = $1 and absence_id < $2 order by absence_id desc limit $3">};
constexpr BinaryQuery select_of_account{"absences.of_account",
                                        sql<Absences::select,
                                            "where organisation_id = $1 and account_id = $4 and absence_id < "
                                            "$2 order by absence_id desc limit $3">};
constexpr BinaryQuery select_away{"absences.away_until",
                                  "select max(until_at) from absence where account_id = $1 and from_at <= $2 "
                                  "and until_at > $2 and ended_at is null"};

AbsenceId last_of_all() {
    Uuid last;
    last.bytes.fill(0xff);
    return AbsenceId{last};
}

}  // namespace

void insert(db::PgSession& db, AbsenceRow const& row) {
    db.exec(insert_absence, Absences::values(row));
}

std::optional<AbsenceRow> absence_by_id(db::PgSession& db, AbsenceId id) {
    return first_of(db.exec(select_absence, Params(id)), Absences::read);
}

std::optional<AbsenceRow> lock_absence(db::PgSession& db, AbsenceId id) {
    return first_of(db.exec(select_locked, Params(id)), Absences::read);
}

void end_absence(db::PgSession& db, AbsenceId id, AccountId by, Instant now) {
    db.exec(update_ended, Params(id, by, now));
}

std::vector<AbsenceRow> absences_before(db::PgSession& db, OrganisationId unit,
                                        std::optional<AccountId> const& account,
                                        std::optional<AbsenceId> const& before, int limit) {
    Params params(unit, before.value_or(last_of_all()), std::int32_t{limit});
    if (account) params.add(*account);
    return all_of(db.exec(account ? select_of_account : select_of_unit, params), Absences::read);
}

std::optional<Instant> away_until(db::PgSession& db, AccountId account, Instant now) {
    return db.exec(select_away, Params(account, now))[0].get<std::optional<Instant>>(0);
}

}  // namespace sponsio::store
