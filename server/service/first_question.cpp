#include "server/service/first_question.hpp"

#include "server/service/unit.hpp"

namespace sponsio::service {

std::optional<store::FirstQuestion> question_for(domain::VerificationPlan const& plan, Instant now) {
    if (plan.mode != domain::VerifyMode::online || plan.department.empty()) return std::nullopt;
    return store::FirstQuestion{new_id<CheckId>(now), plan.department};
}

void FirstQuestions::add(store::TaskToAdd const& task, domain::VerificationPlan const& plan) {
    if (auto const question = question_for(plan, task.created_at))
        of_shard_[task.shard].push_back(
            {question->id, task.id, task.commitment_code, task.organisation, question->department});
}

void FirstQuestions::queue(db::PgSession& db, Instant now) const {
    for (auto const& [shard, checks] : of_shard_) store::queue_checks(db, checks, shard, now);
}

}  // namespace sponsio::service
