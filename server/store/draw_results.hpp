#pragma once

#include "server/db/session.hpp"
#include "server/domain/draw.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/store/sealed.hpp"

#include <span>
#include <string>
#include <utility>
#include <vector>

/// The results of a draw: objects, statements, recusals, and the outcomes of the verification tasks.
namespace sponsio::store {

/// The commitment behind an object, in its state when the draw is revealed.
struct DrawnCommitment {
    std::int16_t shard;
    std::int64_t leaf;
    std::string code;
    MatterId matter;
    int version;
    domain::CommitmentState state;
    bool open_task = false;
};

/// The commitments at these places of the log, of these agencies and matters, locked for the transaction.
std::vector<DrawnCommitment> lock_drawn(db::PgSession& db,
                                        std::vector<std::pair<std::int16_t, std::int64_t>> const& places,
                                        std::vector<OrganisationId> const& agencies,
                                        std::vector<MatterId> const& matters);

/// The reason why a drawn commitment gets no task.
enum class NotChecked { not_effective, open_task };

constexpr auto words_of(NotChecked) {
    using enum NotChecked;
    return std::to_array<domain::Word<NotChecked>>(
        {{not_effective, "not_effective"}, {open_task, "open_task"}});
}

struct DrawObject {
    std::string object;  ///< "<shard>/<leaf>"
    std::string stratum;
    Digest ticket;
    std::vector<std::string> barred;
    std::string commitment_code;
    std::optional<TaskId> task;
    std::optional<NotChecked> set_aside;
    std::optional<Digest> lot{};            ///< what the result calls it; nothing in version 1 of the draw
    std::optional<Digest> repeated_root{};  ///< what its lots come from, where the statement says so
};

/// Inserts the objects, in the order of the statement.
void insert_objects(db::PgSession& db, DrawId draw, std::span<DrawObject const> objects);
std::vector<DrawObject> objects_of(db::PgSession& db, DrawId draw);
/// The object of a task.
std::optional<std::string> object_of_task(db::PgSession& db, DrawId draw, TaskId task);

/// An inspector who left the inspection of an object for good.
struct DrawRecusal {
    std::string object;
    std::string ref;
};

/// The recusals, in order.
std::vector<DrawRecusal> recusals_of(db::PgSession& db, DrawId draw);
void insert_recusal(db::PgSession& db, DrawId draw, int serial, DrawRecusal const& recusal, Instant now);

/// A seat that a supervisor gave to another inspector.
struct DrawReassignment {
    std::string object;
    int seat;                        ///< counted from 1
    std::optional<std::string> ref;  ///< the inspector drawn for it
};

/// The reassignments, in order.
std::vector<DrawReassignment> reassignments_of(db::PgSession& db, DrawId draw);
void add_reassignment(db::PgSession& db, DrawId draw, DrawReassignment const& seat, Instant now);

struct DrawStatement {
    int revision;
    std::string document;
};

void insert_statement(db::PgSession& db, DrawId draw, DrawStatement const& statement, Instant now);
/// The newest statement of at most that revision.
std::optional<DrawStatement> statement_of(db::PgSession& db, DrawId draw, int revision);
/// The newest revision; 0 if there is none.
int newest_revision(db::PgSession& db, DrawId draw);

/// The outcomes of the objects of a stratum.
struct StratumOutcome {
    std::string stratum;
    std::int64_t drawn = 0;
    std::int64_t open = 0;  ///< its task is not finished
    std::int64_t consistent = 0;
    std::int64_t inconsistent = 0;
    std::int64_t cannot_verify = 0;
    std::int64_t non_cooperation = 0;
    std::int64_t set_aside = 0;  ///< without a task: withdrawn, or in an open task already
};

std::vector<StratumOutcome> outcomes_of(db::PgSession& db, DrawId draw);

}  // namespace sponsio::store
