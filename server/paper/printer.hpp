#pragma once

#include "server/base/fault.hpp"
#include "server/paper/paper.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>

namespace sponsio::paper {

/// Has papers drawn by sponsio-paper, one process for each, few at a time.
class Printer {
  public:
    static constexpr int at_once = 2;
    static constexpr int most_waiting = 32;

    /// `program`: of sponsio-paper; nothing is looked at before the first paper.
    explicit Printer(std::filesystem::path program) : program_(std::move(program)) {}

    ~Printer() { threads_.join(); }

    Printer(Printer const&) = delete;
    Printer& operator=(Printer const&) = delete;

    /// The PDF (server/paper/page.hpp). Refused: not_acceptable, naming the characters that no font of this
    /// machine has; overloaded; internal where the program cannot be run, or takes too long.
    boost::asio::awaitable<Outcome<std::string>> print(Paper paper);
    /// The same, in the caller's thread.
    [[nodiscard]] Outcome<std::string> print_now(Paper const& paper) const;

  private:
    std::filesystem::path program_;
    std::atomic<int> waiting_ = 0;
    boost::asio::thread_pool threads_{at_once};
};

/// Where sponsio-paper lies beside the running program: in its own directory, or where the package puts it.
std::filesystem::path installed_program();

}  // namespace sponsio::paper
