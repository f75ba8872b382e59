#pragma once

#include "server/domain/objection.hpp"
#include "server/domain/repair.hpp"
#include "server/domain/stated_period.hpp"

#include <optional>
#include <string>
#include <vector>

/// What the party is handed about its objection or its application for repair: the receipt, and the papers
/// that answer it.
namespace sponsio::domain {

/// That something came in at a unit about a record, and until when it is answered.
struct ReceiptText {
    std::string unit;
    std::string id;      ///< of the objection or the application
    std::string record;  ///< its id
    Date filed_on;
    std::optional<Date> answer_by;  ///< nothing while no calendar covers it
    std::string rule;               ///< of the period, as clocks name it
};

Bilingual compose_objection_receipt(ReceiptText const& about, ObjectionGround ground);
Bilingual compose_repair_receipt(ReceiptText const& about);

/// The facts that all answers state.
struct AnswerText {
    std::string agency;
    std::string number;
    std::string committer;
    std::string id;      ///< of the objection or the application
    std::string record;  ///< its id
    Date filed_on;
    Date made_on;  ///< the day of the paper
    RemediesText remedies;
};

/// 异议处理答复. `reviewable`: the place has a review of the answer.
Bilingual compose_objection_answer(AnswerText const& about, ObjectionGround ground, ObjectionOutcome outcome,
                                   std::string const& reasons, bool reviewable);
/// 信用修复受理通知书: `answer_by` is the last day of the decision, nothing while no calendar covers it.
Bilingual compose_repair_acceptance(AnswerText const& about, std::string const& why,
                                    std::optional<Date> answer_by);
/// 信用修复不予受理通知书, with every condition that did not hold.
Bilingual compose_repair_refusal(AnswerText const& about, std::string const& why,
                                 std::vector<Bilingual> const& unmet);
/// 信用修复决定书, 不予信用修复决定书.
Bilingual compose_repair_answer(AnswerText const& about, RepairDecision const& decision);
/// 撤销信用修复决定书: `barred_until` is the last day on which the subject may not apply.
Bilingual compose_repair_revocation(AnswerText const& about, RepairRevocation const& why,
                                    std::optional<Date> barred_until);

}  // namespace sponsio::domain
