#include "server/service/filing/alarms.hpp"

#include <algorithm>

namespace sponsio::service {

void FilingAlarms::Round::add(OrganisationId unit, std::string const& region, Instant due_at, TaskId task) {
    auto const [bucket, fresh] = buckets_.try_emplace({unit, due_at}, Bucket{region, task});
    if (!fresh) bucket->second.first = std::min(bucket->second.first, task);
}

void FilingAlarms::arm(db::Pipeline& statements, Round& round, Instant now) const {
    std::vector<store::AlarmRow> fresh;
    std::vector<store::BucketTasks> unknown, behind;
    for (auto const& [key, bucket] : round.buckets_) {
        store::BucketTasks const tasks{key.first, key.second, bucket.first};
        auto const known = known_.find(key);
        if (known == known_.end()) {
            auto alarms = book_.alarms_for(key.first, bucket.region, key.second, now);
            std::ranges::move(alarms, std::back_inserter(fresh));
            unknown.push_back(tasks);
            behind.push_back(tasks);
        } else if (std::ranges::any_of(known->second, [&](Alarm const& alarm) {
                       return alarm.run_at <= now + alarm_horizon &&
                              (alarm.action == domain::AlarmAction::escalate || alarm.run_at > now);
                   })) {
            behind.push_back(tasks);
        }
    }
    if (!fresh.empty()) store::add_alarms(statements, std::move(fresh));
    if (!behind.empty()) store::rearm(statements, behind, now, now + alarm_horizon);
    round.asked_ = !unknown.empty();
    if (round.asked_) store::ask_alarm_times(statements, unknown);
}

void FilingAlarms::committed(Round const& round, std::span<db::Rows const> answers, Instant now) {
    if (!round.asked_) return;
    std::erase_if(known_, [&](auto const& bucket) { return bucket.first.second <= now; });
    for (auto const& bucket : round.buckets_) known_.try_emplace(bucket.first);
    for (store::AlarmTime const& time : store::read_alarm_times(answers.back()))
        known_[{time.organisation, time.due_at}].push_back({time.run_at, time.action});
}

}  // namespace sponsio::service
