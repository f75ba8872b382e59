#include "server/domain/lifecycle.hpp"

namespace sponsio::domain {

Fault wrong_step(std::string_view lifecycle, std::string_view from, std::string_view event,
                 std::string const& possible) {
    std::string const subject(lifecycle), state(from), step(event);
    return fault(problem::wrong_step,
                 "This " + subject + " is " + state + ", so " + step + " cannot happen now; " +
                     (possible.empty() ? std::string("nothing more can.") : "possible: " + possible + "."),
                 "当前状态为 " + state + "，不能执行 " + step +
                     (possible.empty() ? "；已无后续环节。" : "；可执行：" + possible + "。"));
}

}  // namespace sponsio::domain
