// A part of a walk: rows that the history says were made, and that are there no more, or are others.
#include "server/service/log/walk.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/service/unit/query_history.hpp"
#include "server/store/key_history.hpp"
#include "text/decimal.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

/// The event by which the making of a row was told, and where that has the row's key. Nothing removes such a
/// row, whatever becomes of the right that it gave.
struct Making {
    std::string_view lifecycle;
    std::string_view event;
    std::string_view table;
    bool in_why = false;  ///< the key is the reason; else the subject
};

constexpr Making makings[] = {
    {"organisation", "created", store::registry_table<store::Organisation>},
    {"person", "created", store::registry_table<store::Person>},
    {"account", "created", store::registry_table<store::Account>},
    {"account", "token_made", store::registry_table<store::Token>, true},
    {"account", "token_renewed", store::registry_table<store::Token>, true},
    {"account", "enrolled", store::registry_table<store::Token>, true},
    {"account", "signed_in", store::registry_table<store::Token>, true},
    {"account", "enrolment_made", store::registry_table<store::Enrolment>, true},
    {"account", "passkey_enrolled", store::registry_table<store::Passkey>, true},
    {"grant", "created", store::registry_table<store::GrantRow>},
    {"exposure authority", "appoint", store::registry_table<store::ExposureAuthorityRow>},
    {"case code", "created", store::registry_table<store::CaseCodeRow>},
    {"case session", "created", store::registry_table<store::CaseSessionRow>},
};

}  // namespace

/// The keys of those signing keys and other rows whose making is among these events.
void LogWalk::look_at_makings(db::PgSession& db, std::vector<store::EventPage::Row> const& rows) {
    std::map<std::string_view, std::vector<Uuid>> made;
    std::vector<AccountId> signers;
    std::vector<std::string> kids;
    for (auto const& [id, event] : rows) {
        if (auto const signer = AccountId::parse(event.subject);
            signer && event.lifecycle == "account" && event.event == "key_registered") {
            signers.push_back(*signer);
            kids.push_back(event.why.value_or(""));
        }
        auto const* const making = std::ranges::find_if(makings, [&](Making const& one) {
            return event.lifecycle == one.lifecycle && event.event == one.event;
        });
        if (making == std::end(makings)) continue;
        auto const key = Uuid::parse(making->in_why ? event.why.value_or("") : event.subject);
        if (key) made[making->table].push_back(*key);
    }
    auto const gone = [&](std::string_view table, Uuid const& key) {
        std::string const which = std::string(table) + " " + key.text();
        found(0, "the row " + which + " is gone, and nothing removes such a row",
              "数据行 " + which + " 已不存在，而系统从不删除此类数据行");
    };
    store::for_each_registry_row([&]<class Row>() {
        auto const of_table = made.find(store::registry_table<Row>);
        if (of_table == made.end()) return;
        for (Uuid const& key : store::registry_missing<Row>(db, of_table->second)) gone(of_table->first, key);
    });
    if (signers.empty()) return;
    for (AccountId const signer : store::without_key(db, signers, kids))
        gone(store::registry_table<store::SigningKey>, signer.raw());
}

/// The queries of personal data of which these events tell, as long as they have not ended.
void LogWalk::look_at_queries(db::PgSession& db, std::vector<store::EventPage::Row> const& rows) {
    std::optional<std::int64_t> ended;
    for (auto const& [id, event] : rows) {
        if (event.lifecycle != store::query_trail::lifecycle || event.event != store::query_trail::told.event)
            continue;
        if (!ended) ended = store::queries_ended(db);
        auto const before = parse_decimal_as<std::int64_t>(event.from.value_or(""));
        auto const last = parse_decimal_as<std::int64_t>(event.to);
        auto const queries = before && last
                                 ? store::personal_queries_between(db, *before, *last, queries_a_stretch + 1)
                                 : std::vector<store::PersonalQueryRow>{};
        bool const over = last && *last <= *ended;
        if (!before || !last || (over ? !queries.empty() : event.why != to_hex(digest_of_queries(queries))))
            found(0,
                  "the queries of personal data up to number " + event.to + " are not those that were made",
                  "截至第 " + event.to + " 号的个人信息查询记录与原记录不符");
    }
}

}  // namespace sponsio::service
