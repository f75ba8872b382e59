#include "server/store/matters.hpp"

#include "server/store/columns.hpp"
#include "server/store/sql.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using Blob = std::vector<std::uint8_t>;

constexpr BinaryQuery insert_matter_row{"matters.insert",
                                        "insert into matter (matter_id, organisation_id, matter_code, "
                                        "newest_version, created_at) values ($1, $2, $3, $4, $5)"};
constexpr BinaryQuery insert_version_row{
    "matters.insert_version",
    "insert into matter_version (matter_id, version, content, digest, created_by, created_at) "
    "values ($1, $2, $3, $4, $5, $6)"};
constexpr BinaryQuery advance{
    "matters.advance",
    "update matter set newest_version = $2 where matter_id = $1 and newest_version = $2 - 1"};
constexpr SqlPiece version_rows{
    "select m.matter_id, m.organisation_id, m.matter_code, m.newest_version, v.version, v.content, "
    "v.digest, v.created_by, v.created_at from matter m "
    "join matter_version v on v.matter_id = m.matter_id "};
constexpr BinaryQuery select_newest{
    "matters.newest",
    sql<version_rows,
        "and v.version = m.newest_version where m.matter_code = $1 and m.organisation_id = $2">};
constexpr BinaryQuery select_version{"matters.version", sql<version_rows,
                                                            "where m.matter_code = $1 and v.version = $2 and "
                                                            "m.organisation_id = $3">};
constexpr BinaryQuery select_version_by_id{"matters.version_by_id",
                                           sql<version_rows, "where m.matter_id = $1 and v.version = $2">};
// Of the versions whose first day has come the highest; where there is none, the one that is in force first.
constexpr SqlPiece in_force_on_1{
    "and v.version = (select f.version from matter_version f where f.matter_id = m.matter_id "
    "order by f.valid_from <= $1 desc, case when f.valid_from > $1 then f.valid_from end, f.version desc "
    "limit 1) "};
constexpr BinaryQuery select_in_force{"matters.in_force",
                                      sql<version_rows, in_force_on_1,
                                          "where m.matter_code = $2 and m.organisation_id = any($3) "
                                          "order by m.matter_id">};
constexpr BinaryQuery select_seen{"matters.seen_by",
                                  "select m.matter_id from matter m where m.matter_code = $1 and "
                                  "(m.organisation_id = $2 or exists (select 1 "
                                  "from matter_version v where v.matter_id = m.matter_id and "
                                  "v.content::jsonb #>> '{verification,unit_uscc}' "
                                  "= $3)) order by m.organisation_id = $2 desc, m.matter_id limit 1"};
constexpr BinaryQuery select_list{"matters.after", sql<version_rows, in_force_on_1,
                                                       "where m.organisation_id = $2 and m.matter_code > $3 "
                                                       "order by m.matter_code limit $4">};
constexpr BinaryQuery select_above{
    "matters.versions_above",
    "select version, valid_from, created_at from matter_version where matter_id = $1 and version > $2 "
    "order by version"};
constexpr BinaryQuery insert_notice{"notices.insert",
                                    "insert into notice (notice_id, matter_id, matter_version, "
                                    "organisation_id, channel, language, content, digest, issued_by, "
                                    "issued_at, recipient, recipient_index, given_to, wrapped_key, "
                                    "master_key_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
                                    "$12, $13, $14, $15)"};
constexpr BinaryQuery select_notice{
    "notices.by_id",
    "select notice_id, matter_id, matter_version, organisation_id, channel, "
    "language, content, digest, issued_by, issued_at, recipient, "
    "recipient_index, given_to, wrapped_key, master_key_id from notice where notice_id = $1"};

MatterVersion version_of(db::Rows::Row const& row) {
    return {.matter = row.get<MatterId>(0),
            .organisation = row.get<OrganisationId>(1),
            .matter_code = row.get<std::string>(2),
            .newest_version = row.get<std::int32_t>(3),
            .version = row.get<std::int32_t>(4),
            .content = row.get<std::string>(5),
            .digest = row.get<Digest>(6),
            .created_by = row.get<AccountId>(7),
            .created_at = row.get<Instant>(8)};
}

void insert_content(db::PgSession& db, MatterVersion const& v) {
    db.exec(insert_version_row,
            Params(v.matter, std::int32_t{v.version}, v.content, v.digest, v.created_by, v.created_at));
}

}  // namespace

