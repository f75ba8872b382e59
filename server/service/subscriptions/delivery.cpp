#include "server/service/subscriptions/delivery.hpp"

#include "crypto/digest.hpp"
#include "crypto/keys/seed.hpp"
#include "crypto/tokens/sd_jwt.hpp"
#include "server/base/internal.hpp"
#include "server/base/log.hpp"
#include "server/service/parties/access_service.hpp"
#include "server/service/records/service.hpp"
#include "server/service/subscriptions/service.hpp"
#include "server/service/unit/clock_text.hpp"
#include "server/service/unit/reach.hpp"
#include "server/store/removals.hpp"
#include "server/store/status.hpp"

#include <algorithm>

namespace sponsio::service {
namespace {

using client::WebhookReply;
using domain::DeliveryKind;
using domain::Holding;
using domain::Json;
using domain::JsonObject;
using domain::SubscriptionEvent;

constexpr int records_at_once = 200;
/// Not a peer's URL, since there are many: what a receiver asks for is kept with its message.
constexpr char const* peer = "subscriptions";
constexpr int jitter = 200;  ///< thousandths
constexpr std::chrono::hours longest_pause{24};
constexpr std::int32_t gone = 410;

constexpr char const* erased = "erased";

/// Who is told; nobody if the account is closed, or was not written by this server.
std::optional<Official> receiver_of(db::PgSession& db, Vault const& vault, AccountId id, Instant now) {
    auto const account = store::account_by_id(db, id);
    if (!account || account->closed_at) return std::nullopt;
    return official_behind(db, vault, *account, store::organisation_by_id(db, account->organisation).value(),
                           now);
}

/// An integrator of whatever they reach; nobody any more when the role has gone.
bool may_be_told(std::optional<Official> const& who) {
    return who && who->roles.has(domain::Role::integrator);
}

std::int64_t seconds_of(Instant at) {
    return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
}

/// "v1," or "v1a," and the signature in Base64.
std::string signed_by(domain::SignatureScheme scheme, ByteView secret, std::string const& message) {
    std::string const text = scheme == domain::SignatureScheme::symmetric
                                 ? to_base64(ByteView(crypto::hmac_sha256(secret, as_bytes(message))))
                                 : to_base64(crypto::ed25519_signature(secret, as_bytes(message)));
    return std::string(domain::word(scheme)) + "," + text;
}

std::string message_id(DeliveryId id) {
    return "msg_" + id.text();
}

/// What a receiver is asked to do, by when and by which rule, and where it says that it has.
JsonObject removal_data(store::RemovalRow const& row, std::int32_t message) {
    return {{"removal_id", row.id.text()},
            {"record_id", row.record.text()},
            {"measure", domain::word(row.measure)},
            {"ordered_at", to_rfc3339(row.ordered_at)},
            {"due_on", row.due_at ? Json(to_iso(last_day(*row.due_at))) : Json()},
            {"rule", row.rule ? Json(*row.rule) : Json()},
            {"message", message},
            {"receipts", "/v1/removals/" + row.id.text() + "/receipts"}};
}

store::AttemptRow attempt_of(store::DeliveryRow const& row, WebhookReply const& reply, Instant began,
                             Instant now) {
    auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(now - began).count();
    return {.delivery = row.id,
            .attempt = row.attempts,
            .at = began,
            .status = reply.status,
            .cause = reply.cause,
            .took_ms = static_cast<std::int32_t>(std::max<std::int64_t>(took, 0))};
}

}  // namespace

WebhookDelivery::WebhookDelivery(db::DbExecutor& db, Vault const& vault, Clock const& clock,
                                 client::WebhookClient& client, crypto::Entropy& entropy, Metrics* metrics,
                                 WebhookDeliveryOptions options)
    : Errand(db, clock, {.peer = peer, .reached = options.reached}),
      vault_(vault),
      clock_(clock),
      client_(client),
      entropy_(entropy),
      metrics_(metrics),
      options_(std::move(options)) {}

Outcome<std::size_t> WebhookDelivery::queue() {
    return in_database([this](db::PgSession& session) {
        return in_transaction(session, [this](db::PgSession& db) -> Outcome<std::size_t> {
            auto row = store::lock_behind_feed(db);
            if (!row) return std::size_t{0};
            Instant const now = clock_.now();
            auto const who = receiver_of(db, vault_, row->account, now);
            if (!may_be_told(who)) {
                auto moved = move_subscription(db, *row, SubscriptionEvent::disable, domain::System{},
                                               "the account is no integrator any more", now);
                if (!moved) return moved.error();
                return std::size_t{1};
            }
            std::int64_t const end = store::end_of_feed(db);
            auto const rows = store::records_after(
                db, row->position, Reach::of(db, vault_, *who, Holding::records).organisations(),
                records_at_once);
            std::vector<RecordId> records;
            for (store::CreditRecord const& one : rows) records.push_back(one.id);
            store::queue_issued(db, row->id, records, now);
            // A page that is not full has all that the feed holds for this reader.
            store::set_position(
                db, row->id,
                rows.size() < records_at_once ? std::max(end, row->position) : rows.back().position);
            return std::max<std::size_t>(rows.size(), 1);
        });
    });
}

Outcome<std::size_t> WebhookDelivery::send() {
    auto const sent = run_errand();
    if (!sent) return sent.error();
    return std::size_t{*sent ? 1U : 0U};
}

Outcome<JsonObject> WebhookDelivery::record_data(db::PgSession& db, store::CreditRecord const& record,
                                                 store::DeliveryRow const& delivery) const {
    auto token = vault_.open(record.sd_jwt, store::record_label(record.id));
    if (!token) return token.error();
    auto shown = crypto::sd_jwt_present(*token, {});
    if (!shown) return internal("stored record is no SD-JWT");
    JsonObject data = RecordView{record.id,    record.position, record.issued_at,
                                 record.state, record.status,   std::move(*shown)}
                          .to_json()
                          .as_object();
    if (!delivery.serial) return data;
    auto const changes = store::status_changes(db, record.id);
    auto const change = std::ranges::find(changes, *delivery.serial, &store::StatusChange::serial);
    if (change == changes.end()) return internal("a delivery of a change that is not there");
    data.add("serial", *delivery.serial);
    data.add("changed_to", domain::word(change->status));
    data.add("changed_at", to_rfc3339(change->changed_at));
    return data;
}

/// A record message makes its receiver one who has the record; what a removal asks for is told whatever has
/// become of the record.
Outcome<std::string> WebhookDelivery::body_of(db::PgSession& db, store::SubscriptionRow const& subscription,
                                              store::DeliveryRow const& delivery, Instant now) const {
    auto const record = store::record_by_id(db, delivery.record);
    auto const who = receiver_of(db, vault_, subscription.account, now);
    if (!record || !may_be_told(who)) return fault(problem::not_found);
    auto data = JsonObject{};
    if (delivery.removal) {
        data = removal_data(store::removal_by_id(db, *delivery.removal).value(), delivery.serial.value());
    } else {
        if (!reaches(db, vault_, *who, Holding::records, record->organisation))
            return fault(problem::not_found);
        auto told = record_data(db, *record, delivery);
        if (!told) return told.error();
        data = std::move(*told);
        if (!record->status || domain::is_shared(*record->status))
            if (auto const fresh = store::records_not_held(db, who->organisation, {record->id});
                !fresh.empty())
                store::add_holder(db, who->organisation, fresh, now);
    }
    return json::write(JsonObject{{"type", domain::word(delivery.kind)},
                                  {"timestamp", to_rfc3339(delivery.made_at)},
                                  {"data", std::move(data)}});
}

Outcome<std::string> WebhookDelivery::signatures(db::PgSession& db,
                                                 store::SubscriptionRow const& subscription,
                                                 std::string const& message, Instant now) const {
    auto const secret =
        vault_.open(subscription.secret, store::secret_label(subscription.id, subscription.secret_version));
    if (!secret) return secret.error();
    std::string list = signed_by(subscription.scheme, as_bytes(*secret), message);
    auto const earlier = store::earlier_secret_of(db, subscription.id);
    if (!earlier) return list;
    if (now >= earlier->until) {
        store::drop_earlier_secret(db, subscription.id);
        return list;
    }
    auto const old = vault_.open(earlier->secret, store::secret_label(subscription.id, earlier->version));
    if (!old) return old.error();
    return list + " " + signed_by(earlier->scheme, as_bytes(*old), message);
}

Outcome<std::optional<WebhookClaim>> WebhookDelivery::claim(db::PgSession& db, Instant now) {
    using Claimed = std::optional<WebhookClaim>;
    while (auto row = store::take_delivery(db, now, now + options_.timeout + options_.lease)) {
        auto const subscription = store::subscription_by_id(db, row->subscription).value();
        auto body = body_of(db, subscription, *row, now);
        bool const unreadable = !body && body.error().problem == &problem::gone;
        if (!body && (unreadable || body.error().problem == &problem::not_found)) {
            row->next_at.reset();
            row->given_up_at = now;
            store::update(db, *row);
            // What the account does not read, it is not told of in this way either.
            if (unreadable) store::insert(db, attempt_of(*row, {.cause = erased}, now, now));
            continue;
        }
        if (!body) return body.error();
        std::string const head = message_id(row->id) + "." + std::to_string(seconds_of(now)) + ".";
        auto signature = signatures(db, subscription, head + *body, now);
        if (!signature) return signature.error();
        return Claimed{WebhookClaim{.delivery = *row,
                                    .url = subscription.url,
                                    .body = std::move(*body),
                                    .signature = std::move(*signature),
                                    .at = now}};
    }
    return Claimed{};
}

Outcome<WebhookReply> WebhookDelivery::exchange(WebhookClaim const& claim) {
    auto reply = client_.post(claim.url,
                              {{"webhook-id", message_id(claim.delivery.id)},
                               {"webhook-timestamp", std::to_string(seconds_of(claim.at))},
                               {"webhook-signature", claim.signature}},
                              claim.body, std::chrono::steady_clock::now() + options_.timeout);
    log::info("webhook.sent", {{log::Key::id, claim.delivery.id},
                               {log::Key::attempt, claim.delivery.attempts},
                               {log::Key::cause, reply.cause}});
    if (metrics_) metrics_->webhooks_sent.with({reply.taken ? "taken" : "failed"}).add();
    return reply;
}

std::optional<store::DeliveryRow> WebhookDelivery::lock_again(db::PgSession& db, WebhookClaim const& claim) {
    return store::lock_attempt(db, claim.delivery.id, claim.delivery.attempts);
}

Outcome<void> WebhookDelivery::settle(db::PgSession& db, store::DeliveryRow& row, WebhookClaim& claim,
                                      WebhookReply const& reply, Instant now) {
    store::insert(db, attempt_of(row, reply, claim.at, now));
    if (!reply.taken) return failed(db, row, reply, now);
    row.next_at.reset();
    row.delivered_at = now;
    row.failures = 0;
    store::update(db, row);
    auto subscription = store::lock_subscription(db, row.subscription).value();
    if (!subscription.failing_since) return {};
    subscription.failing_since.reset();
    store::update(db, subscription);
    return {};
}

/// For a later attempt, or for none.
Outcome<void> WebhookDelivery::failed(db::PgSession& db, store::DeliveryRow& row, WebhookReply const& reply,
                                      Instant now) {
    ++row.failures;
    if (auto const pause = domain::pause_after(row.failures)) {
        std::chrono::seconds const wanted = std::min<std::chrono::seconds>(
            reply.retry_after.value_or(std::chrono::seconds(0)), longest_pause);
        row.next_at = now + std::max<std::chrono::milliseconds>(
                                spread_pause(*pause, longest_pause, jitter, entropy_), wanted);
    } else {
        row.next_at.reset();
        row.given_up_at = now;
    }
    store::update(db, row);
    return note_failure(db, row.subscription, reply, now);
}

/// A receiver that is gone, or took nothing for too long, is not tried any more until its account says so.
Outcome<void> WebhookDelivery::note_failure(db::PgSession& db, SubscriptionId id, WebhookReply const& reply,
                                            Instant now) {
    auto subscription = store::lock_subscription(db, id).value();
    if (subscription.state != domain::SubscriptionState::active) return {};
    bool const said_gone = reply.status == gone;
    if (!subscription.failing_since) subscription.failing_since = now;
    if (!said_gone && now < *subscription.failing_since + domain::longest_failing) {
        store::update(db, subscription);
        return {};
    }
    log::warn("webhook.disabled", {{log::Key::id, id}, {log::Key::cause, reply.cause}});
    return move_subscription(db, subscription, SubscriptionEvent::disable, domain::System{},
                             said_gone ? "the receiver said that it is gone"
                                       : "the receiver took nothing for five days, last: " + reply.cause,
                             now);
}

}  // namespace sponsio::service
