#include "server/service/published_head.hpp"

#include "crypto/checkpoint.hpp"
#include "crypto/durable_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace sponsio::service {
namespace {

using namespace std::chrono_literals;

/// "<64 hex digits of SHA-256>\n<text>", zeros up to slot_size.
std::string slot_of(std::string_view text) {
    std::string slot = crypto::to_hex(crypto::sha256(crypto::as_bytes(text)));
    slot.append("\n").append(text);
    slot.resize(PublishedHead::slot_size, '\0');
    return slot;
}

/// Nothing for a slot that was never written, or not to its end.
std::optional<std::string> text_of(std::string_view slot) {
    std::string_view const text = slot.substr(65, slot.find_last_not_of('\0') + 1 - 65);
    if (slot_of(text) != slot) return std::nullopt;
    return std::string(text);
}

std::uint64_t size_in(std::optional<std::string> const& checkpoint) {
    if (!checkpoint) return 0;
    auto const note = crypto::Note::parse(*checkpoint);
    auto const head = note ? crypto::Checkpoint::parse(note->text) : note.error();
    return head ? head->size : 0;
}

/// Both slots; fewer bytes if the file is not that long.
std::string read_slots(int descriptor) {
    std::string bytes(2 * PublishedHead::slot_size, '\0');
    ::ssize_t const length = ::pread(descriptor, bytes.data(), bytes.size(), 0);
    bytes.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
    return bytes;
}

bool is_whole(std::string_view bytes) {
    return bytes.size() == 2 * PublishedHead::slot_size;
}

std::optional<std::string> slot_text(std::string_view bytes, unsigned slot) {
    return text_of(bytes.substr(slot * PublishedHead::slot_size, PublishedHead::slot_size));
}

bool write_at(int descriptor, std::string_view bytes, ::off_t at) {
    while (!bytes.empty()) {
        ::ssize_t const written = ::pwrite(descriptor, bytes.data(), bytes.size(), at);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
        at += written;
    }
    return true;
}

}  // namespace

PublishedHead::PublishedHead(std::filesystem::path const& directory, std::int16_t shard)
    : file_(directory / (std::to_string(shard) + ".head")) {}

PublishedHead::~PublishedHead() {
    close();
}

void PublishedHead::close() noexcept {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

Outcome<void> PublishedHead::failed(std::string_view doing) {
    std::string const why = std::generic_category().message(errno);
    close();
    Fault f =
        fault(problem::unavailable,
              "The last published checkpoint cannot be kept outside the database: " + std::string(doing) +
                  " " + file_.filename().string() + " failed.",
              "无法在数据库之外保存最近发布的检查点，暂停签发。");
    f.cause = why;
    f.retry_after = 5s;
    return f;
}

Outcome<std::vector<std::string>> PublishedHead::kept() const {
    std::vector<std::string> texts;
    int const file = ::open(file_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) return texts;
    std::string const bytes = file < 0 ? "" : read_slots(file);
    if (file >= 0) ::close(file);
    // A shorter file was never finished being made: nothing had been published by it.
    if (!is_whole(bytes) && file >= 0) return texts;
    for (unsigned slot : {0U, 1U})
        if (auto text = is_whole(bytes) ? slot_text(bytes, slot) : std::nullopt)
            texts.push_back(std::move(*text));
    if (texts.empty())
        return fault(
            problem::internal,
            "The published checkpoint in " + file_.string() +
                " cannot be read or is damaged. Compare the log with a copy that somebody else keeps "
                "before you remove this file.",
            "检查点文件无法读取或已损坏，请与第三方留存的检查点核对后再删除该文件。");
    return texts;
}

Outcome<void> PublishedHead::open() {
    if (descriptor_ >= 0) return {};
    std::error_code ignored;
    std::filesystem::create_directories(file_.parent_path(), ignored);
    descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return failed("opening");
    if (!crypto::sync_directory(file_.parent_path())) return failed("syncing the directory of");
    std::string const bytes = read_slots(descriptor_);
    whole_ = is_whole(bytes);
    if (whole_) next_slot_ = size_in(slot_text(bytes, 0)) < size_in(slot_text(bytes, 1)) ? 0 : 1;
    return {};
}

Outcome<void> PublishedHead::keep(std::string_view checkpoint) {
    if (checkpoint.size() + 65 > slot_size) throw std::length_error("a checkpoint is too long for its slot");
    if (auto opened = open(); !opened) return opened;
    std::string const slot = slot_of(checkpoint);
    // The first time both slots are filled: the file never has its full length without a whole slot.
    if (!whole_ && !write_at(descriptor_, slot, 0)) return failed("writing");
    unsigned const turn = whole_ ? next_slot_ : 1;
    if (!write_at(descriptor_, slot, static_cast<::off_t>(turn * slot_size))) return failed("writing");
    if (::fdatasync(descriptor_) != 0) return failed("syncing");
    whole_ = true;
    next_slot_ = 1 - turn;
    return {};
}

}  // namespace sponsio::service
