#include "server/service/matters/cache.hpp"

#include "server/service/matters/service.hpp"
#include "server/store/organisations.hpp"

#include <stdexcept>

namespace sponsio::service {

Outcome<domain::Period> verification_period(KnownMatter const& matter, Instant from,
                                            domain::WorkingCalendar const& calendar) {
    domain::VerificationPlan const& plan = matter.content.verification;
    domain::ClockRule const rule{.id = "verify.matter",
                                 .pack_id = matter.code,
                                 .pack_version = std::to_string(matter.version),
                                 .starts = "commitment.accepted",
                                 .value = plan.within_days,
                                 .unit = plan.day_kind == domain::DayKind::working
                                             ? domain::PeriodUnit::working_days
                                             : domain::PeriodUnit::calendar_days};
    return domain::begin_period(rule, china_date(from), calendar);
}

std::shared_ptr<KnownMatter const> MatterCache::known(MatterId matter, int version) {
    std::lock_guard lock(mutex_);
    auto const found = known_.find({matter.raw(), version});
    return found == known_.end() ? nullptr : found->second;
}

void MatterCache::forget() {
    std::lock_guard lock(mutex_);
    known_.clear();
}

std::shared_ptr<KnownMatter const> MatterCache::find(db::PgSession& db, MatterId matter, int version) {
    if (auto known_already = known(matter, version)) return known_already;
    auto const row = store::matter_version(db, matter, version);
    if (!row) throw std::logic_error("a notice names a matter version that is not there");
    auto content = stored_version(*row);
    if (!content) throw FaultError(content.error());
    std::string const& elsewhere = content->verification.unit_uscc;
    auto const unit = elsewhere.empty() ? store::organisation_by_id(db, row->organisation)
                                        : store::organisation_by_uscc(db, elsewhere);
    auto known = std::make_shared<KnownMatter const>(
        KnownMatter{.code = row->matter_code,
                    .version = version,
                    .digest = row->digest,
                    .content = *content,
                    .verifying_unit = unit.value().id,
                    .verifying_region = unit->region_code,
                    .content_json = json::write(domain::to_json(content->content)),
                    .breach_liability_json = json::write(domain::to_json(content->breach_liability))});
    std::lock_guard lock(mutex_);
    return known_.try_emplace({matter.raw(), version}, std::move(known)).first->second;
}

}  // namespace sponsio::service
