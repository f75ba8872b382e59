#pragma once

#include "server/app/label_row.hpp"

#include <array>

namespace sponsio::app {

/// The words of how a resident took part, and of what two people decide about dates and withdrawals.
inline constexpr auto resident_labels = std::to_array<LabelRow>({
    {"", "document_seen", "Original of the document seen at the counter", "窗口核对证件原件"},
    {"", "chip_read", "Chip of the identity card read", "读取身份证芯片"},
    {"", "face_check", "Face check by the identity platform", "身份认证平台人脸核验"},
    {"", "electronic_sign_in", "Sign-in with an account of the identity platform", "身份认证平台账号登录"},
    {"", "agent_document_seen", "Document and authority of the agent seen at the counter",
     "窗口核对代理人证件及授权"},
    {"", "electronic_signature", "Electronic signature", "电子签名"},
    {"", "signed_paper", "Signed paper", "纸质签署"},
    {"AssentState", "not_asked", "Filed before it was asked for", "受理时尚未要求"},
    {"AssentState", "none", "Nothing shows the promise", "无签署"},
    {"AssentState", "paper_missing", "Image of the signed paper missing", "签署件影像待补"},
    {"AssentState", "shown", "Shown", "已签署"},
    {"WithdrawalState", "consented", "Consented to", "核查单位已同意"},
    {"WithdrawalEvent", "consent", "Consented to", "核查单位同意"},
    {"", "department_other_person", "The number belongs to another name", "姓名与证件号码不符"},
    {"", "other_person", "The number belongs to another name", "姓名与证件号码不符"},
    {"CountsFrom", "served", "The day of service", "送达之日"},
    {"CountsFrom", "recorded", "The day of the record less the days of the rule", "录入之日减去规则天数"},
    {"LateServiceState", "entered", "Entered late, to be confirmed", "已补录，待确认"},
    {"LateServiceState", "confirmed", "Confirmed", "已确认"},
    {"LateServiceState", "refused", "Refused", "未确认"},
    {"LateServiceEvent", "confirm", "Confirmed", "确认"},
    {"LateServiceEvent", "refuse", "Refused", "不予确认"},
    {"", "withdrawal_to_decide", "A withdrawal to decide", "待决定的撤回申请"},
    {"", "late_service_to_confirm", "A late entry of a service to confirm", "待确认的送达补录"},
});

}  // namespace sponsio::app
