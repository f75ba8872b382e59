#include "server/app/department/server.hpp"

namespace sponsio::app::department {
namespace {

/// Two processes on one directory could answer one question twice.
Outcome<crypto::FileLock> lock_of(std::filesystem::path const& directory) {
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    auto lock = crypto::FileLock::try_acquire(directory / "lock");
    if (!lock)
        return fault(problem::unavailable, "The directory " + directory.string() + " cannot be used.",
                     "无法使用目录 " + directory.string() + "。");
    if (!*lock)
        return fault(problem::conflict, "Another gateway is running on " + directory.string() + ".",
                     "另一个部门网关进程正在使用 " + directory.string() + "。");
    return std::move(**lock);
}

}  // namespace

Outcome<std::unique_ptr<DepartmentServer>> DepartmentServer::start(DepartmentOptions const& options,
                                                                   Clock const& clock) {
    if (!domain::is_department_word(options.department))
        return fault(problem::invalid, "A department's word is made of a-z, 0-9 and _: " + options.department,
                     "部门代码须由 a-z、0-9 和 _ 组成：" + options.department);
    // Read once now, so that a mistake in it is told at the start and not with the first question.
    if (auto const holdings = Holdings::load(options.holdings); !holdings) return holdings.error();
    auto lock = lock_of(options.data);
    if (!lock) return lock.error();
    auto answers = Answers::open(options.data / "answers");
    if (!answers) return answers.error();
    std::unique_ptr<DepartmentServer> server(new DepartmentServer(std::move(*lock), std::move(*answers)));
    auto askers = AskerKeys::make(options.asker_jwks, options.asker_ca);
    if (!askers) return askers.error();
    server->askers_ = std::move(*askers);
    auto keys = service::KeyService::open_for_department(service::KeyPlace::below(options.data), clock);
    if (!keys) return keys.error();
    server->keys_ = std::move(*keys);
    server->gateway_ = std::make_unique<Gateway>(GatewayParts{.department = options.department,
                                                              .holdings = options.holdings,
                                                              .askers = *server->askers_,
                                                              .answers = server->answers_,
                                                              .keys = *server->keys_,
                                                              .clock = clock,
                                                              .answer_delay = options.answer_delay});
    // The certificate is judged by the clocks of the machines, whatever day it is in training.
    auto const files =
        http::self_made_certificate(options.data / "tls", options.host_names, SystemClock().now());
    if (!files) return files.error();
    auto const tls = http::TlsContext::load(*files);
    if (!tls) return tls.error();
    server->certificate_ = files->certificate;
    server->server_ =
        std::make_unique<http::Server>(http::ServerOptions{.address = options.host, .port = options.port},
                                       server->gateway_->router(), *tls, nullptr);
    if (auto started = server->server_->start(); !started) return started.error();
    return server;
}

DepartmentServer::~DepartmentServer() = default;

bool DepartmentServer::stop(std::chrono::milliseconds grace) {
    return server_->drain(grace);
}

}  // namespace sponsio::app::department
