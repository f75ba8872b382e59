#pragma once

#include "server/app/label_row.hpp"

#include <array>

namespace sponsio::app {

/// The words of what becomes of a record: objections, repairs, publications.
inline constexpr auto record_labels = std::to_array<LabelRow>({
    {"ObjectionState", "filed", "Filed, the record is marked", "已登记并标注"},
    {"ObjectionState", "proposed", "An answer is proposed", "已提出处理意见"},
    {"ObjectionState", "decided", "Answered", "已作出答复"},
    {"ObjectionState", "under_review", "The answer is reviewed", "复核中"},
    {"ObjectionState", "reviewed", "The answer was upheld", "复核维持"},
    {"ObjectionState", "withdrawn", "Taken back", "已撤回异议"},
    {"ObjectionEvent", "propose", "Propose an answer", "提出处理意见"},
    {"ObjectionEvent", "return_proposal", "Return the proposal", "退回重新核查"},
    {"ObjectionEvent", "decide", "Answer", "作出答复"},
    {"ObjectionEvent", "extend", "Extend the period", "延长期限"},
    {"ObjectionEvent", "seek_review", "Seek a review", "申请复核"},
    {"ObjectionEvent", "uphold_review", "Upheld on review", "复核维持"},
    {"ObjectionEvent", "overturn_review", "Overturned on review", "复核撤销"},
    {"ObjectionEvent", "withdraw", "Take back", "撤回异议"},
    {"ObjectionGround", "fact_wrong", "A fact is wrong", "事实有误"},
    {"ObjectionGround", "wording_wrong", "A wording is wrong", "表述有误"},
    {"ObjectionGround", "missing", "Something is missing", "内容遗漏"},
    {"ObjectionGround", "overdue", "Its time is over", "超过期限"},
    {"ObjectionGround", "wrong_person", "About another person", "并非本人"},
    {"ObjectionChannel", "counter", "At the unit's counter", "本单位窗口"},
    {"ObjectionChannel", "platform", "Forwarded by the platform", "信用平台转交"},
    {"ObjectionOutcome", "correct", "Corrected", "更正"},
    {"ObjectionOutcome", "add", "Added to", "补充"},
    {"ObjectionOutcome", "delete", "Deleted", "删除"},
    {"ObjectionOutcome", "end", "Ended", "终止"},
    {"ObjectionOutcome", "keep", "Kept", "维持"},
    {"", "objection_to_examine", "An objection to examine", "待核查的异议"},
    {"", "objection_to_decide", "An objection to decide", "待决定的异议"},
});

}  // namespace sponsio::app
