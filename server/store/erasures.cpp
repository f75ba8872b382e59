#include "server/store/erasures.hpp"

#include "server/domain/batch.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/domain/notice.hpp"
#include "server/domain/record_status.hpp"
#include "server/domain/withdrawal.hpp"
#include "server/store/sealed_places.hpp"
#include "server/store/table.hpp"

#include <set>

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using namespace domain;

using Erasures =
    Table<"erasure", ErasureRow, Column<"erasure_id", &ErasureRow::id>,
          Column<"commitment_code", &ErasureRow::commitment_code>,
          Column<"organisation_id", &ErasureRow::organisation>, Column<"part", &ErasureRow::part>,
          Column<"reason", &ErasureRow::reason>, Column<"legal_basis", &ErasureRow::legal_basis>,
          Column<"requested_at", &ErasureRow::requested_at>, Column<"state", &ErasureRow::state>,
          Column<"decided_by", &ErasureRow::decided_by>, Column<"decided_at", &ErasureRow::decided_at>,
          Column<"key_ids", &ErasureRow::key_ids>, Column<"finished_at", &ErasureRow::finished_at>>;
using Decided = Erasures::Update<&ErasureRow::state, &ErasureRow::decided_by, &ErasureRow::decided_at,
                                 &ErasureRow::key_ids, &ErasureRow::finished_at>;

constexpr BinaryQuery insert_erasure{"erasures.insert",
                                     sql<Erasures::insert, " on conflict do nothing returning true">};
constexpr BinaryQuery select_locked{"erasures.lock",
                                    sql<Erasures::select, "where erasure_id = $1 for update">};
constexpr BinaryQuery update_erasure{"erasures.update", sql<Decided::text>};
constexpr BinaryQuery select_after{
    "erasures.after",
    sql<Erasures::select,
        "where erasure_id > $1 and ($2 or organisation_id = any($3)) order by erasure_id limit $4">};
constexpr BinaryQuery select_unfinished{"erasures.unfinished",
                                        sql<Erasures::select, "where state = ", quoted<ErasureState::erased>,
                                            " order by erasure_id limit $1 for update skip locked">};

constexpr BinaryQuery select_obstacles{
    "erasures.obstacles",
    sql<"select exists (select from verification_task where commitment_code = $1 and closed_at is null), "
        "exists (select from finding f where commitment_code = $1 and (state not in (",
        quoted<FindingState::effective, FindingState::dismissed, FindingState::cancelled,
               FindingState::rectified>,
        ") or exists (select from finding_awaiting_record w where w.finding_id = f.finding_id))), "
        "exists (select from withdrawal_request where commitment_code = $1 and state = ",
        quoted<WithdrawalState::requested>,
        "), "
        "exists (select from submission_record s join record_draft d using (record_id) where "
        "d.commitment_code "
        "= $1 and s.state in (",
        quoted<SubmissionState::queued, SubmissionState::batched>,
        ")), "
        "exists (select from credit_record r join record_draft d using (record_id) where d.commitment_code = "
        "$1 and r.wrapped_key is not null and r.state = ",
        quoted<RecordState::active>, ")">};

constexpr BinaryQuery hide_commitment{
    "erasures.hide_commitment",
    "update commitment set committer_index = sha256(convert_to(gen_random_uuid()::text, 'UTF8')), "
    "committer_name_index = '', client_reference = null where code = $1"};
constexpr BinaryQuery hide_drafts{
    "erasures.hide_drafts",
    "update record_draft set subject_index = sha256(convert_to(gen_random_uuid()::text, 'UTF8')) where "
    "commitment_code = $1"};
constexpr BinaryQuery hide_notice{
    "erasures.hide_notice",
    "update notice set recipient_index = sha256(convert_to(gen_random_uuid()::text, 'UTF8')) where "
    "recipient_index is not null and notice_id in (select notice_id from commitment where code = $1)"};

constexpr BinaryQuery select_cases{
    "erasures.cases_of_committer",
    "select code, organisation_id from commitment where substr(committer_index, 1, 8) = any($1) and "
    "committer_index = any($2) order by code"};
constexpr BinaryQuery select_kept{
    "erasures.kept_records",
    sql<"select distinct d.commitment_code, c.organisation_id, f.effective_at from credit_record r join "
        "record_draft d using (record_id) join finding f using (finding_id) join commitment c on c.code = "
        "d.commitment_code join organisation o on o.organisation_id = f.organisation_id where r.wrapped_key "
        "is not null and o.region_code = $1 and f.effective_at < $2 and not exists (select from erasure e "
        "where e.commitment_code = d.commitment_code and e.state <> ",
        quoted<ErasureState::refused>, ") order by f.effective_at, d.commitment_code limit $3">};
