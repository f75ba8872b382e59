#include "server/service/tasks/first_inquiry.hpp"

#include "server/service/unit/transaction.hpp"

namespace sponsio::service {

std::optional<store::FirstInquiry> question_for(domain::VerificationPlan const& plan, Instant now) {
    if (plan.mode != domain::VerifyMode::online || plan.department.empty()) return std::nullopt;
    return store::FirstInquiry{new_id<InquiryId>(now), plan.department};
}

void FirstInquiries::add(store::TaskToAdd const& task, domain::VerificationPlan const& plan) {
    if (auto const question = question_for(plan, task.created_at))
        of_shard_[task.shard].push_back(
            {question->id, task.id, task.commitment_code, task.organisation, question->department});
}

void FirstInquiries::queue(db::PgSession& db, Instant now) const {
    for (auto const& [shard, checks] : of_shard_) store::queue_inquiries(db, checks, shard, now);
}

}  // namespace sponsio::service
