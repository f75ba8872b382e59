#pragma once

#include "server/db/session.hpp"
#include "server/domain/matter.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <string>
#include <vector>

/// Matters in versions that never change, and the notices given from them.
namespace sponsio::store {

/// One version together with the matter it belongs to.
struct MatterVersion {
    MatterId matter;
    OrganisationId organisation;
    std::string matter_code;
    int newest_version;
    int version;
    std::string content;  ///< canonical JSON of domain::MatterVersion
    Digest digest;
    AccountId created_by;
    Instant created_at;
};

/// Inserts a matter with version 1. Throws DbError unique (matter_matter_code_key) if the code is taken.
void insert_matter(db::PgSession& db, MatterVersion const& first);
/// Inserts the next version; false unless it is the newest plus one.
bool insert_version(db::PgSession& db, MatterVersion const& next);

std::optional<MatterVersion> newest_version(db::PgSession& db, std::string const& matter_code);
std::optional<MatterVersion> matter_version(db::PgSession& db, std::string const& matter_code, int version);
std::optional<MatterVersion> matter_version(db::PgSession& db, MatterId matter, int version);
/// The newest versions of an organisation's matters, by code, after `after`.
std::vector<MatterVersion> newest_versions_after(db::PgSession& db, OrganisationId organisation,
                                                 std::string const& after, int limit);

struct Notice {
    NoticeId id;
    MatterId matter;
    int matter_version;
    OrganisationId organisation;
    domain::NoticeChannel channel;
    domain::NoticeLanguage language;
    std::string content;  ///< canonical JSON of domain::NoticeContent
    Digest digest;
    AccountId issued_by;
    Instant issued_at;
};

void insert(db::PgSession& db, Notice const& notice);
std::optional<Notice> notice_by_id(db::PgSession& db, NoticeId id);

}  // namespace sponsio::store
