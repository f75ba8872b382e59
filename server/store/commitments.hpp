#pragma once

#include "server/db/session.hpp"
#include "server/db/tx.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// The promises: many stored at once by the filing writer, one read at a time.
namespace sponsio::store {

// ---- one at a time
struct CommitmentRow {
    std::int16_t shard;
    std::string code;
    NoticeId notice;
    MatterId matter;
    int matter_version;
    OrganisationId organisation;  ///< the service agency that accepted it
    AccountId filed_by;
    Date made_on;
    std::optional<Date> valid_until;
    Instant accepted_at;
    std::string committer_kind;
    std::vector<std::uint8_t> committer_index;
    SealedColumns sealed;  ///< canonical JSON of domain::CommitmentContent; sealed with content_label(code)
    Digest content_digest;
    domain::CommitmentState state;
    std::optional<std::uint64_t> leaf_index;  ///< in the log of `shard`; nothing: logged as a leaf of its own
};

/// Seal labels (Vault) of a commitment's sealed content.
std::string content_label(std::string const& code);

std::optional<CommitmentRow> commitment_by_code(db::PgSession& db, std::string const& code);
/// The same, locked until the transaction ends.
std::optional<CommitmentRow> lock_commitment(db::PgSession& db, std::string const& code);
/// False if the row was no longer in `from`.
bool set_commitment_state(db::PgSession& db, std::string const& code, std::int16_t shard,
                          domain::CommitmentState from, domain::CommitmentState to);

/// Ends commitments whose last day lies before `today` and that no check has begun on, with their events; at
/// most `limit`, passing over those that others hold. Returns how many.
std::int64_t expire_commitments(db::PgSession& db, Date today, Instant now, int limit);

/// Why a commitment was taken back, in the resident's words (sealed).
void insert_withdrawal(db::PgSession& db, std::string const& code, AccountId recorded_by,
                       SealedColumns const& why, Instant now);

/// The task that watches over a commitment, as far as an answer about the commitment shows it.
struct WatchingTask {
    TaskId id;
    Instant ends;      ///< first instant after the last day
    std::string rule;  ///< clock text
    bool with_filing;  ///< it was made when the commitment was filed
};

std::optional<WatchingTask> task_of_commitment(db::PgSession& db, std::string const& code);

/// A row of a list: no personal data is opened for it.
struct CommitmentSummary {
    std::string code;
    domain::CommitmentState state;
    std::string matter_code;
    int matter_version;
    Date made_on;
    Instant accepted_at;
    std::int64_t position;
};

/// Where a commitment stands in its unit's feed.
struct CommitmentPlace {
    std::int64_t position;
    std::string code;  ///< tells apart those from before there were positions, which have that of their time

    /// The position of one that was accepted then, before there were positions: below all others.
    static std::int64_t of(Instant accepted_at) {
        return accepted_at.time_since_epoch().count() - (std::int64_t{1} << 62);
    }
};

struct CommitmentList {
    OrganisationId organisation;
    std::optional<domain::CommitmentState> state;
    std::optional<CommitmentPlace> after;  ///< of the last row seen
    int limit;
};

/// In the order in which they were numbered; whoever goes on from the last one misses none (store::settled).

std::vector<CommitmentSummary> commitments_after(db::PgSession& db, CommitmentList const& list);

// ---- a batch
/// What a filing needs to know of the notice it answers.
struct FilingNotice {
    NoticeId id;
    OrganisationId organisation;
    MatterId matter;
    int version;
    int newest_version;
    Digest digest;

    bool operator==(FilingNotice const&) const = default;
};

/// A key that was used before, with what came of it.
struct FilingKey {
    AccountId account;
    std::string key;
    Digest request_digest;
    std::string resource;
};

/// Everything one look at the database must tell about a batch before it is stored.
struct FilingContext {
    std::vector<FilingKey> used_keys;
    std::vector<FilingNotice> notices;              ///< by id
    std::vector<std::vector<std::uint8_t>> barred;  ///< committer indexes with a breach on record
};

struct FilingLookup {
    db::Array<AccountId> accounts;
    db::Array<std::string> keys;
    Instant ended_by;  ///< keys first used by then are nobody's any more
    db::Array<NoticeId> notices;
    db::Array<std::vector<std::uint8_t>> committers;
};

/// For a session that only files: every look goes by an index, whatever the planner last heard of a table's
/// size. A plan made when the tables were small, and kept, would read them from end to end ever after.
void prepare_for_filing(db::PgSession& db);

/// Adds the statements that answer it; without one about keys if it names none.
void ask_filing_context(db::Pipeline& pipeline, FilingLookup const& question);
/// Takes their answers; of no answers it makes an empty context.
FilingContext read_filing_context(std::span<db::Rows const> answers);

/// Who made a commitment under a matter.
struct CommitterOfMatter {
    MatterId matter;
    std::vector<std::uint8_t> committer;
    bool operator==(CommitterOfMatter const&) const = default;
};

/// Those of `asked` who have made one before that is covered by checks of first times. One that was
/// withdrawn, perhaps before its check, does not count.
std::vector<CommitterOfMatter> earlier_committers(db::PgSession& db,
                                                  std::span<CommitterOfMatter const> asked);

/// Serials [first, end) of a region's day, taken for good.
struct SerialBlock {
    int first;
    int end;
};

/// At most `wanted` serials; fewer, or none, at the end of a day's 999,999.
SerialBlock take_serials(db::PgSession& db, std::string const& region, Date made_on, int wanted);

/// Numbers the promises of those days on from far above what was taken, everywhere: codes that were given out
/// and lost with their rows are not given out again.
void skip_serials(db::PgSession& db, Date from, Date to);

/// The question to a department that a task begins with.
struct FirstInquiry {
    InquiryId id;
    std::string department;
};

struct NewTask {
    TaskId id;
    OrganisationId organisation;
    std::string mode;
    Instant ends;
    std::string rule;
    std::optional<FirstInquiry> question{};
    std::int16_t inspectors = 1;
    bool first_time = false;  ///< it is made because the committer is new to the matter
};

struct NewCommitment {
    std::string code;
    NoticeId notice;
    MatterId matter;
    int matter_version;
    OrganisationId organisation;
    AccountId filed_by;
    Date made_on;
    std::optional<Date> valid_until;
    std::string committer_kind;
    std::vector<std::uint8_t> committer_index;
    SealedColumns sealed;
    Digest content_digest;
    domain::CommitmentState state;
    std::optional<std::string> coverage;  ///< nothing: not left to chance, a first time or a clue
    std::optional<NewTask> task;
    std::string key;
    Digest request_digest;
    std::uint64_t leaf_index;
};

/// Commitments, their tasks, events and idempotency keys. DbError of kind unique on idempotency_key_pkey if
/// another writer was faster with one of the keys.
void add_commitments(db::Pipeline& pipeline, std::span<NewCommitment const> batch, std::int16_t shard,
                     Instant now);

}  // namespace sponsio::store
