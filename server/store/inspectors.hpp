#pragma once

#include "server/store/tasks.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// The inspectors in the seats of verification tasks, present and past. Changed only under lock_task().
namespace sponsio::store {

enum class SeatedBy { claim, draw, reassign };
enum class LeftBecause { recused, handed_back, reassigned, account_closed };

constexpr auto words_of(SeatedBy) {
    using enum SeatedBy;
    return std::to_array<domain::Word<SeatedBy>>({{claim, "claim"}, {draw, "draw"}, {reassign, "reassign"}});
}

constexpr auto words_of(LeftBecause) {
    using enum LeftBecause;
    return std::to_array<domain::Word<LeftBecause>>({{recused, "recused"},
                                                     {handed_back, "handed_back"},
                                                     {reassigned, "reassigned"},
                                                     {account_closed, "account_closed"}});
}

struct InspectorRow {
    std::int64_t place;
    TaskId task;
    int seat;  ///< 1 leads
    AccountId account;
    std::optional<std::string> ref;  ///< the pseudonym in the draw
    Instant assigned_at;
    SeatedBy how;
    std::optional<Instant> left_at;
    std::optional<LeftBecause> left_why;
    std::optional<Instant> signed_off_at;

    [[nodiscard]] bool sits() const { return !left_at; }
};

/// All inspectors who ever sat in a seat of the task, oldest first.
std::vector<InspectorRow> inspectors_of(db::PgSession& db, TaskId task);
std::multimap<TaskId, InspectorRow> inspectors_of(db::PgSession& db, std::span<TaskId const> tasks);

void seat_inspector(db::PgSession& db, TaskRow const& task, Seating const& who, SeatedBy how, Instant now);
void unseat_inspector(db::PgSession& db, std::int64_t place, LeftBecause why, Instant now);
void sign_off(db::PgSession& db, std::int64_t place, Instant now);
/// Deletes the sign-offs of a conclusion that was set aside.
void forget_sign_offs(db::PgSession& db, TaskId task);

/// The open tasks in which this account has a seat, by id, locked until the transaction ends.
std::vector<TaskRow> lock_tasks_of_inspector(db::PgSession& db, AccountId account);

}  // namespace sponsio::store
