#include "server/service/records/status_service.hpp"

#include "crypto/tokens/status_list.hpp"
#include "server/base/internal.hpp"
#include "server/base/log.hpp"
#include "server/domain/record.hpp"
#include "server/service/records/case.hpp"

namespace sponsio::service {
namespace {

constexpr unsigned bits_of_a_status = 4;

std::chrono::steady_clock::time_point right_now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

/// A clock that went back also makes a new list due.
bool StatusService::still_good(Signed const& kept) const {
    auto const age = parts_.clock.now() - kept.issued_at;
    return age >= Instant::duration::zero() && age < options_.valid_for / 2;
}

void StatusService::forget() {
    std::lock_guard const lock(mutex_);
    signed_.clear();
}

Async<StatusService::Token> StatusService::list(std::int32_t list_no, Deadline deadline) {
    {
        std::lock_guard const lock(mutex_);
        auto const kept = signed_.find(list_no);
        if (kept != signed_.end() && still_good(kept->second) &&
            right_now() - kept->second.looked_at < options_.between_looks)
            co_return kept->second.token;
    }
    co_return co_await parts_.db.run(deadline,
                                     [this, list_no](db::PgSession& db) { return look(db, list_no); });
}

Outcome<StatusService::Token> StatusService::look(db::PgSession& db, std::int32_t list_no) {
    auto const list = store::status_list(db, list_no);
    if (!list) return fault(problem::not_found);
    {
        std::lock_guard const lock(mutex_);
        auto const kept = signed_.find(list_no);
        if (kept != signed_.end() && kept->second.version == list->version && still_good(kept->second)) {
            kept->second.looked_at = right_now();
            return kept->second.token;
        }
    }
    return sign(db, *list);
}

/// The version was read before the statuses, so a change in between is signed now and once more.
Outcome<StatusService::Token> StatusService::sign(db::PgSession& db, store::StatusList const& list) {
    Instant const now = parts_.clock.now();
    auto const signer = parts_.signer(now);
    if (!signer) return signer.error();
    crypto::StatusList statuses(static_cast<std::size_t>(list.size), bits_of_a_status);
    // What is signed follows from the changes that were logged. An entry that says something else was
    // altered, and one whose change is not proven keeps the list from being signed at all.
    for (store::ChangedStatus const& one : store::changed_statuses(db, list.list_no)) {
        auto const status = proven_status(parts_.vault, one);
        if (status != one.entry.status) {
            parts_.metrics.sign_errors.with({"status_list"}).add();
            log::error("status.altered", {{log::Key::id, one.entry.record}});
        }
        if (!status) return internal("a status without its logged change");
        statuses.set(static_cast<std::size_t>(one.entry.place.index), static_cast<std::uint8_t>(*status));
    }
    auto const issued = std::chrono::floor<std::chrono::seconds>(now);
    crypto::StatusListClaims const claims{.uri = domain::status_list_uri(options_.issuer, list.list_no),
                                          .issued = issued,
                                          .expires = issued + options_.valid_for,
                                          .ttl = options_.ttl};
    auto token = std::make_shared<std::string const>(crypto::status_list_token(statuses, claims, **signer));
    parts_.metrics.signatures.with({"status_list"}).add();
    std::lock_guard const lock(mutex_);
    signed_.insert_or_assign(list.list_no, Signed{token, list.version, now, right_now()});
    return token;
}

}  // namespace sponsio::service
