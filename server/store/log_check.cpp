#include "server/store/log_check.hpp"

#include "server/store/columns.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;

constexpr BinaryQuery select_commitments{
    "log_check.commitments",
    "select c.code, c.shard, c.accepted_at, c.sealed, c.wrapped_key, c.master_key_id, c.content_digest, "
    "c.leaf_index, c.notice_id, (select m.matter_code from matter m where m.matter_id = c.matter_id), "
    "c.matter_version, (select o.uscc from organisation o where o.organisation_id = c.organisation_id), "
    "c.made_on, c.valid_until, c.committer_kind, c.committer_index, c.client_reference, "
    "(select v.digest from matter_version v where v.matter_id = c.matter_id and v.version = "
    "c.matter_version), "
    "(select n.digest from notice n where n.notice_id = c.notice_id), "
    "not exists (select from notice n where n.notice_id = c.notice_id and n.recipient = 'person' and not "
    "exists (select from notice_answer a join commitment d on d.code = a.commitment_code where "
    "a.notice_id = n.notice_id and d.notice_id = n.notice_id)) "
    "from commitment c where (c.code, c.shard) > ($1, $2) order by c.code, c.shard limit $3"};

}  // namespace

std::vector<LoggedCommitment> commitments_behind(db::PgSession& db, std::string const& code,
                                                 std::int16_t shard, int limit) {
    std::vector<LoggedCommitment> found;
    for (auto const& row : db.exec(select_commitments, Params(code, shard, std::int32_t{limit}))) {
        LoggedCommitment one{.code = row.get<std::string>(0),
                             .shard = row.get<std::int16_t>(1),
                             .accepted_at = row.get<Instant>(2),
                             .sealed = sealed_at(row, 3),
                             .content_digest = row.get<Digest>(6),
                             .leaf_index = std::nullopt,
                             .notice = row.get<NoticeId>(8),
                             .matter_code = row.get<std::optional<std::string>>(9),
                             .matter_version = row.get<std::int32_t>(10),
                             .accepted_by = row.get<std::optional<std::string>>(11),
                             .made_on = row.get<Date>(12),
                             .valid_until = row.get<std::optional<Date>>(13),
                             .committer_kind = row.get<std::string>(14),
                             .committer_index = row.get<std::vector<std::uint8_t>>(15),
                             .client_reference = row.get<std::optional<std::string>>(16),
                             .matter_digest = row.get<std::optional<Digest>>(17),
                             .notice_digest = row.get<std::optional<Digest>>(18),
                             .notice_answered = row.get<bool>(19)};
        if (!row.is_null(7)) one.leaf_index = static_cast<std::uint64_t>(row.get<std::int64_t>(7));
        found.push_back(std::move(one));
    }
    return found;
}

}  // namespace sponsio::store
