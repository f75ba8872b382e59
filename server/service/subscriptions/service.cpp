#include "server/service/subscriptions/service.hpp"

#include "crypto/keys/seed.hpp"
#include "crypto/random.hpp"
#include "server/base/form.hpp"
#include "server/client/url.hpp"
#include "server/service/unit/history_view.hpp"

#include <map>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::SubscriptionEvent;
using domain::SubscriptionState;

constexpr Form https_url{"https_url", "https://receiver.example.cn/hooks",
                         "an https address without user information and fragment",
                         "https 网址，不含用户信息和片段标识"};

/// Of Standard Webhooks: what a receiver's library takes.
constexpr std::string_view secret_prefix = "whsec_";
constexpr std::string_view public_prefix = "whpk_";
constexpr std::int64_t usual_overlap = 24;  ///< hours

/// Gives the row a secret of its scheme; what the receiver is shown of it, this once. Of an Ed25519 key only
/// the public part is: nobody but this server needs the other (whsk_).
Json give_secret(store::SubscriptionRow& row, Vault const& vault) {
    auto const secret = crypto::system_entropy().array<32>();
    row.secret = vault.seal(ByteView(secret), store::secret_label(row.id, row.secret_version));
    if (row.scheme == domain::SignatureScheme::symmetric) {
        row.public_key.reset();
        return std::string(secret_prefix) + to_base64(ByteView(secret));
    }
    row.public_key = std::string(public_prefix) + to_base64(crypto::ed25519_public_key(ByteView(secret)));
    return Json();
}

domain::SignatureScheme read_scheme(domain::Fields& fields) {
    auto const text = fields.optional_text("signature", {.max = 16});
    if (!text) return domain::SignatureScheme::symmetric;
    auto const scheme = domain::from_word<domain::SignatureScheme>(*text);
    if (!scheme)
        fields.refuse("signature", reason::unknown_value,
                      {.words = domain::allowed_words<domain::SignatureScheme>()});
    return scheme.value_or(domain::SignatureScheme::symmetric);
}

Json view(store::SubscriptionRow const& row) {
    return JsonObject{{"subscription_id", row.id.text()},
                      {"url", row.url},
                      {"state", domain::word(row.state)},
                      {"made_at", to_rfc3339(row.made_at)},
                      {"signature", domain::word(row.scheme)},
                      {"public_key", or_null(row.public_key)},
                      {"position", row.position},
                      {"failing_since", or_null(row.failing_since)},
                      {"stopped_at", or_null(row.stopped_at)},
                      {"stopped_why", or_null(row.stopped_why)}};
}

Json view(store::DeliveryRow const& row, json::Array attempts) {
    return JsonObject{{"delivery_id", row.id.text()},
                      {"type", domain::word(row.kind)},
                      {"record_id", row.record.text()},
                      {"serial", or_null(row.serial)},
                      {"state", domain::word(row.state())},
                      {"made_at", to_rfc3339(row.made_at)},
                      {"next_at", or_null(row.next_at)},
                      {"delivered_at", or_null(row.delivered_at)},
                      {"given_up_at", or_null(row.given_up_at)},
                      {"attempts", std::move(attempts)}};
}

Json view(store::AttemptRow const& row) {
    return JsonObject{{"at", to_rfc3339(row.at)},
                      {"status", or_null(row.status)},
                      {"cause", row.cause},
                      {"took_ms", row.took_ms}};
}

Fault has_ended() {
    return fault(problem::conflict, "This subscription has ended.", "该订阅已终止。");
}

/// Somebody else's is as if it were not there.
Outcome<store::SubscriptionRow> own(std::optional<store::SubscriptionRow> row, Official const& who) {
    if (!row || row->account != who.account) return fault(problem::not_found);
    return std::move(*row);
}

}  // namespace

SubscriptionDraft SubscriptionDraft::read(domain::Fields& fields) {
    SubscriptionDraft draft{fields.text("url", {.max = 2000})};
    if (!draft.url.empty() && !client::is_https_url(draft.url))
        fields.refuse("url", reason::bad_format, https_url);
    draft.scheme = read_scheme(fields);
    return draft;
}

RotationDraft RotationDraft::read(domain::Fields& fields) {
    auto const scheme = read_scheme(fields);
    auto const hours = fields.optional_integer("overlap_hours", 0, domain::longest_overlap.count());
    return {scheme, std::chrono::hours{hours.value_or(usual_overlap)}};
}

ReplayDraft ReplayDraft::read(domain::Fields& fields) {
    return {fields.integer("position", 1, std::numeric_limits<std::int64_t>::max())};
}

Outcome<void> move_subscription(db::PgSession& db, store::SubscriptionRow& row, SubscriptionEvent event,
                                domain::Actor actor, std::string why, Instant now) {
    auto const to = step(db, domain::subscription_lifecycle, row.state, event, {},
                         {.subject = row.id.text(),
                          .actor = std::move(actor),
                          .now = now,
                          .why = why,
                          .organisation = row.organisation});
    if (!to) return to.error();
    row.state = *to;
    bool const stopped = row.state != SubscriptionState::active;
    row.failing_since.reset();
    row.stopped_at = stopped ? std::optional(now) : std::nullopt;
    row.stopped_why = stopped ? std::optional(std::move(why)) : std::nullopt;
    store::update(db, row);
    return {};
}