void insert_matter(db::PgSession& db, MatterVersion const& first) {
    db.exec(insert_matter_row,
            Params(first.matter, first.organisation, first.matter_code, std::int32_t{1}, first.created_at));
    insert_content(db, first);
}

bool insert_version(db::PgSession& db, MatterVersion const& next) {
    if (db.exec(advance, Params(next.matter, std::int32_t{next.version})).affected() != 1) return false;
    insert_content(db, next);
    return true;
}

std::optional<MatterVersion> newest_version(db::PgSession& db, OrganisationId of,
                                            std::string const& matter_code) {
    return first_of(db.exec(select_newest, Params(matter_code, of)), version_of);
}

std::optional<MatterVersion> matter_version(db::PgSession& db, OrganisationId of,
                                            std::string const& matter_code, int version) {
    return first_of(db.exec(select_version, Params(matter_code, std::int32_t{version}, of)), version_of);
}

std::optional<MatterVersion> matter_version(db::PgSession& db, MatterId matter, int version) {
    return first_of(db.exec(select_version_by_id, Params(matter, std::int32_t{version})), version_of);
}

std::optional<MatterVersion> version_in_force(db::PgSession& db, OrganisationId of,
                                              std::string const& matter_code, Date on) {
    return first_of(db.exec(select_in_force, Params(on, matter_code, array_of(std::vector{of}))), version_of);
}

std::vector<MatterVersion> versions_in_force(db::PgSession& db, std::vector<OrganisationId> const& of,
                                             std::string const& matter_code, Date on) {
    return all_of(db.exec(select_in_force, Params(on, matter_code, array_of(of))), version_of);
}

std::optional<MatterId> matter_seen_by(db::PgSession& db, OrganisationId organisation,
                                       std::string const& uscc, std::string const& matter_code) {
    return value_of<MatterId>(db.exec(select_seen, Params(matter_code, organisation, uscc)));
}

std::vector<MatterVersion> versions_in_force_after(db::PgSession& db, OrganisationId organisation, Date on,
                                                   std::string const& after, int limit) {
    return all_of(db.exec(select_list, Params(on, organisation, after, std::int32_t{limit})), version_of);
}

std::vector<domain::VersionStart> versions_above(db::PgSession& db, MatterId matter, int version) {
    return all_of(
        db.exec(select_above, Params(matter, std::int32_t{version})),
        [](db::Rows::Row const& row) -> domain::VersionStart {
            return {row.get<std::int32_t>(0), domain::first_day_of(row.get<Date>(1), row.get<Instant>(2))};
        });
}

std::string given_to_label(NoticeId id) {
    return "notice.given_to:" + id.text();
}

void insert(db::PgSession& db, Notice const& n) {
    Params row(n.id, n.matter, std::int32_t{n.matter_version}, n.organisation, domain::word(n.channel),
               domain::word(n.language), n.content, n.digest, n.issued_by, n.issued_at,
               domain::word(n.recipient), n.document_index);
    if (n.given_to)
        add(row, *n.given_to);
    else
        row.add(std::optional<Blob>{}).add(std::optional<Blob>{}).add(std::optional<std::string>{});
    db.exec(insert_notice, row);
}

std::optional<Notice> notice_by_id(db::PgSession& db, NoticeId id) {
    db::Rows const rows = db.exec(select_notice, Params(id));
    if (rows.empty()) return std::nullopt;
    auto const row = rows[0];
    return Notice{.id = row.get<NoticeId>(0),
                  .matter = row.get<MatterId>(1),
                  .matter_version = row.get<std::int32_t>(2),
                  .organisation = row.get<OrganisationId>(3),
                  .channel = word_at<domain::NoticeChannel>(row, 4),
                  .language = word_at<domain::NoticeLanguage>(row, 5),
                  .content = row.get<std::string>(6),
                  .digest = row.get<Digest>(7),
                  .issued_by = row.get<AccountId>(8),
                  .issued_at = row.get<Instant>(9),
                  .recipient = word_at<domain::NoticeRecipient>(row, 10),
                  .document_index = row.get<std::optional<Blob>>(11),
                  .given_to = row.is_null(12) ? std::nullopt : std::optional(sealed_at(row, 12))};
}

}  // namespace sponsio::store
