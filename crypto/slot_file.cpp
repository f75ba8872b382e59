#include "crypto/slot_file.hpp"

#include "crypto/decimal.hpp"
#include "crypto/digest.hpp"
#include "crypto/durable_file.hpp"
#include "crypto/key_store.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <system_error>
#include <unistd.h>

namespace sponsio::crypto {
namespace {

constexpr std::size_t file_size = 2 * SlotFile::slot_size;

struct Slot {
    std::uint64_t sequence;
    std::string text;
};

/// "<hex SHA-256 of the rest> <sequence>\n<text>", zeros up to slot_size.
std::string bytes_of(Slot const& slot) {
    std::string const body = std::to_string(slot.sequence) + "\n" + slot.text;
    std::string bytes = to_hex(sha256(as_bytes(body))) + " " + body;
    bytes.resize(SlotFile::slot_size, '\0');
    return bytes;
}

/// Nothing for a slot that was not written to its end.
std::optional<Slot> slot_of(std::string_view bytes) {
    std::size_t const sequence_at = 65, line_end = bytes.find('\n');
    if (line_end == std::string_view::npos || line_end < sequence_at) return std::nullopt;
    auto const sequence = parse_decimal(bytes.substr(sequence_at, line_end - sequence_at));
    if (!sequence) return std::nullopt;
    std::string_view const text = bytes.substr(line_end + 1, bytes.find_last_not_of('\0') - line_end);
    Slot slot{*sequence, std::string(text)};
    if (bytes_of(slot) != bytes) return std::nullopt;
    return slot;
}

/// The whole slots of an open file, newest first, and whether it has its full length.
struct Contents {
    bool whole = false;
    std::vector<Slot> slots;
};

Contents contents_of(int descriptor) {
    std::string bytes(file_size, '\0');
    ::ssize_t const length = ::pread(descriptor, bytes.data(), bytes.size(), 0);
    Contents contents{.whole = length == static_cast<::ssize_t>(file_size), .slots = {}};
    if (!contents.whole) return contents;
    for (std::size_t at : {std::size_t{0}, SlotFile::slot_size})
        if (auto slot = slot_of(std::string_view(bytes).substr(at, SlotFile::slot_size)))
            contents.slots.push_back(std::move(*slot));
    if (contents.slots.size() == 2 && contents.slots[0].sequence < contents.slots[1].sequence)
        std::swap(contents.slots[0], contents.slots[1]);
    return contents;
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

SlotFile::SlotFile(std::filesystem::path file) : path_(std::move(file)) {}

SlotFile::~SlotFile() {
    close();
}

void SlotFile::close() noexcept {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

Error SlotFile::failed(char const* doing) {
    std::string const why = std::generic_category().message(errno);
    close();
    return {.code = store_error::io,
            .message = std::string(doing) + " failed: " + why,
            .where = path_.filename().string()};
}

Result<std::vector<std::string>> SlotFile::read() const {
    int const file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) return std::vector<std::string>{};
    Contents const contents = file < 0 ? Contents{.whole = true, .slots = {}} : contents_of(file);
    if (file >= 0) ::close(file);
    // A shorter file was never finished being made: nothing was ever told to be in it.
    if (contents.whole && contents.slots.empty())
        return Error{.code = store_error::damaged,
                     .message = "The file cannot be read, or both its slots are damaged.",
                     .where = path_.filename().string()};
    std::vector<std::string> texts;
    for (Slot const& slot : contents.slots) texts.push_back(slot.text);
    return texts;
}

Result<void> SlotFile::open() {
    if (descriptor_ >= 0) return {};
    std::error_code ignored;
    std::filesystem::create_directories(path_.parent_path(), ignored);
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return failed("opening the file");
    if (auto synced = sync_directory(path_.parent_path()); !synced) {
        close();
        return synced;
    }
    Contents const contents = contents_of(descriptor_);
    whole_ = contents.whole;
    sequence_ = contents.slots.empty() ? 0 : contents.slots.front().sequence;
    return {};
}

Result<void> SlotFile::write(std::string_view text) {
    if (text.size() > max_text) throw Failure("the text is too long for its slot");
    if (auto opened = open(); !opened) return opened;
    Slot const slot{sequence_ + 1, std::string(text)};
    std::string const bytes = bytes_of(slot);
    // Even numbers lie in the first slot. At first both are filled: a file of full length always has a whole
    // one.
    std::size_t const turn = slot.sequence % 2 == 0 ? 0 : slot_size;
    if (!whole_ && !write_at(descriptor_, bytes, static_cast<::off_t>(slot_size - turn)))
        return failed("writing the file");
    if (!write_at(descriptor_, bytes, static_cast<::off_t>(turn))) return failed("writing the file");
    if (::fdatasync(descriptor_) != 0) return failed("syncing the file");
    whole_ = true;
    sequence_ = slot.sequence;
    return {};
}

}  // namespace sponsio::crypto
