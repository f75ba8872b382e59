#include "server/domain/data_file.hpp"

#include <algorithm>

namespace sponsio::domain {

Fault data_fault(std::string_view file, std::vector<FieldError> const& errors) {
    Fault broken = fault(problem::internal, "A data file of the program is not acceptable.",
                         "程序的数据文件不符合要求。");
    broken.cause = std::string(file) + ":";
    for (FieldError const& error : errors)
        broken.cause += " " + error.pointer + " " + std::string(error.reason->word) + ";";
    return broken;
}

Days read_days(Fields& fields, std::string_view from_name, std::string_view to_name) {
    Days days{.from = fields.date(from_name), .to = fields.optional_date(to_name)};
    if (days.to && *days.to < days.from) fields.refuse(to_name, reversed_days);
    return days;
}

bool is_code_word(std::string_view text, std::string_view more) {
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
               more.find(c) != std::string_view::npos;
    });
}

}  // namespace sponsio::domain
