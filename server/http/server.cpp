#include "server/http/server.hpp"

#include "server/base/log.hpp"
#include "server/http/worker.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <csignal>
#include <future>

namespace sponsio::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

/// Throws if another server listens there. SO_REUSEPORT alone would let two servers share the port unnoticed.
void refuse_to_share(tcp::endpoint const& at) {
    if (at.port() == 0) return;
    asio::io_context io;
    tcp::acceptor probe(io, at.protocol());
    probe.set_option(tcp::acceptor::reuse_address(true));
    probe.bind(at);
}

}  // namespace

Server::Server(ServerOptions options, Router router, std::shared_ptr<TlsContext const> tls, Metrics* metrics)
    : shared_(new Shared{.options = std::move(options),
                         .router = std::move(router),
                         .metrics = metrics,
                         .tls = std::move(tls)}) {
    shared_->room.folder = shared_->options.temporary;
    shared_->room.of_one = shared_->options.limits.backlog;
    shared_->room.of_all = shared_->options.limits.backlogs;
}

Server::~Server() {
    drain(std::chrono::milliseconds(0));
}

Outcome<void> Server::start() {
    // OpenSSL writes to sockets with write(2): a peer that is gone must cause an error, not end the process.
    std::signal(SIGPIPE, SIG_IGN);
    ServerOptions const& options = shared_->options;
    std::string const place = options.address + ":" + std::to_string(options.port);
    try {
        tcp::endpoint at(asio::ip::make_address(options.address), options.port);
        refuse_to_share(at);
        for (unsigned i = 0; i != std::max(options.io_threads, 1U); ++i) {
            workers_.push_back(std::make_unique<Worker>(*shared_));
            workers_.back()->listen(at);
            at.port(workers_.front()->port());  // if the first took any free one, the others take the same
        }
    } catch (boost::system::system_error const& e) {
        workers_.clear();
        Fault refused =
            fault(problem::unavailable, "The address " + place + " cannot be bound: " + e.code().message(),
                  "无法绑定地址 " + place + "：" + e.code().message());
        refused.cause = e.code().message();
        return refused;
    }
    shared_->running = workers_.size();
    for (auto const& worker : workers_) worker->start();
    return {};
}

std::uint16_t Server::port() const {
    return workers_.empty() ? 0 : workers_.front()->port();
}

void Server::use(std::shared_ptr<TlsContext const> tls) {
    std::lock_guard const lock(shared_->mutex);
    shared_->tls.swap(tls);
}

bool Server::goes_round(std::chrono::milliseconds within) {
    auto const limit = std::chrono::steady_clock::now() + within;
    std::vector<std::future<void>> rounds;
    for (auto const& worker : workers_) {
        auto const round = std::make_shared<std::promise<void>>();
        rounds.push_back(round->get_future());
        worker->post([round] { round->set_value(); });
    }
    return std::ranges::all_of(rounds, [&](std::future<void> const& round) {
        return round.wait_until(limit) == std::future_status::ready;
    });
}

bool Server::drain(std::chrono::milliseconds grace) {
    if (workers_.empty()) return true;
    for (auto const& worker : workers_) worker->drain();
    std::unique_lock lock(shared_->mutex);
    bool const clean = shared_->ended.wait_for(lock, grace, [&] { return shared_->running == 0; });
    lock.unlock();
    if (!clean)
        for (auto const& worker : workers_) worker->cut();
    for (auto const& worker : workers_) worker->join();
    workers_.clear();
    return clean;
}

}  // namespace sponsio::http
