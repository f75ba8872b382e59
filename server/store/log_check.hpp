#pragma once

#include "server/store/commitments.hpp"

#include <optional>
#include <string>
#include <vector>

/// The commitments as the log check reads them: all of them, a page at a time.
namespace sponsio::store {

/// A commitment's row without what changes later.
struct LoggedCommitment {
    std::string code;
    std::int16_t shard;
    Instant accepted_at;
    SealedColumns sealed;  ///< as CommitmentRow::sealed
    Digest content_digest;
    std::optional<std::uint64_t> leaf_index;
    // What the sealed content says too.
    NoticeId notice;
    std::optional<std::string> matter_code;  ///< nothing: there is no such matter
    std::int32_t matter_version;
    std::optional<std::string> accepted_by;  ///< USCC of the organisation; nothing: there is none
    Date made_on;
    std::optional<Date> valid_until;
    std::string committer_kind;
    std::vector<std::uint8_t> committer_index;
    std::optional<std::string> client_reference;
    /// Of the matter's version and the notice; nothing: there are none such.
    std::optional<Digest> matter_digest, notice_digest;
    /// Whether the notice, if it was given to one person, is on record as answered by a promise under it.
    bool notice_answered;
};

/// At most `limit` rows after this key, by key; ("", 0) is before the first.
std::vector<LoggedCommitment> commitments_behind(db::PgSession& db, std::string const& code,
                                                 std::int16_t shard, int limit);

}  // namespace sponsio::store
