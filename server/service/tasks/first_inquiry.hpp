#pragma once

#include "server/domain/matter.hpp"
#include "server/store/commitments.hpp"
#include "server/store/inquiries.hpp"
#include "server/store/tasks.hpp"

#include <map>
#include <optional>
#include <vector>

/// Inquiries to departments that are made before a person looks at a task.
namespace sponsio::service {

/// The inquiry with which a task begins; nothing if the matter names no department.
std::optional<store::FirstInquiry> question_for(domain::VerificationPlan const& plan, Instant now);

/// The first inquiries of tasks that a draw or a clue makes; filing stores its own with its batch.
class FirstInquiries {
  public:
    /// Adds the inquiry for a task under that plan, if the plan has one.
    void add(store::TaskToAdd const& task, domain::VerificationPlan const& plan);
    /// To be called in the transaction that adds the tasks, after them.
    void queue(db::PgSession& db, Instant now) const;

  private:
    std::map<std::int16_t, std::vector<store::NewInquiry>> of_shard_;
};

}  // namespace sponsio::service
