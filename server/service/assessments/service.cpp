#include "server/service/assessments/service.hpp"

#include "crypto/log/entry.hpp"
#include "server/base/form.hpp"
#include "server/service/unit/log_leaf.hpp"
#include "server/service/unit/transaction.hpp"
#include "server/store/assessments.hpp"
#include "server/store/log.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::Quarter;

constexpr Form quarter_form{"quarter", "2026-Q1", "a year of four digits, -Q and 1 to 4",
                            "四位年份、-Q 及 1 至 4"};

JsonObject payload_of(store::AssessmentRow const& row) {
    return {{"kind", crypto::log_kind::assessment},
            {"assessment_id", row.id.text()},
            {"quarter", row.quarter},
            {"frozen_at", to_rfc3339(row.frozen_at)},
            {"least_cell", domain::least_cell},
            {"csv_sha256", to_hex(crypto::sha256(as_bytes(row.csv)))}};
}

Json statement_of(store::AssessmentRow const& row) {
    JsonObject statement = payload_of(row);
    statement.erase("kind");
    statement.add("signature", row.signature);
    return statement;
}

bool assesses_all(domain::Official const& who) {
    auto const scopes = domain::granted_scopes(who, domain::Holding::figures);
    return std::ranges::any_of(scopes, &domain::Scope::everything);
}

Outcome<Made> freeze_in(db::PgSession& db, AssessmentService::Parts const& parts, domain::Official const& who,
                        Quarter const& quarter) {
    if (!assesses_all(who))
        return fault(problem::forbidden,
                     "Figures are frozen by an assessor with a grant over all organisations: of a part for "
                     "itself, small figures could be found by subtraction.",
                     "冻结数据集需要覆盖全部单位的评估授权：仅就部分单位单独冻结，较小的数值可由相减得出。");
    Instant const now = parts.clock.now();
    if (now < quarter.end())
        return fault(problem::too_early, "That quarter ends at " + to_rfc3339(quarter.end()) + ".",
                     "该季度于 " + to_rfc3339(quarter.end()) + " 结束。");
    store::AssessmentRow row{
        .id = new_id<AssessmentId>(now),
        .quarter = quarter.text(),
        .frozen_by = who.account,
        .frozen_at = now,
        .csv = domain::csv_of(quarter, domain::figures_of(store::counted_shares(db, quarter))),
        .signature = {}};
    std::string const payload = json::canonical(Json(payload_of(row)));
    auto signature = parts.sign(payload, now);
    if (!signature) return signature.error();
    row.signature = std::move(*signature);
    if (!store::insert(db, row))
        return fault(problem::conflict, "That quarter was frozen before; it is frozen once.",
                     "该季度已经冻结，每季度仅冻结一次。");
    std::string content = salted_content(payload_of(row));
    store::NewLeaf leaf =
        log_leaf(crypto::log_kind::assessment, row.quarter, crypto::sha256(as_bytes(content)), now);
    leaf.content = std::move(content);
    store::insert_leaf(db, leaf, now);
    return Made{.location = "/public/v1/assessments/" + row.quarter, .answer = statement_of(row)};
}

}  // namespace

AssessmentDraft AssessmentDraft::read(domain::Fields& fields) {
    std::string const text = fields.text("quarter", {.max = 7});
    auto const quarter = Quarter::parse(text);
    if (!quarter && !text.empty()) fields.refuse("quarter", reason::bad_format, quarter_form);
    return {quarter.value_or(Quarter{})};
}

Async<Created> AssessmentService::freeze(Caller<domain::Official> caller, RequestOnce once,
                                         AssessmentDraft draft) {
    auto job = [this, caller, once, draft](db::PgSession& session) {
        return create_once(
            session, parts_.vault, *caller.who, once, parts_.clock.now(),
            [&](db::PgSession& db) { return freeze_in(db, parts_, *caller.who, draft.quarter); });
    };
    auto made = co_await parts_.db.run(caller.deadline, std::move(job));
    if (made && !made->replayed) parts_.leaves_waiting();
    co_return made;
}

Async<Page> AssessmentService::list(std::string before, int limit, Deadline deadline) {
    auto job = [before = std::move(before), limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        auto const after = before.empty() ? std::nullopt : std::optional(before);
        for (store::AssessmentRow const& row : store::assessments_before(db, after, limit))
            page.add(statement_of(row), row.quarter);
        return page;
    };
    return parts_.db.run(deadline, std::move(job));
}

Async<AssessmentService::Frozen> AssessmentService::one(Quarter quarter, Deadline deadline) {
    return parts_.db.run(deadline, [quarter](db::PgSession& db) -> Outcome<Frozen> {
        auto row = store::assessment_of(db, quarter.text());
        if (!row) return fault(problem::not_found);
        Json statement = statement_of(*row);
        return Frozen{std::move(statement), std::move(row->csv)};
    });
}

}  // namespace sponsio::service
