#include "server/sheet/charset.hpp"

#include "text/utf8.hpp"

#include <algorithm>
#include <array>
#include <iconv.h>
#include <stdexcept>
#include <utility>

namespace sponsio::sheet {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

iconv_t const closed = reinterpret_cast<iconv_t>(-1);  // what iconv_open gives when it fails

}  // namespace

NamedCharset named_charset(std::string_view content_type) {
    std::string const type = lower(content_type);
    std::size_t const at = type.find("charset=");
    if (at == std::string::npos) return {};
    std::string name = type.substr(at + 8);
    name = name.substr(0, name.find(';'));
    std::erase_if(name, [](char c) { return c == '"' || c == ' '; });
    if (name == "utf-8" || name == "utf8" || name == "us-ascii") return {Charset::utf8};
    if (name == "gb18030" || name == "gbk" || name == "gb2312" || name == "cp936") return {Charset::gb18030};
    return {std::nullopt, false};
}

Gb18030::Gb18030() : descriptor_(iconv_open("UTF-8", "GB18030")) {
    if (descriptor_ == closed) throw std::logic_error("the C library has no GB18030");
}

Gb18030::~Gb18030() {
    if (descriptor_ != closed) iconv_close(descriptor_);
}

Gb18030::Gb18030(Gb18030&& other) noexcept : descriptor_(std::exchange(other.descriptor_, closed)) {}

Gb18030& Gb18030::operator=(Gb18030&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

std::optional<std::string> Gb18030::to_utf8(std::string_view bytes) {
    iconv(descriptor_, nullptr, nullptr, nullptr, nullptr);
    std::string out(bytes.size() * 2 + 4, '\0');  // two bytes become three, four become at most four
    std::string in(bytes);
    char* from = in.data();
    std::size_t left = in.size();
    char* to = out.data();
    std::size_t room = out.size();
    if (iconv(descriptor_, &from, &left, &to, &room) == static_cast<std::size_t>(-1) || left != 0)
        return std::nullopt;
    out.resize(out.size() - room);
    return out;
}

bool is_utf8(std::string_view bytes) {
    for (std::size_t at = 0; at != bytes.size();) {
        std::size_t const length = utf8_sequence(bytes, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

}  // namespace sponsio::sheet
