#include "server/http/multipart.hpp"

#include "server/base/form.hpp"
#include "server/http/headers.hpp"

#include <algorithm>

namespace sponsio::http {
namespace {

constexpr std::size_t longest_head = 8192;  // of the preamble, and of the header of a part

Fault broken(char const* en, char const* zh) {
    return fault(problem::malformed, en, zh);
}

Fault not_one_file() {
    return fault(
        problem::invalid,
        "Send one part with a file name and nothing beside it; what else is to be said stands in the query.",
        "表单应当只有一个带文件名的部分，其他信息请写在查询参数中。");
}

std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The value of a parameter such as `; name="value"`; quotes and backslashes are taken off.
std::optional<std::string> parameter(std::string_view header, std::string_view wanted) {
    auto at = header.find(';');
    while (at != std::string_view::npos) {
        auto const equals = header.find('=', at);
        if (equals == std::string_view::npos) return std::nullopt;
        std::string_view const name = trimmed(header.substr(at + 1, equals - at - 1));
        std::string value;
        auto next = equals + 1;
        while (next < header.size() && (header[next] == ' ' || header[next] == '\t')) ++next;
        if (next < header.size() && header[next] == '"') {
            for (++next; next < header.size() && header[next] != '"'; ++next) {
                // Browsers of before wrote the backslashes of a path as they are: only a quote is escaped.
                bool const escaped =
                    header[next] == '\\' && next + 1 < header.size() && header[next + 1] == '"';
                if (escaped) ++next;
                value += header[next];
            }
            if (next == header.size()) return std::nullopt;
            ++next;
        } else {
            auto const end = std::min(header.find(';', next), header.size());
            value = trimmed(header.substr(next, end - next));
            next = end;
        }
        if (equal_ignoring_case(name, wanted)) return value;
        at = header.find(';', next);
    }
    return std::nullopt;
}

/// What a browser writes for the three characters that a quoted name cannot hold (HTML Standard, form data).
std::string unescaped(std::string name) {
    for (auto const& [written, meant] : {std::pair{"%22", "\""}, {"%0D", "\r"}, {"%0A", "\n"}})
        for (auto at = name.find(written); at != std::string::npos; at = name.find(written, at + 1))
            name.replace(at, 3, meant);
    return name;
}

}  // namespace

Outcome<std::optional<std::string>> form_boundary(std::string_view content_type) {
    std::string_view const type = trimmed(content_type.substr(0, content_type.find(';')));
    if (!equal_ignoring_case(type, "multipart/form-data")) return std::optional<std::string>{};
    auto boundary = parameter(content_type, "boundary");
    auto const fits = [](char c) { return c > ' ' && c < 0x7f; };
    if (!boundary || boundary->empty() || boundary->size() > 70 || !std::ranges::all_of(*boundary, fits))
        return bad_field("header:Content-Type", reason::bad_format, form::media_type);
    return boundary;
}

FilePart::FilePart(std::string_view boundary, Sink sink)
    : delimiter_("\r\n--" + std::string(boundary)), sink_(std::move(sink)), buffer_("\r\n") {}

Outcome<void> FilePart::feed(std::string_view piece) {
    if (at_ == At::end) return {};  // what follows the form means nothing
    buffer_.append(piece);
    for (;;) {
        auto const more = step();
        if (!more) return more.error();
        if (!*more) return {};
    }
}

Outcome<void> FilePart::finish() const {
    if (at_ != At::end)
        return broken("The form ends before its last boundary.", "表单数据不完整，缺少结束分隔符。");
    if (!has_file_) return not_one_file();
    return {};
}

/// False: nothing can be done before more bytes come.
Outcome<bool> FilePart::step() {
    switch (at_) {
        case At::preamble: {
            auto const found = buffer_.find(delimiter_);
            if (found == std::string::npos) {
                if (buffer_.size() > longest_head)
                    return broken("The form has no part.", "表单数据中没有任何部分。");
                return false;
            }
            buffer_.erase(0, found + delimiter_.size());
            at_ = At::delimiter;
            return true;
        }
        case At::delimiter: return past_delimiter();
        case At::headers: return read_headers();
        case At::content: return read_content();
        case At::end: break;
    }
    return false;
}

/// After a boundary: "--" at the end of the form, else the line's end and another part.
Outcome<bool> FilePart::past_delimiter() {
    if (buffer_.size() < 2) return false;
    if (buffer_.starts_with("--")) {
        at_ = At::end;
        buffer_.clear();
        return false;
    }
    auto const line = buffer_.find("\r\n");
    if (line == std::string::npos) {
        if (buffer_.size() > longest_head)
            return broken("A boundary is not the end of its line.", "表单分隔符格式不正确。");
        return false;
    }
    if (!trimmed(std::string_view(buffer_).substr(0, line)).empty())
        return broken("A boundary is not the end of its line.", "表单分隔符格式不正确。");
    if (has_file_) return not_one_file();
    buffer_.erase(0, line);  // the line break stays, so that a part without header is one that ends at once
    at_ = At::headers;
    return true;
}

Outcome<bool> FilePart::read_headers() {
    auto const end = buffer_.find("\r\n\r\n");
    if (end == std::string::npos) {
        if (buffer_.size() > longest_head)
            return broken("The header of a part is too long.", "表单部分的头部过长。");
        return false;
    }
    std::string const head = buffer_.substr(0, end);
    for (std::size_t at = 2; at < head.size();) {
        auto const line_end = std::min(head.find("\r\n", at), head.size());
        if (auto taken = take_header(std::string_view(head).substr(at, line_end - at)); !taken)
            return taken.error();
        at = line_end + 2;
    }
    if (!has_file_) return not_one_file();
    buffer_.erase(0, end + 4);
    at_ = At::content;
    return true;
}

Outcome<void> FilePart::take_header(std::string_view line) {
    auto const colon = line.find(':');
    if (colon == std::string_view::npos)
        return broken("A line of a part's header has no colon.", "表单部分的头部格式不正确。");
    std::string_view const name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
    if (equal_ignoring_case(name, "Content-Type")) type_ = value;
    if (equal_ignoring_case(name, "Content-Transfer-Encoding") && !equal_ignoring_case(value, "binary") &&
        !equal_ignoring_case(value, "8bit") && !equal_ignoring_case(value, "7bit"))
        return fault(problem::invalid, "A part is sent as its bytes, without Content-Transfer-Encoding.",
                     "表单文件应当直接发送原始字节，不使用 Content-Transfer-Encoding。");
    if (!equal_ignoring_case(name, "Content-Disposition")) return {};
    auto const file = parameter(value, "filename");
    bool const form = equal_ignoring_case(trimmed(value.substr(0, value.find(';'))), "form-data");
    if (!form || !file) return not_one_file();
    has_file_ = true;
    name_ = unescaped(*file);
    return {};
}

/// Hands on what cannot be the beginning of the next boundary.
Outcome<bool> FilePart::read_content() {
    auto const found = buffer_.find(delimiter_);
    std::size_t const sure =
        found != std::string::npos ? found : buffer_.size() - std::min(buffer_.size(), delimiter_.size() - 1);
    if (sure != 0)
        if (auto taken = sink_(std::string_view(buffer_).substr(0, sure)); !taken) return taken.error();
    if (found == std::string::npos) {
        buffer_.erase(0, sure);
        return false;
    }
    buffer_.erase(0, found + delimiter_.size());
    at_ = At::delimiter;
    return true;
}

}  // namespace sponsio::http
