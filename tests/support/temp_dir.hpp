#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>

namespace sponsio {

/// A directory that is removed with this object.
class TempDir {
  public:
    explicit TempDir(std::filesystem::path const& in = std::filesystem::temp_directory_path()) {
        std::string pattern = (in / "sponsio-test-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
        path_ = pattern;
        // Where the tests run as root, their PostgreSQL runs as somebody else.
        std::filesystem::permissions(path_, std::filesystem::perms(0711));
    }

    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    TempDir(TempDir const&) = delete;
    TempDir& operator=(TempDir const&) = delete;

    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace sponsio
