#include "server/service/filing/admission.hpp"

#include "crypto/keys/public_key.hpp"
#include "server/base/form.hpp"
#include "server/domain/fold.hpp"
#include "server/domain/rule_explanation.hpp"
#include "server/service/filing/refusals.hpp"
#include "server/service/unit/vouched_code.hpp"
#include "server/store/matters.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

constexpr std::size_t most_versions = 4096;  ///< remembered

/// Credit codes of committer and agent are right, or two people of the agency vouch for them.
Outcome<void> check_papers(db::PgSession& db, Filing const& filing) {
    auto const check = [&](domain::IdentityDocument const& paper, char const* pointer) -> Outcome<void> {
        if (paper.type() != domain::DocumentType::uscc) return {};
        return check_credit_code(db, filing.who->organisation, paper.number().reveal(), pointer);
    };
    auto committer = check(filing.draft.committer.document, "/committer/document/number");
    if (!committer || !filing.draft.agent) return committer;
    return check(filing.draft.agent->document, "/agent/document/number");
}

}  // namespace

Outcome<FilingDay> FilingDay::of(FilingParts const& parts, domain::Official const& who) {
    Date const today = china_date(parts.clock.now());
    auto const from = domain::entered_in_time_from(parts.rules, who.region_code, today);
    if (!from) return from.error();
    return FilingDay{today, *from};
}

Outcome<void> check_draft(FilingParts const& parts, Official const& who,
                          domain::CommitmentDraft const& draft) {
    auto const age = parts.rules.number(domain::rule::full_age, who.region_code, draft.made_on);
    // A day without a rule lies before every notice; the notice refuses it, and says from which day on.
    if (age && draft.needs_agent(*age)) return minor_without_agent(*age);
    if (!draft.assent || draft.assent->kind != domain::AssentKind::electronic_signature) return {};
    auto const key = crypto::PublicKey::from_jwk(draft.assent->key);
    if (!key) return bad_field("/assent/key", reason::bad_format);
    auto const signature = from_base64url(draft.assent->signature);
    std::string const text = draft.assent_text();
    if (!signature || !key->verify(as_bytes(text), *signature)) return bad_signature();
    return {};
}

Outcome<Filing> read_filing(FilingParts const& parts, FilingDay const& day,
                            std::shared_ptr<domain::Official const> who, RequestOnce once,
                            domain::Json const& body) {
    auto draft = domain::CommitmentDraft::parse(body, day.today);
    if (!draft) return draft.error();
    if (auto good = check_draft(parts, *who, *draft); !good) return good.error();
    Bytes index = parts.vault.committer_index(draft->committer.document);
    Bytes name = parts.terms.name_index(draft->committer.name.reveal());
    bool const late = draft->made_on < day.in_time_from && !draft->late_reason;
    return Filing{std::move(who),   std::move(once), std::move(*draft),
                  std::move(index), std::move(name), late};
}

Outcome<store::FilingNotice> Admission::admit(db::PgSession& db, store::FilingContext const& context,
                                              Filing const& filing) {
    auto const& notices = context.notices;
    auto const notice = std::ranges::lower_bound(notices, filing.draft.notice, {}, &store::FilingNotice::id);
    if (notice == notices.end() || notice->id != filing.draft.notice ||
        notice->organisation != filing.who->organisation)
        return bad_field("/notice_id", reason::no_such_thing, form::known_thing);
    if (Date const given = china_date(notice->issued_at); filing.draft.made_on < given)
        return before_notice(given);
    if (auto good = check_version(db, *notice, filing); !good) return good.error();
    if (auto meant = check_recipient(*notice, filing); !meant) return meant.error();
    if (notice->answered) return answered_notice();
    auto const& assent = filing.draft.assent;
    bool const electronic = assent && assent->kind == domain::AssentKind::electronic_signature;
    if (electronic && assent->digest != notice->digest) return other_notice();
    if (filing.late) return explained(late_entry(), domain::rule::entry, filing);
    if (auto free = admit_person(db, context, filing, notice->matter, notice->version); !free)
        return free.error();
    return *notice;
}

