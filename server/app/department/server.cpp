#include "server/app/department/server.hpp"

namespace sponsio::app::department {

Outcome<std::unique_ptr<DepartmentServer>> DepartmentServer::start(DepartmentOptions const& options,
                                                                   Clock const& clock) {
    if (!domain::is_department_word(options.department))
        return fault(problem::invalid, "A department's word is made of a-z, 0-9 and _: " + options.department,
                     "部门代码须由 a-z、0-9 和 _ 组成：" + options.department);
    // Read once now, so that a mistake in it is told at the start and not with the first question.
    if (auto const holdings = Holdings::load(options.holdings); !holdings) return holdings.error();
    auto lock = claim(options.front.data, "gateway", "部门网关");
    if (!lock) return lock.error();
    auto answers = Answers::open(options.front.data / "answers");
    if (!answers) return answers.error();
    std::unique_ptr<DepartmentServer> server(new DepartmentServer(std::move(*lock), std::move(*answers)));
    auto askers = AskerKeys::make(options.asker_jwks, options.asker_ca);
    if (!askers) return askers.error();
    server->askers_ = std::move(*askers);
    auto keys = service::KeyService::open_for_department(service::KeyPlace::below(options.front.data), clock);
    if (!keys) return keys.error();
    server->keys_ = std::move(*keys);
    server->gateway_ = std::make_unique<Gateway>(GatewayParts{.department = options.department,
                                                              .holdings = options.holdings,
                                                              .askers = *server->askers_,
                                                              .answers = server->answers_,
                                                              .keys = *server->keys_,
                                                              .clock = clock,
                                                              .answer_delay = options.answer_delay});
    auto front = Front::open(options.front, server->gateway_->router());
    if (!front) return front.error();
    server->front_ = std::move(*front);
    return server;
}

}  // namespace sponsio::app::department