Async<Created> SubscriptionService::make(Caller<Official> caller, RequestOnce once, SubscriptionDraft draft) {
    return db_.run(caller.deadline, [this, caller, once, draft](db::PgSession& session) {
        return create_once(
            session, vault_, *caller.who, once, clock_.now(), [&](db::PgSession& db) -> Outcome<Made> {
                Instant const now = clock_.now();
                if (store::count_open_subscriptions(db, caller.who->account) >= most_of_an_account)
                    return fault(
                        problem::conflict,
                        "This account has " + std::to_string(most_of_an_account) +
                            " subscriptions; end one first.",
                        "该账号已有 " + std::to_string(most_of_an_account) + " 个订阅，请先终止其中之一。");
                auto const id = new_id<SubscriptionId>(now);
                store::SubscriptionRow row{.id = id,
                                           .account = caller.who->account,
                                           .organisation = caller.who->organisation,
                                           .url = draft.url,
                                           .secret = {},
                                           .state = domain::subscription_lifecycle.initial,
                                           .made_at = now,
                                           .position = store::end_of_feed(db),
                                           .scheme = draft.scheme};
                Json shown = give_secret(row, vault_);
                store::insert(db, row);
                born(db, domain::subscription_lifecycle,
                     {.subject = id.text(), .actor = caller.who->account, .now = now});
                JsonObject answer = view(row).as_object();
                answer.add("secret", std::move(shown));
                return Made{.location = "/v1/subscriptions/" + id.text(),
                            .answer = std::move(answer),
                            .secret = true};
            });
    });
}

Async<Created> SubscriptionService::rotate(Caller<Official> caller, SubscriptionId id, RequestOnce once,
                                           RotationDraft draft) {
    return db_.run(caller.deadline, [this, caller, id, once, draft](db::PgSession& session) {
        return create_once(
            session, vault_, *caller.who, once, clock_.now(), [&](db::PgSession& db) -> Outcome<Made> {
                auto row = own(store::lock_subscription(db, id), *caller.who);
                if (!row) return row.error();
                if (row->state == SubscriptionState::ended) return has_ended();
                store::EarlierSecretRow const earlier{.subscription = id,
                                                      .scheme = row->scheme,
                                                      .version = row->secret_version,
                                                      .secret = row->secret,
                                                      .until = clock_.now() + draft.overlap};
                row->scheme = draft.scheme;
                ++row->secret_version;
                Json shown = give_secret(*row, vault_);
                store::change_secret(db, *row, earlier);
                JsonObject answer = view(*row).as_object();
                answer.add("secret", std::move(shown)).add("earlier_until", to_rfc3339(earlier.until));
                return Made{.location = "/v1/subscriptions/" + id.text(),
                            .answer = std::move(answer),
                            .secret = true};
            });
    });
}

Async<Page> SubscriptionService::list(Caller<Official> caller, std::optional<SubscriptionId> after,
                                      int limit) {
    return db_.run(caller.deadline, [caller, after, limit](db::PgSession& db) -> Outcome<Page> {
        Page page;
        for (store::SubscriptionRow const& row :
             store::subscriptions_of(db, caller.who->account, after, limit))
            page.add(view(row), row.id.text());
        return page;
    });
}

Async<Json> SubscriptionService::one(Caller<Official> const& caller, SubscriptionId id) {
    return db_.run(caller.deadline, [caller, id](db::PgSession& db) -> Outcome<Json> {
        auto const row = own(store::subscription_by_id(db, id), *caller.who);
        if (!row) return row.error();
        return view(*row);
    });
}

Async<Json> SubscriptionService::move(Caller<Official> const& caller, SubscriptionId id,
                                      SubscriptionEvent event) {
    return db_.run(caller.deadline, [this, caller, id, event](db::PgSession& session) {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto row = own(store::lock_subscription(db, id), *caller.who);
            if (!row) return row.error();
            auto const moved = move_subscription(db, *row, event, caller.who->account,
                                                 "by the account that made it", clock_.now());
            if (!moved) return moved.error();
            return view(*row);
        });
    });
}

Async<Json> SubscriptionService::end(Caller<Official> const& caller, SubscriptionId id) {
    return move(caller, id, SubscriptionEvent::end);
}

Async<Json> SubscriptionService::resume(Caller<Official> const& caller, SubscriptionId id) {
    return move(caller, id, SubscriptionEvent::resume);
}

Async<Json> SubscriptionService::replay(Caller<Official> const& caller, SubscriptionId id,
                                        ReplayDraft draft) {
    return db_.run(caller.deadline, [this, caller, id, draft](db::PgSession& session) {
        return in_transaction(session, caller, [&](db::PgSession& db) -> Outcome<Json> {
            auto const row = own(store::lock_subscription(db, id), *caller.who);
            if (!row) return row.error();
            if (row->state == SubscriptionState::ended) return has_ended();
            return Json(JsonObject{{"queued", store::replay(db, id, draft.position, clock_.now())}});
        });
    });
}

Async<Page> SubscriptionService::deliveries(Caller<Official> caller, SubscriptionId id, std::string after,
                                            int limit) {
    return db_.run(caller.deadline, [caller, id, after, limit](db::PgSession& db) -> Outcome<Page> {
        auto const place = place_of<DeliveryId>(after);
        if (!place) return place.error();
        if (auto const row = own(store::subscription_by_id(db, id), *caller.who); !row) return row.error();
        auto const rows = store::deliveries_of(db, id, *place, limit);
        std::vector<DeliveryId> ids;
        for (store::DeliveryRow const& row : rows) ids.push_back(row.id);
        std::map<DeliveryId, json::Array> attempts;
        for (store::AttemptRow const& one : store::attempts_at(db, ids))
            attempts[one.delivery].push_back(view(one));
        Page page;
        for (store::DeliveryRow const& row : rows)
            page.add(view(row, std::move(attempts[row.id])), list_key(row.made_at, row.id.text()));
        return page;
    });
}

}  // namespace sponsio::service
