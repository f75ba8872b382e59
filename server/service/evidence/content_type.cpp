#include "server/service/evidence/content_type.hpp"

#include "text/result.hpp"

#include <algorithm>
#include <array>
#include <magic.h>
#include <memory>

namespace sponsio::service {
namespace {

constexpr Reason other_type{"other_type", "is not what the bytes are", "与文件内容不符"};
constexpr std::string_view unknown = "application/octet-stream";

struct CloseMagic {
    void operator()(magic_set* cookie) const noexcept { magic_close(cookie); }
};

using Magic = std::unique_ptr<magic_set, CloseMagic>;

Magic open_magic() {
    Magic cookie(magic_open(MAGIC_MIME | MAGIC_NO_CHECK_COMPRESS));
    if (!cookie || magic_load(cookie.get(), nullptr) != 0)
        throw Failure("the database of libmagic cannot be loaded");
    return cookie;
}

/// Without parameters, in lower case.
std::string essence(std::string_view type) {
    std::string text(type.substr(0, type.find(';')));
    while (text.ends_with(' ')) text.pop_back();
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

/// Types whose files look the same from their beginning. A name that ends in '*' stands for all that begin
/// so.
struct Family {
    std::string_view name;
    std::array<std::string_view, 14> types;
};

constexpr Family families[] = {
    {"jpeg", {"image/jpeg", "image/jpg", "image/pjpeg"}},
    {"png", {"image/png", "image/apng", "image/vnd.mozilla.apng"}},
    {"gif", {"image/gif"}},
    {"bmp", {"image/bmp", "image/x-ms-bmp", "image/x-bmp"}},
    {"webp", {"image/webp"}},
    {"tiff", {"image/tiff", "image/tiff-fx"}},
    {"heif", {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence", "image/avif"}},
    {"pdf", {"application/pdf", "application/x-pdf"}},
    {"mp4",
     {"video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp*", "audio/mp4", "audio/x-m4a",
      "application/mp4"}},
    {"avi", {"video/x-msvideo", "video/avi"}},
    {"matroska", {"video/x-matroska", "video/webm", "audio/webm"}},
    {"mpeg audio", {"audio/mpeg", "audio/mp3"}},
    {"wave", {"audio/x-wav", "audio/wav", "audio/wave", "audio/vnd.wave"}},
    {"ogg", {"audio/ogg", "video/ogg", "application/ogg"}},
    {"zip",
     {"application/zip", "application/x-zip-compressed", "application/ofd", "application/x-ofd",
      "application/vnd.ofd", "application/vnd.openxmlformats-officedocument*",
      "application/vnd.oasis.opendocument*", "application/epub+zip", "application/java-archive",
      "application/vnd.ms-excel.*", "application/vnd.ms-word.*", "application/vnd.android.package-archive"}},
    {"ole",
     {"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
      "application/vnd.ms-office", "application/vnd.ms-outlook", "application/cdfv2*",
      "application/x-ole-storage", "application/vnd.visio"}},
    {"text",
     {"text/*", "application/json", "application/x-ndjson", "application/xml", "application/javascript",
      "application/csv", "message/*", "application/x-yaml", "application/jwt", "application/jose",
      "application/xhtml+xml", "application/pem-certificate-chain"}},
};

bool is_one_of(std::string_view type, Family const& family) {
    return std::ranges::any_of(family.types, [&](std::string_view listed) {
        if (listed.empty()) return false;
        return listed.ends_with('*') ? type.starts_with(listed.substr(0, listed.size() - 1)) : type == listed;
    });
}

/// Empty: none that is told apart here.
std::string_view family_of(std::string_view type) {
    auto const found = std::ranges::find_if(families, [&](Family const& f) { return is_one_of(type, f); });
    return found == std::end(families) ? std::string_view{} : found->name;
}

/// Whether what libmagic says is a text: a PDF may be all printable and is none.
bool is_text(std::string_view seen) {
    auto const charset = seen.find("charset=");
    std::string_view const family = family_of(essence(seen));
    if (!family.empty()) return family == "text";
    return charset != std::string_view::npos && seen.substr(charset) != "charset=binary";
}

/// Of a file that is too short for libmagic.
bool is_printable(std::string_view bytes) {
    return std::ranges::none_of(bytes, [](char c) {
        auto const code = static_cast<unsigned char>(c);
        return code == 0x7f || (code < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f');
    });
}

}  // namespace

std::string seen_type(std::string_view beginning) {
    thread_local Magic const cookie = open_magic();  // a cookie is for one thread
    char const* const seen = magic_buffer(cookie.get(), beginning.data(), beginning.size());
    if (!seen) return std::string(unknown);
    std::string type(seen);
    if (!is_text(type)) type = essence(type);
    if (type.find('/') == std::string::npos) type = unknown;
    return type == unknown && is_printable(beginning) ? "text/plain" : type;
}

bool types_agree(std::string_view declared, std::string_view seen) {
    std::string const said = essence(declared), shown = essence(seen);
    if (said == shown) return true;
    std::string_view const family = family_of(said);
    std::string_view const shown_family = is_text(seen) ? std::string_view("text") : family_of(shown);
    if (!family.empty() || shown_family.empty()) return family == shown_family;
    // Of a type that is not told apart here, text and archives may be a form.
    return shown_family == "text" || shown_family == "zip";
}

Outcome<std::string> settle_type(std::string const& declared, std::string_view beginning) {
    std::string seen = seen_type(beginning);
    if (declared.empty() || essence(declared) == unknown) return seen;
    if (types_agree(declared, seen)) return declared;
    std::string const shown = essence(seen), said = essence(declared);
    Fault refused = bad_field("header:Content-Type", other_type);
    refused.detail = {
        "The bytes are " + shown + " and not " + said + ": declare what the file is, or leave the type out.",
        "文件内容为 " + shown + "，与声明的 " + said + " 不符；请如实声明类型，或者不声明。"};
    return refused;
}

}  // namespace sponsio::service
