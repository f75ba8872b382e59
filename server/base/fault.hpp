#pragma once

#include "server/base/problem.hpp"

#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sponsio {

/// One sentence in both languages of the product.
struct Bilingual {
    std::string en;
    std::string zh;
    bool operator==(Bilingual const&) const = default;
};

/// The reason why a field is refused. The word is stable, for programs; the texts are for people.
struct Reason {
    std::string_view word;
    std::string_view en;
    std::string_view zh;
};

namespace reason {
inline constexpr Reason required{"required", "is required", "必填"};
inline constexpr Reason unknown_field{"unknown_field", "is not a field of this resource", "未知字段"};
inline constexpr Reason unknown_parameter{"unknown_field", "is not a query parameter of this operation",
                                          "该操作没有此查询参数"};
inline constexpr Reason parameter_twice{"duplicate_key", "is given twice in the query", "查询参数重复出现"};
inline constexpr Reason duplicate_key{"duplicate_key", "appears twice in one object", "同一对象中重复出现"};
inline constexpr Reason wrong_type{"wrong_type", "has the wrong JSON type", "JSON 类型不正确"};
inline constexpr Reason empty{"empty", "must not be empty", "不得为空"};
inline constexpr Reason too_long{"too_long", "is too long", "超过长度限制"};
inline constexpr Reason out_of_range{"out_of_range", "is out of range", "超出允许范围"};
inline constexpr Reason bad_format{"bad_format", "is not in the expected form", "格式不正确"};
inline constexpr Reason bad_character{"bad_character", "contains a character that is not allowed",
                                      "含有不允许的字符"};
inline constexpr Reason check_digit{"check_digit", "has a wrong check character", "校验码不正确"};
inline constexpr Reason impossible_date{"impossible_date", "is not a date of the calendar", "日期不存在"};
inline constexpr Reason unknown_region{"unknown_region", "is not a region code on that date",
                                       "该日期无此行政区划代码"};
inline constexpr Reason unknown_value{"unknown_value", "is not one of the allowed values",
                                      "不在允许取值范围内"};
inline constexpr Reason no_such_thing{"no_such_thing", "names something that does not exist",
                                      "所指对象不存在"};
inline constexpr Reason not_unique{"not_unique", "is already taken", "已被占用"};
inline constexpr Reason listed_twice{"listed_twice", "is listed twice", "重复列出"};
inline constexpr Reason in_future{"in_future", "lies in the future", "晚于当前时间"};
inline constexpr Reason in_past{"in_past", "lies in the past", "日期早于今日"};
inline constexpr Reason not_allowed_here{"not_allowed_here", "must be absent here", "此处不应填写"};
}  // namespace reason

/// What a limit counts. The word is for programs.
struct Unit {
    std::string_view word;
    std::string_view en;
    std::string_view zh;
};

/// How a value is written; server/base/form.hpp has them all. The word is for programs.
struct Form {
    std::string_view word;
    std::string_view example;  ///< empty where none would help
    std::string_view en;
    std::string_view zh;
};

/// What would be right in a field that is refused, as far as it can be said in general: how much, which
/// words, in which form.
struct Wanted {
    std::optional<std::int64_t> min{};
    std::optional<std::int64_t> max{};
    Unit const* unit = nullptr;  ///< of min and max; none for a plain number
    Form const* form = nullptr;
    std::vector<std::string> words{};  ///< the only ones that are allowed
};

struct FieldError {
    std::string pointer;  ///< RFC 6901, or "header:<Name>" / "query:<name>" for what is not in the body
    Reason const* reason;
    Wanted wanted{};
};

/// Why a field is refused and what would be right there, without a full stop: "is too long: 1 to 512
/// characters".
Bilingual told(FieldError const& error);

/// A refusal: the part for the caller and, apart from it, the cause that only the log may hold.
struct Fault {
    Problem const* problem = &problem::internal;
    Bilingual detail{};
    std::vector<FieldError> fields{};
    std::string cause{};  ///< for the log only: SQLSTATE, errno; never a value of a request
    std::optional<std::chrono::seconds> retry_after{};
    std::string explanation{};  ///< where the rule that refuses is explained: a path of this server
};

template <class T>
using Outcome = boost::system::result<T, Fault>;

[[nodiscard]] inline Fault fault(Problem const& kind, std::string en = {}, std::string zh = {}) {
    return Fault{.problem = &kind, .detail = {std::move(en), std::move(zh)}};
}

/// A refusal of a single field.
[[nodiscard]] Fault bad_field(std::string pointer, Reason const& why, Wanted wanted = {});
[[nodiscard]] Fault bad_field(std::string pointer, Reason const& why, Form const& form);

struct FaultError : std::runtime_error {
    explicit FaultError(Fault f) : std::runtime_error(std::string(f.problem->slug)), fault(std::move(f)) {}

    Fault fault;
};

/// Found by ADL when an Outcome without a value is asked for one.
[[noreturn]] inline void throw_exception_from_error(Fault const& f, boost::source_location const&) {
    throw FaultError(f);
}

}  // namespace sponsio