constexpr BinaryQuery insert_status{
    "erasures.keep_status",
    "insert into erased_status (record_id, erasure_id, content, wrapped_key, master_key_id) values ($1, $2, "
    "$3, $4, $5) on conflict (record_id) do update set erasure_id = excluded.erasure_id, content = "
    "excluded.content, wrapped_key = excluded.wrapped_key, master_key_id = excluded.master_key_id"};
constexpr BinaryQuery select_records{"erasures.records",
                                     "select record_id from credit_record join record_draft using "
                                     "(record_id) where commitment_code = $1 order "
                                     "by record_id"};

constexpr std::string_view tasks =
    "task_id in (select task_id from verification_task where commitment_code = $1)";
constexpr std::string_view findings =
    "finding_id in (select finding_id from finding where commitment_code = $1)";
constexpr std::string_view records =
    "record_id in (select record_id from record_draft where commitment_code = $1)";

/// The rows of a table that belong to the commitment $1.
std::string those_that(Belongs belongs) {
    std::string const proceedings =
        joined({"select objection_id from objection where ", records,
                " union all select repair_id from repair where ", records,
                " union all select publicity_id from publicity where ", records,
                " union all select listing_id from serious_listing where ", records});
    std::string const in_proceeding = joined({"case_id in (", proceedings, ")"});
    std::string const pieces =
        joined({"(", tasks, " or ", findings, " or commitment_code = $1 or ", in_proceeding, ")"});
    std::string const notice =
        joined({"recipient = ", quoted<NoticeRecipient::person>.view(),
                " and notice_id in (select notice_id from commitment where code = $1)"});
    std::string const ids = joined(
        {"(select $1::text as id union all select task_id::text from verification_task where commitment_code "
         "= $1 "
         "union all select finding_id::text from finding where commitment_code = $1 union all select "
         "document_id::text from document where ",
         findings, " union all select evidence_id::text from evidence where ", pieces,
         " union all select record_id::text from record_draft where commitment_code = $1 union all select "
         "case_id::text from case_step where ",
         in_proceeding,
         " union all select "
         "notice_id::text from notice where ",
         notice, ") as part"});
    switch (belongs) {
        case Belongs::commitment: return "code = $1";
        case Belongs::code: return "commitment_code = $1";
        case Belongs::task: return std::string(tasks);
        case Belongs::finding: return std::string(findings);
        case Belongs::paper:
            return joined({"document_id in (select document_id from document where ", findings, ")"});
        case Belongs::evidence: return joined({pieces});
        case Belongs::about_evidence:
            return joined({"evidence_id in (select evidence_id from evidence where ", pieces, ")"});
        case Belongs::record: return std::string(records);
        case Belongs::proceeding: return in_proceeding;
        case Belongs::batch:
            return joined({"batch_no in (select batch_no from submission_record where ", records, ")"});
        case Belongs::notice: return joined({notice});
        case Belongs::step: return joined({"exists (select from ", ids, " where strpos(path, part.id) > 0)"});
        case Belongs::answer:
            return joined({"exists (select from ", ids, " where strpos(resource, part.id) > 0)"});
        case Belongs::official:
        case Belongs::reporter:
        case Belongs::nobody: break;
    }
    return "false";
}

struct Taking {
    WrappedKey key;
    std::string lock_text, take_text;
    BinaryQuery lock, take;
};

/// Two statements for each data key: rows that are being wrapped anew are waited for, and the sealing keys
/// told; then the wrapped keys go, as they are by then.
std::vector<Taking> const& takings() {
    static std::vector<Taking> const all = [] {
        std::vector<Taking> list(wrapped_keys.size());
        for (std::size_t i = 0; i != wrapped_keys.size(); ++i) {
            WrappedKey const& key = wrapped_keys[i];
            // An answer that cannot be given again is kept as one that was shown only once.
            std::string_view const with = key.until == Until::replay ? "answer = null, " : "";
            std::string const those = those_that(key.belongs);
            list[i].key = key;
            list[i].lock_text = joined({"select ", key.key_id, " from ", key.table, " where ", key.wrapped,
                                        " is not null and ", those, " for update"});
            list[i].take_text =
                joined({"update ", key.table, " set ", with, key.wrapped, " = null, ", key.key_id,
                        " = null where ", key.wrapped, " is not null and ", those});
            list[i].lock = {"erasures.lock_rows", list[i].lock_text};
            list[i].take = {"erasures.take_keys", list[i].take_text};
        }
        return list;
    }();
    return all;
}

