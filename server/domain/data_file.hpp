#pragma once

#include "server/base/resources.hpp"
#include "server/domain/decode.hpp"

#include <type_traits>
#include <utility>
#include <vector>

/// The files under schema/ that the domain reads. They are ours and still read as strictly as foreign input.
namespace sponsio::domain {

inline constexpr Reason overlapping_days{"overlapping_days", "is in force on days that another one covers",
                                         "生效日期与另一项重叠"};
inline constexpr Reason reversed_days{"reversed_days", "ends before it begins", "结束早于开始"};

/// problem::invalid with every member at fault; `cause` names the file and repeats the errors for the log.
Fault data_fault(std::string_view file, std::vector<FieldError> const& errors);
/// problem::invalid for a document that is wrong as a whole.
Fault document_fault(std::string_view file, Bilingual why);

/// Reads a whole file with `read`. The fault says where the file is wrong.
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

/// First and last day of a validity; without a last day it is open.
struct Days {
    Date from;
    std::optional<Date> to;

    [[nodiscard]] bool contain(Date day) const { return from <= day && (!to || day <= *to); }

    [[nodiscard]] bool overlap(Days const& other) const {
        return (!other.to || from <= *other.to) && (!to || other.from <= *to);
    }
};

/// Reads the members `from_name` (date) and `to_name` (date or null); refuses an end before the beginning.
Days read_days(Fields& fields, std::string_view from_name, std::string_view to_name);

/// Compares two versions of one thing: negative, 0 or positive. Runs of digits compare as numbers: "2026.9"
/// comes before "2026.10".
int compare_versions(std::string_view a, std::string_view b);

/// Refuses a placeholder ("…", "待定" and the like) where a document must name its source.
void refuse_placeholder(Fields& fields, std::string_view name, std::string_view text);
void refuse_placeholder(Fields& fields, std::string_view name, Bilingual const& text);
/// Refuses an address that is not http or https with a dotted host and no blanks.
void refuse_unless_address(Fields& fields, std::string_view name, std::string_view text);

/// Whether the text is not empty and has only lower-case letters, digits, `_` and the characters of `more`.
bool is_code_word(std::string_view text, std::string_view more = {});

}  // namespace sponsio::domain
