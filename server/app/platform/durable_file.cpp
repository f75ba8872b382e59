#include "server/app/platform/durable_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sponsio::app::platform {
namespace {

Fault failed(std::string_view what, std::filesystem::path const& file, int error) {
    Fault why = fault(problem::unavailable,
                      "Cannot " + std::string(what) + " " + file.string() + ": " + std::strerror(error) + ".",
                      "无法处理 " + file.string() + "：" + std::strerror(error) + "。");
    why.cause = std::string(what) + ": " + std::strerror(error);
    return why;
}

/// A descriptor that is closed when it goes.
class Opened {
  public:
    Opened(std::filesystem::path const& file, int flags)
        : descriptor_(::open(file.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}

    ~Opened() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    Opened(Opened const&) = delete;
    Opened& operator=(Opened const&) = delete;

    explicit operator bool() const noexcept { return descriptor_ >= 0; }

    [[nodiscard]] int get() const noexcept { return descriptor_; }

    [[nodiscard]] int release() noexcept { return std::exchange(descriptor_, -1); }

  private:
    int descriptor_;
};

Outcome<void> flush_directory(std::filesystem::path const& directory) {
    Opened const opened(directory, O_RDONLY | O_DIRECTORY);
    if (!opened || ::fsync(opened.get()) != 0) return failed("flush", directory, errno);
    return {};
}

Outcome<void> write_and_flush(std::filesystem::path const& file, std::string_view bytes) {
    Opened const opened(file, O_WRONLY | O_CREAT | O_TRUNC);
    if (!opened) return failed("create", file, errno);
    while (!bytes.empty()) {
        ssize_t const n = ::write(opened.get(), bytes.data(), bytes.size());
        if (n < 0 && errno != EINTR) return failed("write", file, errno);
        if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(opened.get()) != 0) return failed("flush", file, errno);
    return {};
}

}  // namespace

Outcome<void> make_private_directory(std::filesystem::path const& directory) {
    auto const above = std::filesystem::absolute(directory).parent_path();
    std::error_code ec;
    std::filesystem::create_directories(above, ec);
    if (ec) return failed("make", above, ec.value());
    if (::mkdir(directory.c_str(), S_IRWXU) == 0) return flush_directory(above);
    if (errno != EEXIST || !std::filesystem::is_directory(directory)) return failed("make", directory, errno);
    return {};
}

Outcome<std::string> read_whole(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return failed("read", file, errno);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Outcome<void> write_durably(std::filesystem::path const& file, std::string_view bytes,
                            std::string_view unfinished) {
    std::filesystem::path const beside = file.string() + std::string(unfinished);
    auto written = write_and_flush(beside, bytes);
    if (written && ::rename(beside.c_str(), file.c_str()) != 0) written = failed("rename", beside, errno);
    if (!written) {
        ::unlink(beside.c_str());
        return written;
    }
    auto flushed = flush_directory(file.parent_path());
    // Not told that it is there, nobody must find it there either.
    if (!flushed) ::unlink(file.c_str());
    return flushed;
}

Outcome<std::optional<int>> lock_file(std::filesystem::path const& file) {
    Opened opened(file, O_RDWR | O_CREAT);
    if (!opened) return failed("open", file, errno);
    if (::flock(opened.get(), LOCK_EX | LOCK_NB) == 0) return std::optional(opened.release());
    if (errno == EWOULDBLOCK) return std::optional<int>{};
    return failed("lock", file, errno);
}

void unlock_file(int descriptor) noexcept {
    if (descriptor >= 0) ::close(descriptor);
}

}  // namespace sponsio::app::platform
