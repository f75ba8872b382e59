#include "server/paper/printer.hpp"

#include "server/base/internal.hpp"
#include "server/base/log.hpp"
#include "server/base/process.hpp"
#include "server/paper/draw_exit.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <system_error>

namespace sponsio::paper {
namespace {

using namespace std::chrono_literals;

constexpr char const* program_name = "sponsio-paper";
constexpr char const* package_place = "/usr/libexec/sponsio";

/// A page of Chinese takes a tenth of a second and 130 MB, most of it fonts that are mapped. The patience is
/// that of a busy machine.
constexpr ProcessLimits limits{.memory = 1U << 30, .output = 16U << 20, .processor = 10s, .patience = 20s};

Fault unprintable(std::string const& characters) {
    return fault(
        problem::not_acceptable,
        "No font of this machine has " + characters +
            ", so the paper is not drawn; ask for text/plain, or have a font installed that has them.",
        "本机字体缺少字符 " + characters +
            "，无法生成版式文件；请改用 text/plain，或者由运维人员安装相应字体。");
}

Fault too_many() {
    Fault f =
        fault(problem::overloaded, "Too many papers are being drawn.", "正在生成的文书过多，请稍后重试。");
    f.retry_after = 2s;
    return f;
}

}  // namespace

Outcome<std::string> Printer::print_now(Paper const& paper) const {
    try {
        auto done = run_process({.argv = {program_.string()},
                                 .environment = {"LC_ALL=C.UTF-8"},
                                 .input = paper.to_text(),
                                 .limits = limits});
        if (done.exit_code == static_cast<int>(DrawExit::drawn)) return std::move(done.output);
        if (done.exit_code == static_cast<int>(DrawExit::no_glyph)) return unprintable(done.output);
        return internal("sponsio-paper ended with " + std::to_string(done.exit_code) + " " + done.output);
    } catch (std::system_error const& error) {
        return internal(std::string("sponsio-paper: ") + error.what());
    }
}

boost::asio::awaitable<Outcome<std::string>> Printer::print(Paper paper) {
    if (waiting_.fetch_add(1) >= most_waiting) {
        --waiting_;
        co_return too_many();
    }
    auto work = [this, paper = std::move(paper)]() -> boost::asio::awaitable<Outcome<std::string>> {
        auto drawn = print_now(paper);
        --waiting_;
        co_return drawn;
    };
    co_return co_await boost::asio::co_spawn(threads_, std::move(work), boost::asio::use_awaitable);
}

std::filesystem::path installed_program() {
    std::error_code ignored;
    auto beside = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / program_name;
    if (std::filesystem::exists(beside, ignored)) return beside;
    return std::filesystem::path(package_place) / program_name;
}

}  // namespace sponsio::paper
