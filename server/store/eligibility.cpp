#include "server/store/eligibility.hpp"

#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

using Questions =
    Table<"eligibility_question", EligibilityQuestion, Column<"question_id", &EligibilityQuestion::id>,
          Column<"organisation_id", &EligibilityQuestion::organisation>,
          Column<"asked_by", &EligibilityQuestion::asked_by>, Column<"kind", &EligibilityQuestion::kind>,
          Column<"matter_id", &EligibilityQuestion::matter>,
          Column<"committers", &EligibilityQuestion::committers>,
          Column<"persons", &EligibilityQuestion::persons>, Column<"barred", &EligibilityQuestion::barred>,
          Column<"asked_at", &EligibilityQuestion::asked_at>>;

constexpr BinaryQuery insert_question{"eligibility.insert", sql<Questions::insert>};
constexpr BinaryQuery count_persons{"eligibility.persons",
                                    "select coalesce(sum(persons), 0)::int8 from eligibility_question where "
                                    "asked_by = $1 and kind = $2 and asked_at > $3"};
constexpr BinaryQuery lock_account{"eligibility.lock",
                                   "select pg_advisory_xact_lock(30, hashtext($1::uuid::text))"};

}  // namespace

void insert(db::PgSession& db, EligibilityQuestion const& question) {
    db.exec(insert_question, Questions::values(question));
}

std::int64_t persons_asked_about(db::PgSession& db, AccountId asked_by, domain::QuestionKind kind,
                                 Instant after) {
    return db.exec(count_persons, Params(asked_by, domain::word(kind), after))[0].get<std::int64_t>(0);
}

void lock_questions_of(db::PgSession& db, AccountId asked_by) {
    db.exec(lock_account, Params(asked_by));
}

}  // namespace sponsio::store
