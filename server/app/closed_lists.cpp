#include "server/app/closed_lists.hpp"

#include "crypto/log/entry.hpp"
#include "server/api/sheet_row.hpp"
#include "server/client/breaker.hpp"
#include "server/client/platform_client.hpp"
#include "server/domain/actor.hpp"
#include "server/domain/assessment.hpp"
#include "server/domain/batch.hpp"
#include "server/domain/campaign.hpp"
#include "server/domain/catalogue.hpp"
#include "server/domain/commitment.hpp"
#include "server/domain/eligibility.hpp"
#include "server/domain/exposure.hpp"
#include "server/domain/finding.hpp"
#include "server/domain/hearing.hpp"
#include "server/domain/knowledge.hpp"
#include "server/domain/lifecycles.hpp"
#include "server/domain/listing.hpp"
#include "server/domain/notice.hpp"
#include "server/domain/organisation.hpp"
#include "server/domain/publicity.hpp"
#include "server/domain/rectification.hpp"
#include "server/domain/removal.hpp"
#include "server/domain/report.hpp"
#include "server/domain/road.hpp"
#include "server/domain/term_index.hpp"
#include "server/domain/work_kind.hpp"
#include "server/service/departments/assist_service.hpp"
#include "server/service/findings/case.hpp"
#include "server/service/log/service.hpp"
#include "server/service/records/service.hpp"
#include "server/service/search/service.hpp"
#include "server/service/tasks/absence_service.hpp"
#include "server/service/tasks/clue_steps.hpp"
#include "server/service/tasks/queue.hpp"
#include "server/store/account_changes.hpp"
#include "server/store/documents.hpp"
#include "server/store/draw_results.hpp"
#include "server/store/fixed_names.hpp"
#include "server/store/inspectors.hpp"
#include "server/store/task_requests.hpp"

#include <utility>

namespace sponsio::app {
namespace {

class Lists {
  public:
    template <class Enum>
    void add(std::string_view name, char const* en, char const* zh) {
        std::vector<std::string_view> list;
        for (auto const& row : domain::words<Enum>) list.push_back(row.text);
        add(name, en, zh, std::move(list));
    }

    void add(std::string_view name, char const* en, char const* zh, std::vector<std::string_view> list) {
        all.push_back({name, {.en = en, .zh = zh}, std::move(list)});
    }

