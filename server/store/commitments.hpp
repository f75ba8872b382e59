#pragma once

#include "server/db/session.hpp"
#include "server/db/tx.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/store/sealed.hpp"
#include "server/store/tasks.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// Commitments: stored in batches by the filing writer, read one at a time.
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

/// From the columns of CommitmentRow in their order; a sealed value takes three.
CommitmentRow commitment_at(db::Rows::Row const& row);

/// The seal label (Vault) of a commitment's sealed content.
std::string content_label(std::string const& code);

std::optional<CommitmentRow> commitment_by_code(db::PgSession& db, std::string const& code);
/// The commitment, locked until the transaction ends.
std::optional<CommitmentRow> lock_commitment(db::PgSession& db, std::string const& code);
/// False if the row was no longer in `from`.
bool set_commitment_state(db::PgSession& db, std::string const& code, std::int16_t shard,
                          domain::CommitmentState from, domain::CommitmentState to);

/// Expires commitments whose last day lies before `today` and whose verification has not begun, with their
/// events; at most `limit`, passing over rows that others hold. Returns their number.
std::int64_t expire_commitments(db::PgSession& db, Date today, Instant now, int limit);

/// The verification task of a commitment, as far as an answer about the commitment shows it.
struct WatchingTask {
    TaskId id;
    TaskEnd end;
    Instant from;      ///< when its period began
    bool with_filing;  ///< it was made when the commitment was filed
};

std::optional<WatchingTask> task_of_commitment(db::PgSession& db, std::string const& code);

/// A row of a list; it needs no personal data to be decrypted.
struct CommitmentSummary {
    std::string code;
    domain::CommitmentState state;
    std::string matter_code;
    int matter_version;
    Date made_on;
    Instant accepted_at;
    std::int64_t position;
    std::optional<std::string> client_reference;
};

/// A commitment's position in its unit's feed.
struct CommitmentPlace {
    std::int64_t position;
    std::string code;  ///< tells apart those from before there were positions, which have that of their time

    /// The position of a commitment accepted before positions existed: below all others.
    static std::int64_t of(Instant accepted_at) {
        return accepted_at.time_since_epoch().count() - (std::int64_t{1} << 62);
    }
};

struct CommitmentList {
    OrganisationId organisation;
    std::optional<domain::CommitmentState> state;
    std::optional<CommitmentPlace> after;  ///< of the last row seen
    int limit;
    std::optional<std::string> client_reference{};  ///< the filer's own; commitment_by_reference
};

/// Rows in the order of their positions; a reader that goes on from the last one misses none
/// (store::settled).

std::vector<CommitmentSummary> commitments_after(db::PgSession& db, CommitmentList const& list);

/// The organisation's commitment with that reference of its own.
std::optional<CommitmentSummary> commitment_by_reference(db::PgSession& db, OrganisationId organisation,
                                                         std::string const& client_reference);

// ---- a batch
/// The facts of the notice that a filing answers.
struct FilingNotice {
    NoticeId id;
    OrganisationId organisation;
    MatterId matter;
    int version;
    int newest_version;
    Digest digest;
    Instant issued_at;
    std::optional<std::vector<std::uint8_t>> document_index{};  ///< of the one person that it was given to
    std::optional<SealedColumns> known_by_name{};  ///< the one person, without a document: Notice::given_to
    bool answered = false;                         ///< the one person promised under it

    /// Given to one person, who answers it once.
    [[nodiscard]] bool personal() const { return document_index || known_by_name; }

    /// Of a notice all but the newest version of its matter stays as it was given.
    friend bool operator==(FilingNotice const& a, FilingNotice const& b) {
        return a.id == b.id && a.newest_version == b.newest_version;
    }
};

/// A used key and its result.
struct FilingKey {
    AccountId account;
    std::string key;
    Digest request_digest;
    std::string resource;
};

/// A reference that an organisation used, and the commitment that has it.
struct FilingReference {
    OrganisationId organisation;
    std::string reference;
    std::string code;
};

