#pragma once

#include "server/base/resources.hpp"
#include "server/domain/decode.hpp"

#include <type_traits>
#include <utility>
#include <vector>

/// The files under schema/ that the domain reads: ours, and still read as strictly as a stranger's.
namespace sponsio::domain {

inline constexpr Reason overlapping_days{"overlapping_days", "is in force on days that another one covers",
                                         "生效日期与另一项重叠"};
inline constexpr Reason reversed_days{"reversed_days", "ends before it begins", "结束早于开始"};

/// problem::invalid with every bad place of the file; `cause` names the file and says the same in words of
/// programs.
Fault data_fault(std::string_view file, std::vector<FieldError> const& errors);
/// problem::invalid: what is said is wrong with the document as a whole.
Fault document_fault(std::string_view file, Bilingual why);

/// Reads a whole file: parse, read, close; or a fault that says where it is wrong.
template <class Read>
auto read_data_file(Resource const& file, Read read) -> Outcome<std::invoke_result_t<Read&, Fields&>> {
    auto json = json::parse(file.bytes);
    std::vector<FieldError> errors;
    if (!json) {
        errors.push_back(
            {json.error().where + " at byte " + std::to_string(json.error().offset), &reason::bad_format});
        return data_fault(file.name, errors);
    }
    Fields fields(*json, "", errors);
    auto value = read(fields);
    fields.close();
    if (!errors.empty()) return data_fault(file.name, errors);
    return value;
}

/// First and last day of something; no last day: it goes on.
struct Days {
    Date from;
    std::optional<Date> to;

    [[nodiscard]] bool contain(Date day) const { return from <= day && (!to || day <= *to); }

    [[nodiscard]] bool overlap(Days const& other) const {
        return (!other.to || from <= *other.to) && (!to || other.from <= *to);
    }
};

/// Members `from_name` (a date) and `to_name` (a date or null), in that order of time.
Days read_days(Fields& fields, std::string_view from_name, std::string_view to_name);

/// Negative, 0 or positive: how `a` stands to `b` among the versions of one thing. Runs of digits count as
/// numbers: "2026.9" comes before "2026.10".
int compare_versions(std::string_view a, std::string_view b);

/// A document that names where it comes from must name it: "…", "待定" and the like are refused.
void refuse_placeholder(Fields& fields, std::string_view name, std::string_view text);
void refuse_placeholder(Fields& fields, std::string_view name, Bilingual const& text);
/// Where something can be read: http or https, a host with a dot, no blanks.
void refuse_unless_address(Fields& fields, std::string_view name, std::string_view text);

/// Lower-case letters, digits, `_` and whatever `more` holds; not empty.
bool is_code_word(std::string_view text, std::string_view more = {});

}  // namespace sponsio::domain
