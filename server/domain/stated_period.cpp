#include "server/domain/stated_period.hpp"

namespace sponsio::domain {

std::string last_days_zh(Date serve_by, std::string const& last_days) {
    if (last_days.empty()) return "届满日所在年度的工作日历尚未公布，届满日以公布后的日历计算为准。";
    return "于 " + to_iso(serve_by) + " 或者之前送达的，" + last_days +
           "；此后送达的，自送达之日的次日起计算。";
}

std::string last_days_en(Date serve_by, std::string const& last_days) {
    if (last_days.empty())
        return "The official calendar of the year in which the period ends is not published yet; the last "
               "day "
               "follows from it.";
    return "If served on " + to_iso(serve_by) + " or before, " + last_days +
           "; if served later, counted from the day after service.";
}

Bilingual remedies_told(RemediesText const& remedies, Bilingual const& act, std::string const& paper_zh) {
    std::string const days = std::to_string(remedies.reconsideration.length);
    std::string const months = std::to_string(remedies.litigation.length);
    std::string last_days_in_zh, last_days_in_en;
    if (remedies.reconsideration.last_day) {
        last_days_in_zh = "申请行政复议的期限至 " + to_iso(*remedies.reconsideration.last_day) + " 届满";
        last_days_in_en = "reconsideration until " + to_iso(*remedies.reconsideration.last_day);
    }
    if (remedies.litigation.last_day) {
        last_days_in_zh += (last_days_in_zh.empty() ? "" : "，") + std::string("提起行政诉讼的期限至 ") +
                           to_iso(*remedies.litigation.last_day) + " 届满";
        last_days_in_en += (last_days_in_en.empty() ? "" : ", ") + std::string("a lawsuit until ") +
                           to_iso(*remedies.litigation.last_day);
    }
    Date const serve_by = remedies.reconsideration.serve_by;
    return {
        .en = "You may apply for reconsideration within " + days + " days of receiving " + act.en + ", to " +
              remedies.reconsideration_body.value_or(
                  "the people's government of this level or the body named by law") +
              ", or bring a lawsuit within " + months + " months, in " +
              remedies.court.value_or("the people's court that has jurisdiction") + ". " +
              last_days_en(serve_by, last_days_in_en),
        .zh = "如不服" + act.zh + "，可自收到之日起 " + days + " 日内向" +
              remedies.reconsideration_body.value_or("本级人民政府或者法律规定的行政复议机关") +
              "申请行政复议，或者 " + months + " 个月内向" + remedies.court.value_or("有管辖权的人民法院") +
              "提起行政诉讼。" + paper_zh + last_days_zh(serve_by, last_days_in_zh)};
}

}  // namespace sponsio::domain
