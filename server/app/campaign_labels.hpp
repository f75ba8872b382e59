#pragma once

#include "server/app/label_row.hpp"

#include <array>

namespace sponsio::app {

/// The words of campaigns against proofs that may not be demanded, and of the lists that name these.
inline constexpr auto campaign_labels = std::to_array<LabelRow>({
    {"ProofDisposition", "issue", "A committee issues it", "可以出具"},
    {"ProofDisposition", "not_issue", "Not to be issued", "不应出具"},
    {"ProofDisposition", "share", "Learned by data sharing", "数据共享核验"},
    {"ProofDisposition", "commit", "A written promise takes its place", "告知承诺代替"},
    {"ItemChange", "added", "Added", "新增"},
    {"ItemChange", "removed", "Removed", "移除"},
    {"ItemChange", "changed", "Changed", "变更"},
    {"CampaignState", "drafted", "Drafted, to be opened", "已拟订待启动"},
    {"CampaignState", "opened", "Opened", "治理中"},
    {"CampaignState", "result_proposed", "Result proposed, to be decided", "已提出治理结果待决定"},
    {"CampaignState", "closed", "Closed with its result", "已结束并形成治理结果"},
    {"CampaignState", "withdrawn", "Withdrawn", "已撤回"},
    {"CampaignEvent", "open", "Open it", "启动"},
    {"CampaignEvent", "propose_result", "Propose the result", "提出治理结果"},
    {"CampaignEvent", "return_result", "Return the result", "退回治理结果"},
    {"CampaignEvent", "close", "Close it", "结束"},
    {"CampaignEvent", "withdraw", "Withdraw it", "撤回"},
    {"CampaignTaskKind", "count_before", "Count before", "治理前摸底统计"},
    {"CampaignTaskKind", "clean_up", "Clean up", "清理整治"},
    {"CampaignTaskKind", "count_after", "Count after", "治理后统计"},
    {"CampaignTaskState", "assigned", "Assigned", "待报送"},
    {"CampaignTaskState", "reported", "Reported, to be accepted", "已报送待验收"},
    {"CampaignTaskState", "accepted", "Accepted", "已验收"},
    {"CampaignTaskEvent", "report", "Report it", "报送"},
    {"CampaignTaskEvent", "return_report", "Return the report", "退回"},
    {"CampaignTaskEvent", "accept", "Accept it", "验收"},
    {"CountedAs", "issued", "Issued by a committee", "基层组织出具"},
    {"CountedAs", "demanded", "Demanded by a unit", "单位索要"},
    {"", "campaign_to_open", "A campaign to open", "待启动的专项治理"},
    {"", "campaign_to_conclude", "A campaign whose result is to be proposed", "待提出治理结果的专项治理"},
    {"", "campaign_to_decide", "A campaign whose result is to be decided", "待决定治理结果的专项治理"},
    {"", "campaign_task_to_report", "A campaign task to report", "待报送的专项治理任务"},
    {"", "campaign_task_to_accept", "A campaign task to accept", "待验收的专项治理任务"},
});

}  // namespace sponsio::app
