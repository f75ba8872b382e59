#include "crypto/durable_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace sponsio::crypto {
namespace {

constexpr ::off_t largest = 16 << 20;

Error io_error(char const* doing, std::filesystem::path const& path, int number = errno) {
    auto const code = number == ENOENT ? file_error::missing : file_error::io;
    return {.code = code,
            .message = std::string(doing) + " failed: " + std::generic_category().message(number),
            .where = path.filename().string()};
}

class Descriptor {
  public:
    explicit Descriptor(int number) noexcept : number_(number) {}

    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;

    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }

    [[nodiscard]] int get() const noexcept { return number_; }

    explicit operator bool() const noexcept { return number_ >= 0; }

  private:
    int number_;
};

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        ::ssize_t const written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

Result<void> write_and_sync(std::filesystem::path const& path, std::string_view text) {
    ::unlink(path.c_str());  // a crash may have left one of another mode
    Descriptor const file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return io_error("creating the file", path);
    if (!write_all(file.get(), text)) return io_error("writing the file", path);
    if (::fsync(file.get()) != 0) return io_error("syncing the file", path);
    return {};
}

}  // namespace

Result<void> sync_directory(std::filesystem::path const& directory) {
    Descriptor const opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0) return io_error("syncing the directory", directory);
    return {};
}

Result<std::string> read_private_file(std::filesystem::path const& path) {
    Descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));

    struct ::stat state {};

    if (!file || ::fstat(file.get(), &state) != 0) return io_error("opening the file", path);
    if ((state.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return Error{.code = file_error::permissions,
                     .message = "Others than the owner may read or write the file; its mode must be 600.",
                     .where = path.filename().string()};
    if (!S_ISREG(state.st_mode) || state.st_size > largest) return io_error("reading the file", path, EFBIG);
    std::string text(static_cast<std::size_t>(state.st_size), '\0');
    std::size_t done = 0;
    while (done != text.size()) {
        ::ssize_t const got = ::read(file.get(), text.data() + done, text.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_error("reading the file", path);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    text.resize(done);
    return text;
}

Result<void> write_private_file(std::filesystem::path const& path, std::string_view text) {
    std::filesystem::path next = path;
    next += ".new";
    if (auto written = write_and_sync(next, text); !written) {
        ::unlink(next.c_str());
        return written;
    }
    // A crash before this line leaves the old file, and a ".new" that the next write replaces.
    if (::rename(next.c_str(), path.c_str()) != 0) return io_error("renaming the file", path);
    return sync_directory(path.parent_path());
}

bool lock_file(int descriptor, std::chrono::milliseconds patience) {
    auto const end = std::chrono::steady_clock::now() + patience;
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        if (errno != EWOULDBLOCK || std::chrono::steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

Result<void> rewrite_private_file(std::filesystem::path const& path, std::string_view text) {
    Descriptor const old(::open(path.c_str(), O_WRONLY | O_CLOEXEC));

    struct ::stat state {};

    if (!old || ::fstat(old.get(), &state) != 0) return io_error("opening the file", path);
    // First the new file is there for good: a crash from here on leaves remnants of the old one, and loses
    // nothing.
    if (auto written = write_private_file(path, text); !written) return written;
    if (!write_all(old.get(), std::string(static_cast<std::size_t>(state.st_size), '\0')) ||
        ::fsync(old.get()) != 0)
        return io_error("overwriting the file", path);
    return {};
}

Result<FileLock> FileLock::acquire(std::filesystem::path const& path) {
    int const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return io_error("opening the lock", path);
    FileLock lock(descriptor);
    if (!lock_file(descriptor, patience)) return io_error("locking, which another process prevents,", path);
    return lock;
}

Result<std::optional<FileLock>> FileLock::try_acquire(std::filesystem::path const& path) {
    int const descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return io_error("opening the lock", path);
    std::optional<FileLock> lock(FileLock{descriptor});
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno != EWOULDBLOCK) return io_error("locking", path);
    return std::optional<FileLock>{};
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace sponsio::crypto
