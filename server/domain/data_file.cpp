#include "server/domain/data_file.hpp"

#include <algorithm>
#include <span>

namespace sponsio::domain {
namespace {

constexpr Reason placeholder{"placeholder", "is a placeholder and names no source", "为占位内容，未写明来源"};
constexpr Reason not_an_address{"bad_format", "is not an address such as https://www.gov.cn/…",
                                "不是形如 https://www.gov.cn/… 的网址"};

constexpr std::size_t most_errors = 50;  ///< told at once; a whole table in the wrong form has thousands

constexpr std::string_view unfinished[] = {"…",    "...",  "。。", "XX",  "××",         "待定",
                                           "待补", "待填", "占位", "TBD", "placeholder"};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Cuts the run of digits, or of other characters, off the front.
std::string_view take_run(std::string_view& text) {
    bool const digits = is_digit(text.front());
    auto const end = std::ranges::find_if(text, [&](char c) { return is_digit(c) != digits; });
    auto const length = static_cast<std::size_t>(end - text.begin());
    std::string_view const run = text.substr(0, length);
    text.remove_prefix(length);
    return run;
}

int compare_runs(std::string_view a, std::string_view b) {
    if (is_digit(a.front()) && is_digit(b.front())) {
        a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
        b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
        if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    }
    return a.compare(b);
}

}  // namespace

Fault document_fault(std::string_view file, Bilingual why) {
    Fault broken = fault(problem::invalid, std::move(why.en), std::move(why.zh));
    broken.cause = file;
    return broken;
}

int compare_versions(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty())
        if (int const order = compare_runs(take_run(a), take_run(b)); order != 0) return order;
    return a.empty() ? (b.empty() ? 0 : -1) : 1;
}

void refuse_placeholder(Fields& fields, std::string_view name, std::string_view text) {
    if (std::ranges::any_of(unfinished, [&](std::string_view mark) { return text.find(mark) != text.npos; }))
        fields.refuse(name, placeholder);
}

void refuse_placeholder(Fields& fields, std::string_view name, Bilingual const& text) {
    refuse_placeholder(fields, name, text.zh + "\n" + text.en);
}

void refuse_unless_address(Fields& fields, std::string_view name, std::string_view text) {
    std::string_view rest = text;
    for (std::string_view scheme : {"https://", "http://"})
        if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
    std::string_view const host = rest.substr(0, rest.find('/'));
    bool const good = rest.size() != text.size() && host.size() >= 4 && host.find('.') != host.npos &&
                      !host.starts_with('.') && !host.ends_with('.') && text.find(' ') == text.npos;
    if (!text.empty() && !good) fields.refuse(name, not_an_address);
}

Fault data_fault(std::string_view file, std::vector<FieldError> const& errors) {
    Fault broken{.problem = &problem::invalid, .detail = {}, .fields = {}, .cause = std::string(file) + ":"};
    for (FieldError const& error : std::span(errors).first(std::min(errors.size(), most_errors))) {
        broken.cause += " " + error.pointer + " " + std::string(error.reason->word) + ";";
        if (error.pointer.starts_with('/')) {
            broken.fields.push_back(error);
            continue;
        }
        broken.detail.en +=
            (broken.detail.en.empty() ? "" : " ") + error.pointer + " " + told(error).en + ".";
        broken.detail.zh += error.pointer + "：" + told(error).zh + "。";
    }
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
