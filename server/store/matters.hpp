#pragma once

#include "server/db/session.hpp"
#include "server/domain/matter.hpp"
#include "server/domain/notice.hpp"
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

/// A code is one matter in its organisation; others may have the same.
std::optional<MatterVersion> newest_version(db::PgSession& db, OrganisationId of,
                                            std::string const& matter_code);
std::optional<MatterVersion> matter_version(db::PgSession& db, OrganisationId of,
                                            std::string const& matter_code, int version);
std::optional<MatterVersion> matter_version(db::PgSession& db, MatterId matter, int version);
/// The version in force on that day, which is today or a day that was: the highest one whose first day has
/// come; of a matter that is only announced, the one that is in force first.
std::optional<MatterVersion> version_in_force(db::PgSession& db, OrganisationId of,
                                              std::string const& matter_code, Date on);
/// The same of all matters with that code in these organisations.
std::vector<MatterVersion> versions_in_force(db::PgSession& db, std::vector<OrganisationId> const& of,
                                             std::string const& matter_code, Date on);
/// The organisation's matter of that code, or one of another that it verifies.
std::optional<MatterId> matter_seen_by(db::PgSession& db, OrganisationId organisation,
                                       std::string const& uscc, std::string const& matter_code);
/// Those of an organisation's matters, by code, after `after`.
std::vector<MatterVersion> versions_in_force_after(db::PgSession& db, OrganisationId organisation, Date on,
                                                   std::string const& after, int limit);
/// The versions above that one, and their first days.
std::vector<domain::VersionStart> versions_above(db::PgSession& db, MatterId matter, int version);

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
    domain::NoticeRecipient recipient = domain::NoticeRecipient::open;
    std::optional<std::vector<std::uint8_t>> document_index{};  ///< of a person named by a document
    std::optional<SealedColumns> given_to{};  ///< domain::GivenTo as JSON, sealed with given_to_label(id)
};

/// The seal label (Vault) of whom a notice was given to.
std::string given_to_label(NoticeId id);

void insert(db::PgSession& db, Notice const& notice);
std::optional<Notice> notice_by_id(db::PgSession& db, NoticeId id);

}  // namespace sponsio::store