/// A breach on record of a committer: what was found. Nothing where a finding is not known.
struct Breach {
    std::vector<std::uint8_t> committer;
    std::optional<domain::FindingKind> kind;
    std::optional<domain::Severity> severity;
};

/// The answers of the one look at the database that precedes storing a batch.
struct FilingContext {
    std::vector<FilingKey> used_keys;
    std::vector<FilingReference> used_references;
    std::vector<FilingNotice> notices;  ///< by id
    std::vector<Breach> breaches;       ///< on record, of these committers
};

struct FilingLookup {
    db::Array<AccountId> accounts;
    db::Array<std::string> keys;
    db::Array<OrganisationId> organisations;
    db::Array<std::string> references;
    Instant ended_by;  ///< keys first used by then are nobody's any more
    db::Array<NoticeId> notices;
    db::Array<std::vector<std::uint8_t>> committers;
};

/// Sets up a session that only files: every lookup uses an index, whatever the statistics say. A cached plan
/// made when the tables were small would scan them for ever.
void prepare_for_filing(db::PgSession& db);

/// The breaches on record of a committer that are not repaired.
std::vector<Breach> breaches_of(db::PgSession& db, std::vector<std::uint8_t> const& committer_index);

/// Those of an organisation's references that are used already.
std::vector<FilingReference> used_references(db::PgSession& db, OrganisationId organisation,
                                             std::span<std::string const> references);

/// Adds the statements for the lookup; without keys, no statement about keys and references.
void ask_filing_context(db::Pipeline& pipeline, FilingLookup const& question);
/// Reads their answers; without answers, the context is empty.
FilingContext read_filing_context(std::span<db::Rows const> answers);

/// A committer under a matter.
struct CommitterOfMatter {
    MatterId matter;
    std::vector<std::uint8_t> committer;
    bool operator==(CommitterOfMatter const&) const = default;
};

/// The members of `asked` with an earlier commitment that a first-time verification covers. A withdrawn
/// commitment, perhaps never verified, does not count.
std::vector<CommitterOfMatter> earlier_committers(db::PgSession& db,
                                                  std::span<CommitterOfMatter const> asked);

/// Serials [first, end) of a region's day, allocated for good.
struct SerialBlock {
    int first;
    int end;
};

/// Allocates at most `wanted` serials; fewer, or none, at the end of a day's 999,999.
SerialBlock take_serials(db::PgSession& db, std::string const& region, Date made_on, int wanted);

/// Moves the next serials of those days, in every region, far above those allocated: codes that were given
/// out and lost with their rows are not given out again.
void skip_serials(db::PgSession& db, Date from, Date to);

/// The inquiry to a department with which a task begins.
struct FirstInquiry {
    InquiryId id;
    std::string department;
};

struct NewTask {
    TaskId id;
    OrganisationId organisation;
    std::string mode;
    TaskEnd end;
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
    std::vector<std::uint8_t> name_index;
    SealedColumns sealed;
    Digest content_digest;
    domain::CommitmentState state;
    std::optional<std::string> coverage;  ///< nothing: not left to chance, a first time or a clue
    std::optional<NewTask> task;
    std::string key;
    Digest request_digest;
    std::uint64_t leaf_index;
    std::optional<std::string> client_reference{};
    std::optional<std::string> why{};  ///< of its event
    bool answers_notice = false;       ///< that was given to the committer alone
};

/// Adds commitments, their tasks, events and idempotency keys. Throws DbError of kind unique on
/// idempotency_key_pkey if another writer used one of the keys first, on `client_reference_key` if a
/// reference was used before, on `answered_notice_key` if a notice that was given to one person was answered.
inline constexpr std::string_view answered_notice_key = "notice_answer_pkey";
inline constexpr std::string_view client_reference_key = "commitment_client_reference_key";
void add_commitments(db::Pipeline& pipeline, std::span<NewCommitment const> batch, std::int16_t shard,
                     Instant now);

}  // namespace sponsio::store
