#pragma once

#include "server/db/session.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/domain/report.hpp"
#include "server/store/sealed.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Reports to the sharing platform: one row for each attempt to report a record, gathered in batches whose
/// exact bytes are stored before they are sent for the first time.
namespace sponsio::store {

using Bytes = std::vector<std::uint8_t>;

// --------------------------------------------------------------------------------------------------- records
struct ReportRow {
    std::string record_no;
    RecordId record;
    int attempt;
    OrganisationId organisation;    ///< the reporting unit
    SealedColumns line;             ///< the canonical JSON line; sealed with report_label(record_no)
    std::optional<Bytes> why;       ///< under the line's data key: why it was corrected
    std::optional<Instant> due_at;  ///< first instant after the last day; nothing where no calendar knows it
    std::string rule;               ///< clock text
    Instant created_at;
    std::optional<AccountId> created_by;  ///< who corrected it; nobody for the first attempt
    std::optional<std::string> batch_no{};
    std::optional<Bytes> errors{};  ///< under the line's data key: what the platform said against it
    domain::SubmissionState state = domain::SubmissionState::queued;
    domain::ReportOp op = domain::ReportOp::add;
};

std::string report_label(std::string const& record_no);

/// Throws DbError unique on the attempt's key, while another attempt with
/// that number is there.
void insert(db::PgSession& db, ReportRow const& row);
void insert(db::PgSession& db, std::span<ReportRow const> rows);
/// A row, locked until the transaction ends.
std::optional<ReportRow> lock_report(db::PgSession& db, std::string const& record_no);
/// All that was ever reported of a record, locked, by attempt.
std::vector<ReportRow> lock_reports_of(db::PgSession& db, RecordId record);
/// The organisation whose report has waited longest, among reports whose record is in the log and that nobody
/// else is gathering.
std::optional<OrganisationId> organisation_waiting(db::PgSession& db);
/// Locks the waiting reports of one organisation, oldest first, passing over reports that others hold, whose
/// record is not in the log yet, or of whose record an earlier report has no answer yet.
std::vector<ReportRow> lock_waiting(db::PgSession& db, OrganisationId organisation, int limit);

/// Rejects a waiting report that cannot be sent, without a batch.
void hold(db::PgSession& db, std::string const& record_no);

/// A page of a list, oldest first.
struct Span {
    std::optional<std::vector<OrganisationId>> of;         ///< only theirs; nothing: everybody's
    std::optional<std::pair<Instant, std::string>> after;  ///< created_at and number of the last one seen
    int limit;
};

/// Reports rejected by our own validation, which no batch contains.
std::vector<ReportRow> reports_held(db::PgSession& db, Span const& span);
std::vector<ReportRow> reports_of_batch(db::PgSession& db, std::string const& batch_no);

// --------------------------------------------------------------------------------------------------- batches
struct BatchRow {
    std::string batch_no;
    OrganisationId organisation;
    std::string organisation_uscc{};  ///< when read
    std::string manifest;
    SealedColumns records;  ///< the lines; sealed with batch_label(batch_no)
    int record_count;
    std::string kid;
    std::optional<Bytes> signature{};
    Instant created_at;
    int attempts = 0;
    Instant next_try_at;
    std::optional<std::string> last_error{};
    domain::BatchState state = domain::BatchState::queued;
    std::optional<Bytes> answer{};  ///< under the records' data key
    std::optional<Instant> answered_at{};
};

std::string batch_label(std::string const& batch_no);
std::string answer_label(std::string const& batch_no);

/// The next serial of an organisation's day, 1 to 999,999, under a lock until the transaction ends.
std::optional<int> take_batch_serial(db::PgSession& db, OrganisationId organisation, Date made_on);
/// Stores the batch and puts these waiting reports into it. False if one of them no longer waits.
bool insert(db::PgSession& db, BatchRow const& batch, std::vector<std::string> const& record_nos);

/// A batch without a signature, locked, passing over batches that others hold.
std::optional<BatchRow> lock_unsigned(db::PgSession& db);
/// Replaces the manifest before it is signed, to name another key.
void restate(db::PgSession& db, std::string const& batch_no, std::string const& manifest,
             std::string const& kid);
void set_signature(db::PgSession& db, std::string const& batch_no, Bytes const& signature);

/// The signed batch that has been due longest, locked, passing over batches that others hold.
std::optional<BatchRow> lock_due_batch(db::PgSession& db, Instant now);
/// Takes a locked batch into work: counts the attempt, and keeps other workers off it before `until`.
void take_into_work(db::PgSession& db, std::string const& batch_no, domain::BatchState state, Instant until);
/// The sealed parts can be large; `head` leaves them out.
enum class Content { head, whole };
std::optional<BatchRow> batch_by_no(db::PgSession& db, std::string const& batch_no, Content content);
/// The whole batch, locked, if `attempt` is still its last attempt; nothing if there was another since.
std::optional<BatchRow> lock_attempt(db::PgSession& db, std::string const& batch_no, int attempt);
void put_back(db::PgSession& db, std::string const& batch_no, domain::BatchState state, Instant next_try_at,
              std::string_view last_error);
void set_answer(db::PgSession& db, std::string const& batch_no, Bytes const& answer, Instant now);

/// The batch without its large parts, locked.
std::optional<BatchRow> lock_batch(db::PgSession& db, std::string const& batch_no);
/// Makes a locked batch due at that time; its state and its attempts stay.
void try_at(db::PgSession& db, std::string const& batch_no, Instant at);

/// One attempt to deliver a batch, or to ask what became of it, and what came back. Append-only.
struct ExchangeRow {
    std::string batch_no;
    std::int32_t attempt;
    Instant at;
    std::string method;   ///< PUT or GET
    std::string outcome;  ///< client::name of the reply's kind
    std::optional<std::string> cause;
    std::optional<std::int32_t> status;
    std::optional<std::string> content_type;
    /// Under the records' data key, cut to a limit; nothing where none came, or where it is the batch's
    /// answer.
    std::optional<Bytes> body;
    bool truncated;
};

std::string exchange_label(std::string const& batch_no, std::int32_t attempt);
void insert(db::PgSession& db, ExchangeRow const& row);
/// The newest exchanges about a batch, oldest first.
std::vector<ExchangeRow> exchanges_of(db::PgSession& db, std::string const& batch_no, int most);

struct Verdict {
    std::string record_no;
    domain::SubmissionState state;  ///< accepted or rejected
    std::optional<Bytes> errors{};
};

/// Returns the number of reports of that batch that got a verdict.
std::int64_t set_verdicts(db::PgSession& db, std::string const& batch_no, std::span<Verdict const> verdicts);

/// Appends an event for the same transition of each report.
void append_events(db::PgSession& db, std::span<std::string const> record_nos, domain::SubmissionState from,
                   domain::SubmissionEvent event, domain::SubmissionState to, Instant now);

struct BatchSummary {
    std::string batch_no;
    std::string organisation_uscc;
    domain::BatchState state;
    int attempts;
    int record_count;
    Instant created_at;
    std::optional<Instant> answered_at;
    std::int64_t position = 0;  ///< in the feed of batches
};

/// The batches of these organisations after the position, oldest first; a reader that goes on from the last
/// one misses none (store::settled).
std::vector<BatchSummary> batches_after(db::PgSession& db,
                                        std::optional<std::vector<OrganisationId>> const& of,
                                        std::int64_t position, int limit);
/// Nothing if there is no such batch.
std::optional<std::int64_t> batch_position(db::PgSession& db, std::string const& batch_no);

/// The numbers of waiting reports and batches, for the gauges.
struct Outbox {
    std::int64_t reports_queued = 0;
    std::int64_t batches_queued = 0;
    std::int64_t batches_sent = 0;
    std::int64_t batches_unknown = 0;
    std::optional<Instant> oldest{};  ///< when the oldest report that is not answered was made
};

Outbox outbox(db::PgSession& db);

}  // namespace sponsio::store
