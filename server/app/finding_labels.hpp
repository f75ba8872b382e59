#pragma once

#include "server/app/label_row.hpp"

#include <array>

namespace sponsio::app {

/// The words of what lies between the review of a finding and its record, and of its end.
inline constexpr auto finding_labels = std::to_array<LabelRow>({
    {"FindingState", "rectifying", "Ordered to set it right", "责令限期改正中"},
    {"FindingState", "uncorrected", "Not set right in time", "逾期未改正"},
    {"FindingState", "rectified", "Set right, closed without a record", "已改正结案"},
    {"FindingState", "hearing_requested", "A hearing was asked for", "已申请听证"},
    {"FindingState", "hearing_called", "Notice of hearing served", "已通知听证"},
    {"FindingState", "heard", "Heard", "已听证"},
    {"FindingEvent", "compose_order", "Compose the order to rectify", "制作责令限期改正通知书"},
    {"FindingEvent", "serve_order", "Serve the order to rectify", "送达责令限期改正通知书"},
    {"FindingEvent", "find_corrected", "Found to be set right", "认定已改正"},
    {"FindingEvent", "find_uncorrected", "Found not to be set right", "认定逾期未改正"},
    {"FindingEvent", "request_hearing", "Ask for a hearing", "申请听证"},
    {"FindingEvent", "withdraw_hearing", "Give the hearing up", "撤回听证申请"},
    {"FindingEvent", "compose_hearing_notice", "Compose the notice of hearing", "制作听证通知书"},
    {"FindingEvent", "serve_hearing_notice", "Serve the notice of hearing", "送达听证通知书"},
    {"FindingEvent", "hold_hearing", "Hold the hearing", "举行听证"},
    {"FindingEvent", "recheck", "Re-check new facts", "复核新事实"},
    {"FindingEvent", "revoke", "Revoke", "撤销认定"},
    {"CommitmentEvent", "finding_revoked", "The finding was revoked", "认定被撤销"},
    {"DocumentKind", "order", "Order to rectify", "责令限期改正通知书"},
    {"DocumentKind", "hearing_notice", "Notice of hearing", "听证通知书"},
    {"DocumentKind", "hearing_record", "Record of the hearing", "听证笔录"},
    {"ServiceMethod", "left", "Left with a witness or on film", "留置送达"},
    {"LeftProof", "witness", "A witness", "见证人见证"},
    {"LeftProof", "film", "Photograph or film", "拍照、录像"},
    {"Harm", "none", "No harm", "未造成危害后果"},
    {"Harm", "slight", "Slight harm", "危害后果轻微"},
    {"Harm", "grave", "Grave harm", "危害后果严重"},
    {"Measure", "end_handling", "End the handling", "终止办理"},
    {"Measure", "suspend", "Suspend the handling", "中止办理"},
    {"Measure", "revoke", "Revoke what was granted", "撤销决定"},
    {"Measure", "penalise", "Penalise", "行政处罚"},
    {"Measure", "measures", "Measures against the dishonest", "失信惩戒"},
    {"Measure", "record", "Credit record", "记入信用记录"},
    {"Leniency", "must", "Nothing may follow", "不予处理"},
    {"Leniency", "may", "Nothing need follow", "可以不予处理"},
    {"RecheckResult", "confirmed", "Confirmed", "属实"},
    {"RecheckResult", "partly_confirmed", "Confirmed in part", "部分属实"},
    {"RecheckResult", "unfounded", "Unfounded", "不属实"},
    {"RevocationGround", "reconsideration", "Overturned on reconsideration", "行政复议撤销"},
    {"RevocationGround", "judgment", "Overturned by a judgment", "人民法院判决撤销"},
    {"RevocationGround", "supervision", "Overturned by a superior authority", "上级机关撤销"},
    {"RevocationGround", "own_mistake", "The unit's own mistake", "本单位自行纠正"},
    {"RevocationState", "requested", "Asked for", "已申请"},
    {"RevocationState", "revoked", "Revoked", "已撤销"},
    {"RevocationState", "refused", "Refused", "不予撤销"},
    {"RevocationEvent", "revoke", "Revoke", "撤销认定"},
    {"RevocationEvent", "refuse", "Refuse", "不予撤销"},
    {"WorkKind", "order_to_settle", "An order to rectify whose time is over", "改正期限届满待认定"},
    {"WorkKind", "hearing_to_call", "A hearing to call", "待通知的听证"},
    {"WorkKind", "hearing_to_hold", "A hearing to hold", "待举行的听证"},
    {"WorkKind", "facts_to_recheck", "New facts to look at", "待复核的新事实"},
    {"WorkKind", "revocation_to_decide", "A revocation to decide", "待决定的撤销认定"},
});

}  // namespace sponsio::app
