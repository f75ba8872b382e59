#pragma once

#include <span>
#include <string_view>

namespace sponsio {

/// One kind of refusal. The slug is a promise to callers: its `type` is
/// "urn:sponsio:problem:<slug>" (RFC 9457 §3.1.1).
struct Problem {
    std::string_view slug;
    unsigned status;
    std::string_view en;
    std::string_view zh;
};

namespace problem {
// The request itself is wrong.
inline constexpr Problem malformed{"malformed", 400, "The request cannot be read", "无法读取请求"};
inline constexpr Problem bad_json{"bad-json", 400, "The body is not acceptable JSON",
                                  "请求正文不是可接受的 JSON"};
inline constexpr Problem invalid{"invalid", 422, "Some fields are not acceptable", "部分字段不符合要求"};
inline constexpr Problem not_found{"not-found", 404, "There is no such thing here", "未找到所请求的资源"};
inline constexpr Problem gone{"gone", 410, "It was there and is gone for good", "内容已被永久移除"};
inline constexpr Problem method_not_allowed{"method-not-allowed", 405, "This method is not offered here",
                                            "此处不支持该方法"};
inline constexpr Problem not_acceptable{"not-acceptable", 406, "No offered form is accepted",
                                        "无法提供所要求的格式"};
inline constexpr Problem timed_out{"timed-out", 408, "The request took too long to arrive", "请求发送超时"};
inline constexpr Problem too_large{"too-large", 413, "The body is too large", "请求正文过大"};
inline constexpr Problem media_type{"media-type", 415, "This content type is not accepted",
                                    "不支持该内容类型"};
inline constexpr Problem header_too_large{"header-too-large", 431, "The header is too large", "请求头过大"};
// The caller is unknown or has no right.
inline constexpr Problem unauthenticated{"unauthenticated", 401, "A valid bearer token is needed",
                                         "需要有效的访问令牌"};
inline constexpr Problem token_expired{"token-expired", 401, "The token has expired or was revoked",
                                       "令牌已过期或已撤销"};
inline constexpr Problem forbidden{"forbidden", 403, "This account may not do that", "该账号无此权限"};
// Repeated and concurrent requests.
inline constexpr Problem idempotency_key_missing{"idempotency-key-missing", 400,
                                                 "An Idempotency-Key is needed", "缺少 Idempotency-Key"};
inline constexpr Problem idempotency_key_reused{"idempotency-key-reused", 422,
                                                "The Idempotency-Key was used with another body",
                                                "同一 Idempotency-Key 已用于不同内容"};
inline constexpr Problem conflict{"conflict", 409, "The present state does not allow this", "与当前状态冲突"};
inline constexpr Problem precondition_failed{"precondition-failed", 412, "It was changed meanwhile",
                                             "内容已被修改"};
inline constexpr Problem precondition_required{"precondition-required", 428, "If-Match is needed",
                                               "需要 If-Match"};
// A legal rule of the matter is broken.
inline constexpr Problem notice_incomplete{"notice-incomplete", 422, "The notice lacks a statutory point",
                                           "告知书缺少法定内容"};
inline constexpr Problem notice_stale{"notice-stale", 409,
                                      "The notice belongs to an older version of the matter",
                                      "告知书所依据的事项版本已更新"};
inline constexpr Problem wrong_step{"wrong-step", 409, "That step is not the next one",
                                    "当前步骤不允许此操作"};
inline constexpr Problem same_person{"same-person", 409, "One person cannot take two of these steps",
                                     "同一人不得办理其中两个环节"};
inline constexpr Problem sign_off_missing{"sign-off-missing", 409, "Not every inspector has signed off",
                                          "尚有核查人员未签署"};
inline constexpr Problem too_few_inspectors{"too-few-inspectors", 422, "There are too few inspectors",
                                            "核查人员不足"};
inline constexpr Problem too_early{"too-early", 409, "The period has not ended", "期限尚未届满"};
inline constexpr Problem too_late{"too-late", 409, "The period is over", "期限已过"};
inline constexpr Problem not_eligible{"not-eligible", 422, "This committer cannot use a commitment now",
                                      "该承诺人目前不适用告知承诺"};
inline constexpr Problem ratio_out_of_bounds{
    "ratio-out-of-bounds", 422, "The ratio lies outside what the rules allow", "抽查比例超出规则允许的范围"};
inline constexpr Problem empty_pool{"empty-pool", 422, "Nothing can be drawn", "没有可供抽取的承诺"};
inline constexpr Problem calendar_unknown{
    "calendar-unknown", 422, "The official calendar for that year is not known", "尚无该年度官方工作日历"};
inline constexpr Problem lint_failed{"lint-failed", 422, "The record breaks a rule and was not signed",
                                     "记录不符合规则，未予签署"};
// The server cannot do it now.
inline constexpr Problem throttled{"throttled", 429, "Too many requests", "请求过于频繁"};
inline constexpr Problem not_implemented{"not-implemented", 501, "This is not offered", "不提供该功能"};
inline constexpr Problem internal{"internal", 500, "Something failed inside", "内部错误"};
inline constexpr Problem overloaded{"overloaded", 503, "Too busy; nothing was stored",
                                    "系统繁忙，未保存任何内容"};
inline constexpr Problem unavailable{"unavailable", 503, "Not available now; nothing was stored",
                                     "暂不可用，未保存任何内容"};
/// Another process holds every shard of the log; this one takes over when that one ends.
inline constexpr Problem not_the_writer{"not-the-writer", 503,
                                        "This process is a spare; ask the one that files, or again later",
                                        "本进程为备用，未保存任何内容，请向受理进程提交或稍后重试"};
/// The connection to the database broke while a commit was on its way.
inline constexpr Problem outcome_unknown{
    "outcome-unknown", 503,
    "It is not known whether this was stored; repeat it with the same Idempotency-Key",
    "无法确认是否已保存，请使用相同的 Idempotency-Key 重新提交"};
}  // namespace problem

/// Every problem above, for docs/errors.md and for the test that slugs are unique.
std::span<Problem const* const> all_problems();

}  // namespace sponsio
