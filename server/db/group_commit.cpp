#include "server/db/group_commit.hpp"

namespace sponsio::db::detail {
namespace {

Fault refusal(Problem const& kind, std::string_view cause) {
    Fault f = fault(kind);
    f.retry_after = std::chrono::seconds{1};
    f.cause = cause;
    return f;
}

}  // namespace

Fault too_many_waiting() {
    return refusal(problem::overloaded, "too many are waiting for a group commit");
}

Fault waited_too_long() {
    return refusal(problem::overloaded, "the deadline passed while waiting for a group commit");
}

Fault stopped() {
    return refusal(problem::unavailable, "the group commit is stopping");
}

Fault no_writer() {
    return refusal(problem::unavailable, "this process holds no shard that it may write");
}

Fault spare() {
    return refusal(problem::not_the_writer, why_spare());
}

std::string_view why_spare() {
    return "this process is a spare: another one holds every shard of the log";
}

Fault still_with_the_database() {
    Fault f = refusal(problem::outcome_unknown, "the deadline passed while the batch was with the database");
    f.retry_after = std::chrono::seconds{2};
    return f;
}

Fault wrong_number_of_outcomes() {
    Fault f;
    f.cause = "a group writer answered another number of outcomes than it got items";
    return f;
}

}  // namespace sponsio::db::detail
