#include "crypto/keys/self_test.hpp"
#include "crypto/secret.hpp"
#include "server/app/doctor.hpp"
#include "server/paper/printer.hpp"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

namespace sponsio::app {
namespace {

namespace fs = std::filesystem;

void look_at_clock(Diagnoses& diagnoses) {
    timex state{};
    int const how = ::adjtimex(&state);
    bool const synchronised = how >= 0 && how != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
    diagnoses.judge("clock", synchronised, "The clock is synchronised.", Health::fail,
                    "The clock is not synchronised with anything.",
                    "Install chrony or systemd-timesyncd: what is signed bears the time of this clock.");
}

/// The nearest directory above that is there.
fs::path existing(fs::path place) {
    std::error_code ignored;
    place = fs::absolute(place, ignored);
    while (!fs::exists(place, ignored) && place.has_relative_path()) place = place.parent_path();
    return place;
}

void look_at_disk(fs::path const& directory, Diagnoses& diagnoses) {
    struct statvfs disk {};

    if (::statvfs(existing(directory).c_str(), &disk) != 0) return;
    std::uint64_t const free = std::uint64_t{disk.f_bavail} * disk.f_frsize >> 20;
    bool const low = free < 1024 || disk.f_bavail * 20 < disk.f_blocks;
    diagnoses.judge("disk", !low, std::to_string(free) + " MiB are free at " + directory.string() + ".",
                    free < 256 ? Health::fail : Health::warn,
                    "Only " + std::to_string(free) + " MiB are free at " + directory.string() + ".",
                    "Make room: when nothing can be written, filings are refused.");
}

void look_at_limits(Diagnoses& diagnoses) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    constexpr rlim_t wanted = 8192;  // 4096 connections, their spools, the database
    diagnoses.judge("files", files.rlim_cur >= wanted,
                    "Up to " + std::to_string(files.rlim_cur) + " open files.", Health::warn,
                    "Only " + std::to_string(files.rlim_cur) + " files may be open here.",
                    "Set LimitNOFILE=65536 in the unit, or ulimit -n, for 4096 connections.");
    diagnoses.judge("memory", crypto::secrets_are_locked(), "Keys lie in memory that is never swapped out.",
                    Health::warn, "Keys may be swapped out: the system locks no 4 MiB of memory for them.",
                    "Set LimitMEMLOCK=8M in the unit.");
}

void look_at_papers(Diagnoses& diagnoses) {
    auto const drawn = paper::Printer(paper::installed_program())
                           .print_now({.organ = "机关",
                                       .title = "文书",
                                       .number = "1号",
                                       .paragraphs = {"正文。"},
                                       .digest = std::string(64, '0'),
                                       .made_at = "2026-01-01T00:00:00Z"});
    diagnoses.judge(
        "papers", drawn.has_value(), "Papers can be drawn as PDF.", Health::warn,
        "Papers cannot be drawn as PDF: " + (drawn                         ? ""
                                             : drawn.error().cause.empty() ? drawn.error().detail.en
                                                                           : drawn.error().cause),
        "Install the package whole, and fonts-noto-cjk; as JSON and text they are given all the same.");
}

}  // namespace

void look_at_machine(ServeOptions const& options, Diagnoses& diagnoses) {
    for (crypto::SelfTested const& line : crypto::self_test())
        diagnoses.add("algorithm", line.ok ? Health::ok : Health::fail, line.en);
    look_at_clock(diagnoses);
    look_at_disk(options.state, diagnoses);
    look_at_limits(diagnoses);
    look_at_papers(diagnoses);
}

}  // namespace sponsio::app
