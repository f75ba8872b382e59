#include "server/service/filing/refusals.hpp"

namespace sponsio::service {

Fault stale_notice(int newest) {
    return fault(
        problem::notice_stale,
        "The matter has version " + std::to_string(newest) + " now; give a notice from that version first.",
        "该事项已更新至第 " + std::to_string(newest) + " 版，请按新版本重新告知。");
}

Fault not_yet_in_force(Date valid_from) {
    return fault(problem::too_early,
                 "No version of the matter is in force today; the one of this notice is from " +
                     to_iso(valid_from) + " on.",
                 "该事项今日尚无施行中的版本；本告知书所依据的版本自 " + to_iso(valid_from) + " 起施行。");
}

Fault reused_key() {
    return fault(problem::idempotency_key_reused, "This Idempotency-Key was first used with another request.",
                 "该 Idempotency-Key 此前已用于内容不同的请求。");
}

Fault barred() {
    return fault(problem::not_eligible,
                 "There is an unrepaired false commitment of this committer; the ordinary procedure applies.",
                 "该承诺人有未修复的不实承诺记录，不适用告知承诺制，请按一般程序办理。");
}

Fault elsewhere(Fault refused) {
    refused.detail.en +=
        " A commitment's code begins with the region of its agency on that day; an administrator "
        "moves the agency to its new code.";
    refused.detail.zh += "承诺编码以受理机构当日的行政区划代码开头；请由管理员将机构变更到现行代码。";
    return refused;
}

}  // namespace sponsio::service
