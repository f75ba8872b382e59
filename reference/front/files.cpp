#include "reference/front/files.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <system_error>

namespace sponsio::front {

namespace fs = std::filesystem;

Outcome<std::string> read_file(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return fault(problem::unavailable, "Cannot read " + file.string() + ".",
                     "无法读取 " + file.string() + "。");
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Fault unusable(fs::path const& file, Error const& error) {
    Fault why = fault(problem::unavailable, file.string() + " cannot be used: " + error.message,
                      "无法使用 " + file.string() + "：" + error.message);
    why.cause = std::string(error.code);
    return why;
}

Outcome<void> make_private_directory(fs::path const& directory) {
    auto const refused = [&](std::string const& why) {
        return fault(problem::unavailable,
                     "The directory " + directory.string() + " cannot be used: " + why + ".",
                     "无法使用目录 " + directory.string() + "：" + why + "。");
    };
    fs::path const above = fs::absolute(directory / "").parent_path().parent_path();
    std::error_code bad;
    fs::create_directories(above, bad);
    if (bad) return refused(bad.message());
    if (::mkdir(directory.c_str(), S_IRWXU) == 0) {
        if (auto synced = crypto::sync_directory(above); !synced) return unusable(directory, synced.error());
    } else if (errno != EEXIST || !fs::is_directory(directory, bad)) {
        return refused(std::generic_category().message(errno));
    }
    return {};
}

Outcome<crypto::FileLock> claim(fs::path const& directory, std::string const& who_en,
                                std::string const& who_zh) {
    if (auto made = make_private_directory(directory); !made) return made.error();
    auto lock = crypto::FileLock::try_acquire(directory / "lock");
    if (!lock) return unusable(directory, lock.error());
    if (!*lock)
        return fault(problem::conflict, "Another " + who_en + " is running on " + directory.string() + ".",
                     "另一个" + who_zh + "进程正在使用 " + directory.string() + "。");
    return std::move(**lock);
}

}  // namespace sponsio::front
