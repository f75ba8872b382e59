#include "crypto/slot_file.hpp"

#include "crypto/digest.hpp"
#include "text/decimal.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace sponsio::crypto {
namespace {

constexpr std::size_t file_size = 2 * SlotFile::slot_size;
constexpr std::string_view no_birth = "-";  ///< where the file system does not know it
constexpr int most_files = 5;               ///< that replace each other while one is being opened

/// "<inode number>:<time of birth in ns>"; empty if neither can be read.
std::string file_of(int descriptor) {
    struct ::statx found {};

    if (::statx(descriptor, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &found) != 0) return {};
    std::string birth(no_birth);
    if ((found.stx_mask & STATX_BTIME) != 0)
        birth = std::to_string(found.stx_btime.tv_sec * 1'000'000'000 + found.stx_btime.tv_nsec);
    return std::to_string(found.stx_ino) + ":" + birth;
}

/// A missing time of birth matches any: a file system may begin or cease to report it between two looks.
bool is_same_file(std::string_view a, std::string_view b) {
    auto const inode = [](std::string_view file) { return file.substr(0, file.find(':')); };
    auto const birth = [](std::string_view file) { return file.substr(file.find(':') + 1); };
    return inode(a) == inode(b) && (birth(a) == birth(b) || birth(a) == no_birth || birth(b) == no_birth);
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

/// Even numbers lie in the first slot.
::off_t place_of(std::uint64_t sequence) {
    return sequence % 2 == 0 ? 0 : static_cast<::off_t>(SlotFile::slot_size);
}

/// Writes both slots, so that a file of full length always has a whole one.
bool write_both(int descriptor, std::string_view bytes, std::uint64_t sequence) {
    return write_at(descriptor, bytes, place_of(sequence + 1)) &&
           write_at(descriptor, bytes, place_of(sequence));
}

/// Nothing, with errno, if it cannot be told.
std::optional<bool> has_name(int descriptor) {
    struct ::stat found {};

    if (::fstat(descriptor, &found) != 0) return std::nullopt;
    return found.st_nlink != 0;
}

}  // namespace

/// The whole slots of an open file, newest first, and whether it has its full length.
struct SlotFile::Image {
    bool whole = false;
    std::vector<Slot> slots{};

    [[nodiscard]] std::optional<Slot> newest() const {
        return slots.empty() ? std::nullopt : std::optional(slots.front());
    }
};

SlotFile::SlotFile(std::filesystem::path file) : path_(std::move(file)) {}

SlotFile::~SlotFile() {
    close();
}

void SlotFile::close() noexcept {
    for (int* const descriptor : {&descriptor_, &old_descriptor_})
        if (int const open = std::exchange(*descriptor, -1); open >= 0) ::close(open);
}

Error SlotFile::failed(char const* doing) {
    std::string const why = std::generic_category().message(errno);
    close();
    return {.code = file_error::io,
            .message = std::string(doing) + " failed: " + why,
            .where = path_.filename().string()};
}

/// "<hex SHA-256 of the rest> <sequence> <file>\n<text>", zeros up to slot_size.
std::string SlotFile::bytes_of(Slot const& slot) {
    std::string const said = slot.file.empty() ? "" : " " + slot.file;
    std::string const body = std::to_string(slot.sequence) + said + "\n" + slot.text;
    std::string bytes = to_hex(sha256(as_bytes(body))) + " " + body;
    bytes.resize(slot_size, '\0');
    return bytes;
}

/// Nothing for a slot whose write did not finish.
std::optional<SlotFile::Slot> SlotFile::slot_of(std::string_view bytes) {
    std::size_t const sequence_at = 65, line_end = bytes.find('\n');
    if (line_end == std::string_view::npos || line_end < sequence_at) return std::nullopt;
    std::string_view const line = bytes.substr(sequence_at, line_end - sequence_at);
    std::size_t const space = line.find(' ');
    auto const sequence = parse_decimal(line.substr(0, space));
    if (!sequence) return std::nullopt;
    std::string_view const file = space == std::string_view::npos ? "" : line.substr(space + 1);
    std::string_view const text = bytes.substr(line_end + 1, bytes.find_last_not_of('\0') - line_end);
    Slot slot{*sequence, std::string(file), std::string(text)};
    if (bytes_of(slot) != bytes) return std::nullopt;
    return slot;
}

SlotFile::Image SlotFile::image_of(int descriptor) {
    std::string bytes(file_size, '\0');
    ::ssize_t const length = ::pread(descriptor, bytes.data(), bytes.size(), 0);
    Image image{.whole = length == static_cast<::ssize_t>(file_size)};
    if (!image.whole) return image;
    for (std::size_t at : {std::size_t{0}, slot_size})
        if (auto slot = slot_of(std::string_view(bytes).substr(at, slot_size)))
            image.slots.push_back(std::move(*slot));
    if (image.slots.size() == 2 && image.slots[0].sequence < image.slots[1].sequence)
        std::swap(image.slots[0], image.slots[1]);
    return image;
}

Result<SlotFile::Contents> SlotFile::read() {
    Contents contents;
    int const file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) {
        seen_ = {std::nullopt};
        return contents;
    }
    Image const image = file < 0 ? Image{.whole = true} : image_of(file);
    std::string const here = file < 0 ? "" : file_of(file);
    if (file >= 0) ::close(file);
    // A file shorter than this was cut off while it was made: no caller was ever told that it holds a text.
    if (image.whole && image.slots.empty())
        return Error{.code = file_error::damaged,
                     .message = "The file cannot be read, or both its slots are damaged.",
                     .where = path_.filename().string()};
    seen_ = {image.newest()};
    for (Slot const& slot : image.slots) contents.texts.push_back(slot.text);
    contents.copied = !image.slots.empty() && !image.slots.front().file.empty() &&
                      !is_same_file(image.slots.front().file, here);
    return contents;
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
    return {};
}

Error SlotFile::changed(char const* message) {
    close();
    return {.code = slot_error::changed, .message = message, .where = path_.filename().string()};
}

/// Opens the file that has the name, and keeps other writers away from it until it is closed or unlocked. A
/// writer that holds the lock for longer than the patience was suspended in the middle: it is overtaken, and
/// finds that out when it goes on.
Result<void> SlotFile::lock() {
    for (int n = 0; n != most_files; ++n) {
        if (auto opened = open(); !opened) return opened;
        overtaking_.reset();
        if (!lock_file(descriptor_, patience)) {
            if (errno != EWOULDBLOCK) return failed("locking the file");
            auto lock = FileLock::try_acquire(beside(".overtaking"));
            if (!lock) return lock.error();
            if (!*lock) return failed("overtaking a writer that is suspended, which another does already,");
            overtaking_.emplace(*std::move(*lock));
        }
        auto const named = has_name(descriptor_);
        if (!named) return failed("looking at the file");
        if (*named) return {};
        close();  // removed, or another one was put in its place
    }
    // Each file that lost its name was replaced by a writer that was faster.
    return changed("Others replace the file again and again.");
}

void SlotFile::unlock() noexcept {
    if (descriptor_ >= 0) ::flock(descriptor_, LOCK_UN);
    overtaking_.reset();
}

Result<void> SlotFile::write(std::string_view text) {
    if (text.size() > max_text) throw Failure("the text is too long for its slot");
    if (auto locked = lock(); !locked) return locked;
    auto written = write_locked(text);
    unlock();
    return written;
}

Result<void> SlotFile::write_locked(std::string_view text) {
    Image const image = image_of(descriptor_);
    std::optional<Slot> const newest = image.newest();
    if (seen_ && image.whole && std::ranges::find(*seen_, newest) == seen_->end())
        return changed("Somebody else has written to the file.");
    if (!seen_) seen_ = {newest};
    std::uint64_t before = newest ? newest->sequence : 0;
    for (std::optional<Slot> const& slot : *seen_)
        if (slot) before = std::max(before, slot->sequence);
    bool const anew = (renew_ || overtaking_) && take_new_file();
    if (overtaking_ && !anew) return failed("making a file in place of the one whose writer is suspended");
    Slot const slot{before + 1, file_of(descriptor_), std::string(text)};
    seen_->push_back(slot);
    std::string const bytes = bytes_of(slot);
    bool const done = image.whole && !anew ? write_at(descriptor_, bytes, place_of(slot.sequence))
                                           : write_both(descriptor_, bytes, slot.sequence);
    if (!done) return failed("writing the file");
    if (::fdatasync(descriptor_) != 0) return failed("syncing the file");
    if (auto named = anew ? name_new_file(newest) : still_there(descriptor_); !named) return named;
    seen_ = {slot};
    return {};
}

/// Opens a new file under a temporary name. On failure, such as a full disk, the old file is kept.
bool SlotFile::take_new_file() {
    ::unlink(new_path().c_str());
    int const file = ::open(new_path().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return false;
    if (::flock(file, LOCK_EX) != 0 || ::posix_fallocate(file, 0, static_cast<::off_t>(file_size)) != 0) {
        ::close(file);
        ::unlink(new_path().c_str());
        return false;
    }
    old_descriptor_ = std::exchange(descriptor_, file);
    return true;
}

/// Whoever was overtaken has written to a file without a name.
Result<void> SlotFile::still_there(int descriptor) {
    auto const named = has_name(descriptor);
    if (!named) return failed("looking at the file");
    if (!*named) return changed("Another process took the file over meanwhile.");
    return {};
}

/// Renames the new file into place. Writers waiting for the old file's lock then find that it has no name.
/// One that was overtaken and goes on at this very moment has either lost the name before it looks, or has
/// written before: one of the two always finds the other.
Result<void> SlotFile::name_new_file(std::optional<Slot> const& replaced) {
    if (auto there = still_there(old_descriptor_); !there) return there;
    if (::rename(new_path().c_str(), path_.c_str()) != 0) return failed("renaming the file");
    bool const same = !overtaking_ || image_of(old_descriptor_).newest() == replaced;
    ::close(std::exchange(old_descriptor_, -1));
    renew_ = false;
    if (auto synced = sync_directory(path_.parent_path()); !synced) return synced;
    if (!same) return changed("Its writer went on while it was taken for suspended.");
    return {};
}

std::filesystem::path SlotFile::beside(std::string_view suffix) const {
    std::filesystem::path path = path_;
    path += suffix;
    return path;
}

/// Not the same name, since the one who is overtaken may be about to rename its own.
std::filesystem::path SlotFile::new_path() const {
    return beside(overtaking_ ? ".next" : ".new");
}

}  // namespace sponsio::crypto