bool reached(WrappedKey const& key, ErasurePart part) {
    if (key.belongs == Belongs::official || key.belongs == Belongs::reporter ||
        key.belongs == Belongs::nobody)
        return false;
    return part == ErasurePart::the_case || key.until == Until::retention || key.until == Until::replay;
}

}  // namespace

bool insert(db::PgSession& db, ErasureRow const& row) {
    return !db.exec(insert_erasure, Erasures::values(row)).empty();
}

std::optional<ErasureRow> lock_erasure(db::PgSession& db, ErasureId id) {
    return first_of(db.exec(select_locked, Params(id)), Erasures::read);
}

void update(db::PgSession& db, ErasureRow const& row) {
    db.exec(update_erasure, Decided::values(row));
}

std::vector<ErasureRow> erasures_after(db::PgSession& db,
                                       std::optional<std::vector<OrganisationId>> const& of,
                                       std::optional<ErasureId> after, int limit) {
    return all_of(db.exec(select_after, Params()
                                            .add(after.value_or(ErasureId{Uuid{}}))
                                            .add(!of)
                                            .add(array_of(of.value_or(std::vector<OrganisationId>{})))
                                            .add(std::int32_t{limit})),
                  Erasures::read);
}

std::vector<ErasureRow> lock_unfinished_erasures(db::PgSession& db, int limit) {
    return all_of(db.exec(select_unfinished, Params(std::int32_t{limit})), Erasures::read);
}

std::optional<ErasureObstacle> obstacle_to_erasure(db::PgSession& db, std::string const& commitment_code,
                                                   ErasurePart part) {
    using enum ErasureObstacle;
    db::Rows const rows = db.exec(select_obstacles, Params(commitment_code));
    int column = 0;
    for (ErasureObstacle const one :
         {open_check, open_finding, open_withdrawal, open_report, active_record}) {
        bool const whole_case_only = one != open_report;
        if (rows[0].get<bool>(column++) && (part == ErasurePart::the_case || !whole_case_only)) return one;
    }
    return std::nullopt;
}

std::vector<std::string> erase_rows(db::PgSession& db, std::string const& commitment_code, ErasurePart part) {
    std::set<std::string> keys;
    for (Taking const& one : takings()) {
        if (!reached(one.key, part)) continue;
        for (std::string& id : column_of<std::string>(db.exec(one.lock, Params(commitment_code))))
            keys.insert(std::move(id));
        db.exec(one.take, Params(commitment_code));
    }
    if (part == ErasurePart::the_case) db.exec(hide_notice, Params(commitment_code));
    db.exec(hide_drafts, Params(commitment_code));
    db.exec(hide_commitment, Params(commitment_code));
    return {keys.begin(), keys.end()};
}

std::vector<FoundCase> cases_of_committer(db::PgSession& db,
                                          std::vector<std::vector<std::uint8_t>> const& terms) {
    std::vector<std::vector<std::uint8_t>> beginnings;
    beginnings.reserve(terms.size());
    for (auto const& term : terms) beginnings.emplace_back(term.begin(), term.begin() + 8);
    return all_of(db.exec(select_cases, Params().add(array_of(beginnings)).add(array_of(terms))),
                  [](db::Rows::Row const& row) {
                      return FoundCase{row.get<std::string>(0), row.get<OrganisationId>(1)};
                  });
}

std::vector<KeptRecord> records_effective_before(db::PgSession& db, std::string const& region, Instant before,
                                                 int limit) {
    return all_of(
        db.exec(select_kept, Params(region, before, std::int32_t{limit})), [](db::Rows::Row const& row) {
            return KeptRecord{row.get<std::string>(0), row.get<OrganisationId>(1), row.get<Instant>(2)};
        });
}

void keep_status(db::PgSession& db, RecordId record, ErasureId erasure, SealedColumns const& content) {
    Params params(record, erasure);
    add(params, content);
    db.exec(insert_status, params);
}

std::string erased_status_label(RecordId record) {
    return "erased_status.content:" + record.text();
}

std::vector<RecordId> records_of_commitment(db::PgSession& db, std::string const& commitment_code) {
    return column_of<RecordId>(db.exec(select_records, Params(commitment_code)));
}

}  // namespace sponsio::store
