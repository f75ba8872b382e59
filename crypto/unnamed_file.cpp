#include "crypto/unnamed_file.hpp"

#include "crypto/durable_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace sponsio::crypto {
namespace {

Error io_error(char const* doing, std::string where = {}) {
    return {.code = file_error::io,
            .message = std::string(doing) + " failed: " + std::generic_category().message(errno),
            .where = std::move(where)};
}

}  // namespace

Result<UnnamedFile> UnnamedFile::in(std::filesystem::path const& folder) {
    std::string name = (folder / "sponsio-XXXXXX").string();
    int const descriptor = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor < 0) return io_error("making a temporary file", folder.string());
    UnnamedFile made(descriptor);
    if (::unlink(name.c_str()) != 0) return io_error("unlinking a temporary file", folder.string());
    return made;
}

UnnamedFile::~UnnamedFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> UnnamedFile::append(ByteView bytes) {
    while (!bytes.empty()) {
        ::ssize_t const n = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<::off_t>(size_));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_error("writing a temporary file");
        bytes = bytes.subspan(static_cast<std::size_t>(n));
        size_ += static_cast<std::uint64_t>(n);
    }
    return {};
}

Result<Bytes> UnnamedFile::read(std::uint64_t at, std::size_t size) const {
    Bytes bytes(size);
    for (std::size_t got = 0; got != size;) {
        ::ssize_t const n =
            ::pread(descriptor_, bytes.data() + got, size - got, static_cast<::off_t>(at + got));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return io_error("reading a temporary file");
        got += static_cast<std::size_t>(n);
    }
    return bytes;
}

}  // namespace sponsio::crypto
