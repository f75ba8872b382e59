#pragma once

#include "server/base/fault.hpp"

#include <span>

/// How values are written, and what limits count: what a refusal names beside its reason.
namespace sponsio {

namespace unit {
inline constexpr Unit characters{"characters", "characters", "个字符"};
inline constexpr Unit entries{"entries", "entries", "项"};
inline constexpr Unit bytes{"bytes", "bytes", "字节"};
inline constexpr Unit days{"days", "days", "天"};
inline constexpr Unit levels{"levels", "levels of nesting", "层嵌套"};
}  // namespace unit

namespace form {
inline constexpr Form text{"text", "", "a JSON string", "JSON 字符串"};
inline constexpr Form integer{"integer", "12", "a JSON number without fraction and exponent",
                              "JSON 整数，不带小数和指数"};
inline constexpr Form boolean{"boolean", "true", "true or false", "true 或 false"};
inline constexpr Form object{"object", "{}", "a JSON object", "JSON 对象"};
inline constexpr Form list{"list", "[]", "a JSON array", "JSON 数组"};
inline constexpr Form json{"json", "", "JSON in UTF-8 (RFC 8259), each member once",
                           "UTF-8 编码的 JSON（RFC 8259），成员不重名"};
inline constexpr Form printable{"printable", "", "text without control characters", "不含控制字符的文本"};
inline constexpr Form date{"date", "2026-03-02", "a day of the calendar as YYYY-MM-DD",
                           "日历中存在的日期，格式 YYYY-MM-DD"};
inline constexpr Form instant{"instant", "2026-03-02T01:30:00Z", "a time of RFC 3339 with its zone",
                              "带时区的 RFC 3339 时间"};
inline constexpr Form beacon_note{"beacon_note", "",
                                  "a note that the beacon's key has signed (C2SP signed-note, docs/draw.md)",
                                  "信标公钥签署的文本（C2SP signed-note，见 docs/draw.md）"};
inline constexpr Form uuid{"uuid", "019aa2f0-6b5e-7c31-9f0e-2f6f1f3c9a10", "a UUID in lower case",
                           "小写 UUID"};
inline constexpr Form uscc{"uscc", "91350100M000100Y43",
                           "a unified social credit code of 18 signs with its check character (GB 32100)",
                           "18 位统一社会信用代码，末位为校验码（GB 32100）"};
inline constexpr Form citizen_id{
    "citizen_id", "11010519491231002X",
    "an identity number of 18 signs: region, day of birth, sequence, check character (GB 11643)",
    "18 位公民身份号码：地址码、出生日期、顺序码、校验码（GB 11643）"};
inline constexpr Form hkmt_residence_permit{
    "hkmt_residence_permit", "810000199001011010",
    "18 signs that begin with 81, 82 or 83 and end with a check character (GB 11643)",
    "18 位，以 81、82 或 83 开头，末位为校验码（GB 11643）"};
inline constexpr Form foreigner_permanent_residence{
    "foreigner_permanent_residence", "FRA110190010112",
    "18 signs that begin with 9 and end with a check character, or three letters and twelve digits",
    "18 位，以 9 开头，末位为校验码；或者三个字母加十二位数字"};
inline constexpr Form passport{"passport", "E12345678", "5 to 20 letters and digits", "5 至 20 位字母和数字"};
inline constexpr Form hk_macao_travel_permit{"hk_macao_travel_permit", "H12345678",
                                             "H or M and 8 or 10 digits", "H 或 M 加 8 位或 10 位数字"};
inline constexpr Form taiwan_travel_permit{"taiwan_travel_permit", "12345678", "8 or 10 digits",
                                           "8 位或 10 位数字"};
inline constexpr Form person_name{"person_name", "欧阳示例",
                                  "a name as on the document, without blanks at its ends",
                                  "与证件一致的姓名或名称，首尾不含空格"};
inline constexpr Form region_code{"region_code", "110105", "a region code of six digits (GB/T 2260)",
                                  "六位行政区划代码（GB/T 2260）"};
inline constexpr Form login{"login", "zhang.clerk",
                            "lower-case letters, digits, dots, hyphens and underscores",
                            "小写字母、数字、点、连字符和下划线"};
inline constexpr Form matter_code{"matter_code", "SM-0101", "letters A-Z, digits and hyphens",
                                  "大写字母、数字和连字符"};
inline constexpr Form commitment_code{"commitment_code", "11010520260302000001",
                                      "the code that the filing answered", "受理时返回的承诺编码"};
inline constexpr Form code_word{"code_word", "data_sharing",
                                "lower-case letters, digits and underscores, a letter first",
                                "小写字母、数字和下划线，以字母开头"};
inline constexpr Form word_with_hyphens{"word_with_hyphens", "first-half",
                                        "lower-case letters, digits and hyphens", "小写字母、数字和连字符"};
inline constexpr Form known_thing{
    "known_thing", "", "what exists, is in force and belongs to your organisation: take it from its list",
    "已存在、有效且属于本单位的对象，请从相应列表中选取"};
inline constexpr Form cursor{"cursor", "", "next_cursor of the page before, as it was given",
                             "上一页返回的 next_cursor，原样使用"};
inline constexpr Form key{"idempotency_key", "8e03978e-40d5-43dd-bc93-6894a57f9324",
                          "printable ASCII without blanks, quotes and backslashes",
                          "可打印 ASCII 字符，不含空格、引号和反斜杠"};
inline constexpr Form media_type{"media_type", "application/pdf", "a media type: type/subtype",
                                 "媒体类型：类型/子类型"};
inline constexpr Form etag{"etag", "\"3\"", "an ETag in quotes as an answer gave it, a list of them, or *",
                           "应答给出的带引号的 ETag、其列表或者 *"};
inline constexpr Form hex{"hex", "9f86d081884c7d65", "an even number of hexadecimal digits in lower case",
                          "偶数个小写十六进制数字"};
inline constexpr Form dice{"dice", "314159", "digits as they were thrown", "所掷数字"};
inline constexpr Form decimal{"decimal", "12", "digits", "十进制数字"};
}  // namespace form

/// Every form above, for docs/errors.md and GET /v1/vocabulary.
std::span<Form const* const> all_forms();
/// Every unit above.
std::span<Unit const* const> all_units();

}  // namespace sponsio
