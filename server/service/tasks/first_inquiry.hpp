#pragma once

#include "server/domain/matter.hpp"
#include "server/store/commitments.hpp"
#include "server/store/inquiries.hpp"
#include "server/store/tasks.hpp"

#include <map>
#include <optional>
#include <vector>

/// What departments are asked about a check before any person looks at it.
namespace sponsio::service {

/// The question with which a check begins; nothing where the matter names no department.
std::optional<store::FirstInquiry> question_for(domain::VerificationPlan const& plan, Instant now);

/// The first questions of checks that a draw or a clue makes; filing stores its own with its batch.
class FirstInquiries {
  public:
    /// Of a check made under that plan, if there is one.
    void add(store::TaskToAdd const& task, domain::VerificationPlan const& plan);
    /// In the transaction that adds the checks, after them.
    void queue(db::PgSession& db, Instant now) const;

  private:
    std::map<std::int16_t, std::vector<store::NewInquiry>> of_shard_;
};

}  // namespace sponsio::service