    std::vector<ClosedList> all;
};

void add_people(Lists& lists) {
    using namespace domain;
    lists.add<OrganisationKind>("OrganisationKind", "Kinds of organisations", "单位类别");
    lists.add<Role>("Role", "Roles of an account", "账号角色");
    lists.add<Purpose>("Purpose", "What personal data are looked at for", "查询目的");
    lists.add<GrantState>("GrantState", "States of a grant", "授权状态");
    lists.add<GrantEvent>("GrantEvent", "Events of a grant", "授权事件");
    lists.add<SubscriptionState>("SubscriptionState", "States of a subscription", "订阅状态");
    lists.add<SignatureScheme>("SignatureScheme", "How messages to receivers are signed", "推送签名方式");
    lists.add<SubscriptionEvent>("SubscriptionEvent", "Events of a subscription", "订阅事件");
    lists.add<DeliveryKind>("DeliveryKind", "What a message to a receiver is about", "推送事项");
    lists.add<DeliveryState>("DeliveryState", "States of a message to a receiver", "推送状态");
    lists.add<Indicator>("Indicator", "Figures of an assessment", "评估指标");
    lists.add<FigureLevel>("FigureLevel", "What a figure takes together", "评估数值的汇总层级");
    lists.add<ErasurePart>("ErasurePart", "What an erasure takes", "销毁范围");
    lists.add<ErasureReason>("ErasureReason", "Reasons of an erasure", "销毁事由");
    lists.add<ErasureState>("ErasureState", "States of an erasure", "销毁状态");
    lists.add<ErasureEvent>("ErasureEvent", "Events of an erasure", "销毁事件");
    lists.add<store::AccountField>("AccountField", "What changes about an account", "账号变更事项");
    lists.add<ActorKind>("ActorKind", "Who acts", "行为人类别");
    lists.add<CommitterKind>("CommitterKind", "Kinds of committers", "承诺人类别");
    lists.add<DocumentType>("DocumentType", "Documents that say who a committer is", "证件类型");
    lists.add<CreditCodeState>("CreditCodeState", "States of a credit code that an organisation vouches for",
                               "登记代码状态");
    lists.add<CreditCodeEvent>("CreditCodeEvent", "Events of a credit code that an organisation vouches for",
                               "登记代码事件");
    lists.add<Language>("Language", "Languages of a search", "检索语言");
}

void add_matters(Lists& lists) {
    using namespace domain;
    lists.add<ProofDisposition>("ProofDisposition", "What becomes of a proof on a list",
                                "证明事项的处理方式");
    lists.add<ItemChange>("ItemChange", "What became of an item between two versions of its list",
                          "清单版本间的变化");
    lists.add<WayKind>("WayKind", "Ways to learn what a proof would say", "替代取得证明的方式");
    lists.add<ActionKind>("ActionKind", "Kinds of matters", "事项类型");
    lists.add<Level>("Level", "Levels of government", "层级");
    lists.add<MatterProposalState>(
        "MatterProposalState", "States of a version that a second person decides about", "事项版本提议状态");
    lists.add<MatterProposalEvent>(
        "MatterProposalEvent", "Events of a version that a second person decides about", "事项版本提议事件");
    lists.add<VerifyMode>("VerifyMode", "Ways to verify", "核查方式");
    lists.add<DayKind>("DayKind", "How days are counted", "期限计算方式");
    lists.add<Coverage>("Coverage", "Which commitments are checked", "核查范围");
    lists.add<MatterClass>("MatterClass", "Classes of matters in a draw", "抽查事项分类");
    lists.add<PublicationType>("PublicationType", "How public a matter is", "公开类型");
    lists.add<CommitmentType>("CommitmentType", "Types of commitments", "承诺类型");
    lists.add<NoticePoint>("NoticePoint", "What a notice must say", "告知书法定内容");
    lists.add<NoticeChannel>("NoticeChannel", "Where a notice is given", "告知渠道");
    lists.add<NoticeLanguage>("NoticeLanguage", "Languages of a notice", "告知书语言");
    lists.add<NoticeRecipient>("NoticeRecipient", "To whom a notice is given", "告知对象");
    lists.add<Obstacle>("Obstacle", "What stands in the way of a promise", "不适用告知承诺的情形");
    lists.add<QuestionKind>("QuestionKind", "How somebody asks about a person without filing",
                            "承诺资格查询方式");
}

void add_commitments(Lists& lists) {
    using namespace domain;
    lists.add<CommitmentState>("CommitmentState", "States of a commitment", "承诺状态");
    lists.add<CommitmentEvent>("CommitmentEvent", "Events of a commitment", "承诺事件");
    lists.add<IdentityCheck>("IdentityCheck", "How it was made sure who promises", "身份核验方式");
    lists.add<AssentKind>("AssentKind", "Kinds of assent", "签署方式");
    lists.add<AssentState>("AssentState", "What shows that the committer promised", "签署状态");
    lists.add<WithdrawalState>("WithdrawalState", "States of a request to withdraw", "撤回申请状态");
    lists.add<WithdrawalEvent>("WithdrawalEvent", "Events of a request to withdraw", "撤回申请事件");
    lists.add<Performance>("Performance", "How far a commitment was kept", "履行情况");
    lists.add<RectificationOutcome>("RectificationOutcome", "Outcomes of a rectification", "整改结果");
    lists.add<api::SheetMend>("SheetMend", "What is mended in a cell of a table", "表格单元格自动修正");
}

void add_tasks(Lists& lists) {
    using namespace domain;
    lists.add<TaskState>("TaskState", "States of a verification task", "核查任务状态");
    lists.add<TaskEvent>("TaskEvent", "Events of a verification task", "核查任务事件");
    lists.add<TaskSource>("TaskSource", "What made a task", "核查任务来源");
    lists.add<service::ClueSource>("ClueSource", "Sources of a clue", "线索来源");
    lists.add<TaskReason>("TaskReason", "Why a task is in the queue", "任务在办原因");
    lists.add<service::Pressing>("Pressing", "Queues by urgency", "紧急程度");
    lists.add<CheckResult>("CheckResult", "Results of a check", "核查结论");
    lists.add<EvidenceKind>("EvidenceKind", "Kinds of evidence", "证据种类");
    lists.add<store::SeatedBy>("SeatedBy", "How an inspector got a seat", "核查人员产生方式");
    lists.add<store::LeftBecause>("LeftBecause", "Why an inspector left a seat", "核查人员退出原因");
    lists.add<store::NoteKind>("NoteKind", "Kinds of notes on a task", "任务记事类型");
    lists.add<store::SetAside>("SetAside", "Why a conclusion was set aside", "结论撤销原因");
    lists.add<RecusalState>("RecusalState", "States of a recusal", "回避状态");
    lists.add<RecusalEvent>("RecusalEvent", "Events of a recusal", "回避事件");
    lists.add<ReopeningState>("ReopeningState", "States of a reopening", "重新核查状态");
    lists.add<ReopeningEvent>("ReopeningEvent", "Events of a reopening", "重新核查事件");
    lists.add<RetractionState>("RetractionState", "States of a retraction", "撤回结论申请状态");
    lists.add<RetractionEvent>("RetractionEvent", "Events of a retraction", "撤回结论申请事件");
    lists.add<InspectionState>("InspectionState", "States of an inspection of an enterprise",
                               "涉企行政检查状态");
    lists.add<InspectionEvent>("InspectionEvent", "Events of an inspection of an enterprise",
                               "涉企行政检查事件");
    lists.add<service::AbsenceState>("AbsenceState", "States of an absence", "不在岗状态");
    lists.add<ConflictKind>("ConflictKind", "Kinds of conflicts of interest", "利害关系类型");
    lists.add<WorkKind>("WorkKind", "What waits for an official", "待办事项类别");
    lists.add<service::FoundWith>("FoundWith", "What a commitment that is found must have", "检索范围");
    lists.add<store::FoundBy>("FoundBy", "How what was found is sorted", "检索结果排序");
}

void add_draws(Lists& lists) {
    using namespace domain;
    lists.add<DrawState>("DrawState", "States of a draw", "抽查状态");
    lists.add<DrawEvent>("DrawEvent", "Events of a draw", "抽查事件");
    lists.add<VoidReason>("VoidReason", "Why a draw is void", "抽查作废原因");
    lists.add<store::NotChecked>("NotChecked", "Why a drawn commitment is not checked", "抽中未查原因");
}

void add_departments(Lists& lists) {
    using namespace domain;
    using Breaker = client::Breaker::State;
    lists.add<InquiryState>("InquiryState", "States of a question to a department", "线上核查状态");
    lists.add<InquiryEvent>("InquiryEvent", "Events of a question to a department", "线上核查事件");
    lists.add<InquiryAnswer>("InquiryAnswer", "Answers of a department", "部门答复");
    lists.add<TicketState>("TicketState", "States of an assistance ticket", "协查单状态");
    lists.add<TicketEvent>("TicketEvent", "Events of an assistance ticket", "协查单事件");
    lists.add<service::TicketSide>("TicketSide", "Tickets received and sent", "协查单方向");
    lists.add("BreakerState", "Whether a department is asked at present", "部门接口熔断状态",
              {name(Breaker::closed), name(Breaker::open), name(Breaker::half_open)});
}

void add_findings(Lists& lists) {
    using namespace domain;
    lists.add<FindingState>("FindingState", "States of a finding", "认定状态");
    lists.add<FindingEvent>("FindingEvent", "Events of a finding", "认定事件");
    lists.add<FindingKind>("FindingKind", "Kinds of findings", "认定类型");
    lists.add<Culpability>("Culpability", "Fault", "过错");
    lists.add<Severity>("Severity", "Severity", "严重程度");
    lists.add<ReviewOutcome>("ReviewOutcome", "What a reviewer says of a draft", "审核结果");
    lists.add<store::DocumentKind>("DocumentKind", "Papers of a finding", "文书类型");
    lists.add<ServiceMethod>("ServiceMethod", "Ways to serve a paper", "送达方式");
    lists.add<CountsFrom>("CountsFrom", "From which day periods run", "期限起算依据");
    lists.add<LateServiceState>("LateServiceState", "States of a late entry of a service", "送达补录状态");
    lists.add<LateServiceEvent>("LateServiceEvent", "Events of a late entry of a service", "送达补录事件");
    lists.add<DefenceKind>("DefenceKind", "What a party says to a prior notice", "陈述申辩类型");
    lists.add<Harm>("Harm", "Harm that was done", "危害后果");
    lists.add<Measure>("Measure", "What a finding may bring", "后续处理");
    lists.add<Leniency>("Leniency", "What lets a party go", "从宽情形");
    lists.add<LeftProof>("LeftProof", "What shows that a paper was left", "留置送达的证明方式");
    lists.add<RecheckResult>("RecheckResult", "What came of the re-check of new facts", "新事实复核结果");
    lists.add<RevocationGround>("RevocationGround", "Why a finding does not stand", "撤销认定事由");
    lists.add<RevocationState>("RevocationState", "States of a request to revoke a finding",
                               "撤销认定申请状态");
    lists.add<RevocationEvent>("RevocationEvent", "Events of a request to revoke a finding",
                               "撤销认定申请事件");
    lists.add<DecisionOutcome>("DecisionOutcome", "Outcomes of a decision", "决定结果");
    lists.add<service::Remedy::Kind>("Remedy::Kind", "Remedies", "救济途径");
    lists.add<service::RemedyOutcome::Kind>("RemedyOutcome::Kind", "Outcomes of a remedy", "救济结果");
}

void add_records(Lists& lists) {
    using namespace domain;
    lists.add<DraftState>("DraftState", "States of a record draft", "信用记录草稿状态");
    lists.add<DraftEvent>("DraftEvent", "Events of a record draft", "信用记录草稿事件");
    lists.add<RecordState>("RecordState", "States of a record", "信用记录状态");
    lists.add<RecordEvent>("RecordEvent", "Events of a record", "信用记录事件");
    lists.add<RecordCause>("RecordCause", "Causes of a record's status", "记录状态的原因");
    lists.add<RecordStatus>("RecordStatus", "Statuses of a record", "公布的记录状态");
    lists.add<ObjectionState>("ObjectionState", "States of an objection", "异议状态");
    lists.add<ObjectionEvent>("ObjectionEvent", "Events of an objection", "异议事件");
    lists.add<ObjectionGround>("ObjectionGround", "Grounds of an objection", "异议事由");
    lists.add<ObjectionChannel>("ObjectionChannel", "Where an objection came in", "异议受理渠道");
    lists.add<ObjectionOutcome>("ObjectionOutcome", "Outcomes of an objection", "异议处理结果");
    lists.add<RepairState>("RepairState", "States of an application for repair", "修复申请状态");
    lists.add<RepairEvent>("RepairEvent", "Events of an application for repair", "修复申请事件");
    lists.add<RepairGap>("RepairGap", "What is missing for a repair", "修复条件欠缺情形");
    lists.add<PublicityState>("PublicityState", "States of a publication", "公示状态");
    lists.add<PublicityEvent>("PublicityEvent", "Events of a publication", "公示事件");
    lists.add<PublicityEnd>("PublicityEnd", "Why a publication ended", "终止公示原因");
    lists.add<ListingState>("ListingState", "States of a case of the serious list",
                            "严重失信名单列入事项状态");
    lists.add<ListingEvent>("ListingEvent", "Events of a case of the serious list",
                            "严重失信名单列入事项事件");
    lists.add<ListingEnd>("ListingEnd", "Why a case of the serious list ended", "列入事项终结原因");
    lists.add<ListingGround>("ListingGround", "Grounds of a listing", "列入严重失信主体名单的情形");
    lists.add<LawLevel>("LawLevel", "Ranks of a provision", "规定的层级");
    lists.add<ResponsibleRole>("ResponsibleRole", "Who answers for a listed organisation",
                               "被列入组织的责任人");
    lists.add<ListingStatementKind>("ListingStatementKind",
                                    "What a party says to a prior notice of a listing",
                                    "当事人对列入事先告知的意见");
    lists.add<RemovalMeasure>("RemovalMeasure", "What a receiver of a record is asked to do", "撤除措施");
    lists.add<RemovalState>("RemovalState", "States of a removal", "撤除状态");
    lists.add<RemovalEvent>("RemovalEvent", "Events of a removal", "撤除事件");
    lists.add<ReceiverKind>("ReceiverKind", "Who got a record", "记录接收方");
    lists.add<ReceiptBasis>("ReceiptBasis", "What the receipt of a removal rests on", "撤除回执依据");
    lists.add<service::Disclose>("Disclose", "What of a record is disclosed", "记录披露范围");
    lists.add<BatchState>("BatchState", "States of a submission batch", "报送批次状态");
    lists.add<BatchEvent>("BatchEvent", "Events of a submission batch", "报送批次事件");
    using Reply = client::PlatformReply::Kind;
    lists.add("ExchangeOutcome", "What came of an attempt to report", "报送往来结果",
              {name(Reply::answered), name(Reply::not_there), name(Reply::refused), name(Reply::unavailable),
               name(Reply::not_sent), name(Reply::lost)});
    lists.add<BatchVerdict>("BatchVerdict", "What the platform says of a reported record", "平台校验结果");
    lists.add<SubmissionState>("SubmissionState", "States of a reported record", "报送记录状态");
    lists.add<SubmissionEvent>("SubmissionEvent", "Events of a reported record", "报送记录事件");
    lists.add<ReportOp>("ReportOp", "What a reported line does", "报送操作");
    lists.add<ReportedKind>("ReportedKind", "Kinds of committers, as reported", "报送的承诺人类别");
    lists.add<ReportedIdType>("ReportedIdType", "Documents, as reported", "报送的证件类型");
    lists.add<ReportedType>("ReportedType", "Types of commitments, as reported", "报送的承诺类型");
    lists.add<ReportedPerformance>("ReportedPerformance", "Performance, as reported", "报送的履行情况");
    lists.add<ReportedPublication>("ReportedPublication", "Publication, as reported", "报送的公开类型");
}

void add_exposures(Lists& lists) {
    using namespace domain;
    lists.add<ExposureState>("ExposureState", "States of the case of a demanded proof", "索要证明案件状态");
    lists.add<ExposureEvent>("ExposureEvent", "Events of the case of a demanded proof", "索要证明案件事件");
    lists.add<ReportSource>("ReportSource", "Who reports a demanded proof", "反映来源");
    lists.add<DemandKind>("DemandKind", "How a proof is demanded", "索要方式");
    lists.add<ExposureAuthority>("ExposureAuthority", "Who owns the case of a demanded proof",
                                 "办理机关类别");
    lists.add<ScreeningResult>("ScreeningResult", "What a demanded proof is", "审查结论");
    lists.add<ScreeningOutcome>("ScreeningOutcome", "What is decided about a screening", "审查处理");
    lists.add<MatchedBy>("MatchedBy", "Who tied a proof to the catalogue", "证明事项比对方式");
    lists.add<ExposureLevel>("ExposureLevel", "How far an exposure reaches", "曝光范围");
    lists.add<CampaignState>("CampaignState", "States of a campaign", "专项治理状态");
    lists.add<CampaignEvent>("CampaignEvent", "Events of a campaign", "专项治理事件");
    lists.add<CampaignTaskKind>("CampaignTaskKind", "What a unit is asked to do in a campaign",
                                "专项治理任务类型");
    lists.add<CampaignTaskState>("CampaignTaskState", "States of a campaign task", "专项治理任务状态");
    lists.add<CampaignTaskEvent>("CampaignTaskEvent", "Events of a campaign task", "专项治理任务事件");
    lists.add<CountedAs>("CountedAs", "How a unit deals with a counted proof", "统计口径");
}

void add_log(Lists& lists) {
    namespace kind = crypto::log_kind;
    lists.add("LogKind", "Kinds of leaves in the log", "日志叶类型",
              {kind::commitment, kind::record, kind::status, kind::draw, kind::rules, kind::key, kind::shard,
               kind::audit, kind::erasure, kind::assessment});
    lists.add<service::PublicLeaf>("PublicLeaf", "Leaves that everybody may read", "公开日志叶类型");
    lists.add("FixedName", "Names that never change once kept", "固定名称",
              {store::fixed::issuer, store::fixed::log_name});
}

void add_law(Lists& lists) {
    using namespace domain;
    lists.add<KnowledgeKind>("KnowledgeKind", "What ages and is given anew", "知识文件类型");
    lists.add<RuleKind>("RuleKind", "Kinds of rules", "规则类型");
    lists.add<PeriodUnit>("PeriodUnit", "Units of a period", "期限单位");
    lists.add<Grade>("Grade", "How well a rule is founded", "规则依据等级");
    lists.add<AlarmAction>("AlarmAction", "What an alarm does", "提醒动作");
    lists.add<AlarmTo>("AlarmTo", "Whom an alarm is for", "提醒对象");
}

}  // namespace

std::vector<ClosedList> closed_lists() {
    Lists lists;
    for (auto* add : {add_people, add_matters, add_commitments, add_tasks, add_draws, add_departments,
                      add_findings, add_records, add_exposures, add_log, add_law})
        add(lists);
    return std::move(lists.all);
}

std::string words_document() {
    std::string text =
        "# Words 词表\n\nPrinted by `sponsio words` from the lists the server runs on; do not edit by hand.\n"
        "These are all closed lists of words that are stored or spoken; the tables and the contracts have no "
        "others.\n\n| list | what it lists | 说明 | words |\n|---|---|---|---|\n";
    for (ClosedList const& list : closed_lists()) {
        text += "| `" + std::string(list.name) + "` | " + list.about.en + " | " + list.about.zh + " |";
        for (std::string_view word : list.words) text += " `" + std::string(word) + "`";
        text += " |\n";
    }
    return text;
}

std::string words_json() {
    json::Array lists;
    for (ClosedList const& list : closed_lists())
        lists.push_back(domain::JsonObject{{"name", list.name},
                                           {"about", domain::to_json(list.about)},
                                           {"words", json::Array(list.words.begin(), list.words.end())}});
    return json::write(domain::JsonObject{{"lists", std::move(lists)}});
}

}  // namespace sponsio::app