Outcome<std::optional<domain::Bar>> bar_of(domain::Rules const& rules, std::string_view region, Date on,
                                           domain::MatterVersion const& matter,
                                           std::span<store::Breach const> breaches) {
    using domain::Obstacle;
    if (breaches.empty()) return std::optional<domain::Bar>{};
    auto const bars = rules.find(domain::rule::bars, region, on, matter.action_kind);
    if (!bars) return bars.error();
    auto const barring = [&](std::string_view word) {
        return std::ranges::find(bars->rule->values, word) != bars->rule->values.end();
    };
    std::string const why = domain::explanation_link(*bars);
    for (store::Breach const& breach : breaches) {
        // What was found is not known of a breach from before findings were kept, which may have been false.
        if (!breach.kind) return std::optional(domain::Bar{Obstacle::false_promise, why});
        if (barring(domain::word(*breach.kind)))
            return std::optional(domain::Bar{*breach.kind == domain::FindingKind::unfulfilled
                                                 ? Obstacle::unfulfilled_promise
                                                 : Obstacle::false_promise,
                                             why});
        if (breach.severity == domain::Severity::serious && barring("serious"))
            return std::optional(domain::Bar{Obstacle::bad_record, why});
    }
    if (!matter.refuses_dishonest) return std::optional<domain::Bar>{};
    auto const lets = rules.find(domain::rule::may_refuse_dishonest, region, on, matter.action_kind);
    if (!lets) return lets.error();
    if (!lets->rule->value) return std::optional<domain::Bar>{};
    return std::optional(domain::Bar{Obstacle::bad_record, domain::explanation_link(*lets)});
}

Outcome<void> Admission::admit_person(db::PgSession& db, store::FilingContext const& context,
                                      Filing const& filing, MatterId matter, int version) const {
    if (auto vouched = check_papers(db, filing); !vouched) return vouched.error();
    if (auto placed = parts_.regions.check(filing.who->region_code, filing.draft.made_on, "/made_on");
        !placed)
        return elsewhere(placed.error());
    std::vector<store::Breach> breaches;
    std::ranges::copy_if(context.breaches, std::back_inserter(breaches),
                         [&](store::Breach const& one) { return one.committer == filing.committer_index; });
    if (breaches.empty()) return {};
    auto const known = parts_.matters.find(db, matter, version);
    auto const bar =
        bar_of(parts_.rules, filing.who->region_code, filing.draft.made_on, known->content, breaches);
    if (!bar) return bar.error();
    if (*bar) return barred(**bar);
    return {};
}

/// The refusal, with the rule of the place on the day of the promise.
Fault Admission::explained(Fault refused, domain::ClockId rule, Filing const& filing) const {
    if (auto const found = parts_.rules.find(rule, filing.who->region_code, filing.draft.made_on))
        refused.explanation = domain::explanation_link(*found);
    return refused;
}

/// The versions above the notice's, with their first days.
Admission::Versions const& Admission::versions_above(db::PgSession& db, store::FilingNotice const& notice) {
    static Versions const none;
    if (notice.newest_version <= notice.version) return none;
    Asked const asked{notice.matter, notice.version, notice.newest_version};
    if (auto const known = versions_.find(asked); known != versions_.end()) return known->second;
    if (versions_.size() >= most_versions) versions_.clear();
    return versions_.emplace(asked, store::versions_above(db, notice.matter, notice.version)).first->second;
}

Outcome<void> Admission::check_version(db::PgSession& db, store::FilingNotice const& notice,
                                       Filing const& filing) {
    Date const made_on = filing.draft.made_on;
    Versions const& above = versions_above(db, notice);
    auto const next = domain::successor_of(notice.version, above);
    if (!next || made_on < next->first_day) return {};
    auto const until =
        domain::good_until(parts_.rules, parts_.calendar, filing.who->region_code, next->first_day);
    if (!until) return until.error();
    if (made_on <= until->date) return {};
    // They stand in the order of their numbers, and of those whose day has come the highest is in force.
    auto const in_force = std::ranges::find_if(
        above.rbegin(), above.rend(), [&](auto const& version) { return version.first_day <= made_on; });
    return explained(stale_notice({.of_notice = notice.version,
                                   .in_force = in_force->version,
                                   .since = in_force->first_day,
                                   .good_until = until->date}),
                     domain::rule::superseded_notice, filing);
}

/// A notice that was given to one person serves nobody else. Where only a name is known, its forms are one
/// name, as in a search.
Outcome<void> Admission::check_recipient(store::FilingNotice const& notice, Filing const& filing) const {
    if (notice.document_index) {
        if (*notice.document_index == filing.committer_index) return {};
        return other_recipient("/committer/document/number");
    }
    if (!notice.known_by_name) return {};
    auto const to = parts_.vault.open_json(*notice.known_by_name, store::given_to_label(notice.id));
    if (!to) return to.error();
    std::string const& committer = filing.draft.committer.name.reveal();
    if (domain::searchable_name(to->at("name").as_string()) == domain::searchable_name(committer)) return {};
    return other_recipient("/committer/name");
}

}  // namespace sponsio::service
