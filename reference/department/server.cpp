#include "reference/department/server.hpp"

namespace sponsio::department {

Outcome<std::unique_ptr<DepartmentServer>> DepartmentServer::start(DepartmentOptions const& options,
                                                                   Clock const& clock) {
    if (!domain::is_department_word(options.department))
        return fault(problem::invalid, "A department's word is made of a-z, 0-9 and _: " + options.department,
                     "部门代码须由 a-z、0-9 和 _ 组成：" + options.department);
    // Read now, so that a mistake is reported at the start and not with the first question.
    if (auto const holdings = Holdings::load(options.holdings); !holdings) return holdings.error();
    auto lock = front::claim(options.front.data, "gateway", "部门网关");
    if (!lock) return lock.error();
    auto answers = Answers::open(options.front.data / "answers");
    if (!answers) return answers.error();
    std::unique_ptr<DepartmentServer> server(new DepartmentServer(std::move(*lock), std::move(*answers)));
    auto askers = AskerKeys::make(options.asker_jwks, options.asker_ca);
    if (!askers) return askers.error();
    server->askers_ = std::move(*askers);
    auto key = front::OwnKey::open(options.front.data, "check-answer", crypto::Algorithm::es256, clock);
    if (!key) return key.error();
    server->key_ = std::move(*key);
    server->gateway_ = std::make_unique<Gateway>(GatewayParts{.department = options.department,
                                                              .holdings = options.holdings,
                                                              .askers = *server->askers_,
                                                              .answers = server->answers_,
                                                              .key = *server->key_,
                                                              .clock = clock,
                                                              .answer_delay = options.answer_delay});
    auto front = front::Front::open(options.front, server->gateway_->router());
    if (!front) return front.error();
    server->front_ = std::move(*front);
    return server;
}

}  // namespace sponsio::department
