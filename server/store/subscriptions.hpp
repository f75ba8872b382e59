#pragma once

#include "server/db/session.hpp"
#include "server/domain/removal.hpp"
#include "server/domain/subscription.hpp"
#include "server/store/sealed.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Whom integrators want to be told, and what was sent to them.
namespace sponsio::store {

struct SubscriptionRow {
    SubscriptionId id;
    AccountId account;  ///< whose reach decides what is delivered
    OrganisationId organisation;
    std::string url;
    SealedColumns secret;  ///< 32 bytes
    domain::SubscriptionState state;
    Instant made_at;
    std::int64_t position;  ///< of the feed of records, up to which deliveries were queued
    std::optional<Instant> failing_since{};
    std::optional<Instant> stopped_at{};  ///< disabled or ended
    std::optional<std::string> stopped_why{};
    domain::SignatureScheme scheme = domain::SignatureScheme::symmetric;
    std::int32_t secret_version = 1;
    std::optional<std::string> public_key{};  ///< exactly where it is asymmetric: "whpk_..."
};

/// The secret that the present one took the place of, while it still signs.
struct EarlierSecretRow {
    SubscriptionId subscription;
    domain::SignatureScheme scheme;
    std::int32_t version;
    SealedColumns secret;
    Instant until;
};

/// The seal label (Vault) of a secret, which is of 32 bytes: a key of HMAC, or the seed of an Ed25519 key.
std::string secret_label(SubscriptionId id, std::int32_t version = 1);

void insert(db::PgSession& db, SubscriptionRow const& row);
std::optional<SubscriptionRow> subscription_by_id(db::PgSession& db, SubscriptionId id);
std::optional<SubscriptionRow> lock_subscription(db::PgSession& db, SubscriptionId id);
/// Stores state, failing_since, stopped_at and stopped_why of a locked row.
void update(db::PgSession& db, SubscriptionRow const& row);
/// Stores scheme, secret, its version and public key of a locked row; `earlier` signs until its end, and
/// whatever came before it no more.
void change_secret(db::PgSession& db, SubscriptionRow const& row, EarlierSecretRow const& earlier);
std::optional<EarlierSecretRow> earlier_secret_of(db::PgSession& db, SubscriptionId id);
void drop_earlier_secret(db::PgSession& db, SubscriptionId id);
std::vector<SubscriptionRow> subscriptions_of(db::PgSession& db, AccountId account,
                                              std::optional<SubscriptionId> after, int limit);
/// How many of an account's have not ended.
std::int64_t count_open_subscriptions(db::PgSession& db, AccountId account);
/// An active one whose place in the feed lies before the feed's end, locked; others that are locked are left
/// out.
std::optional<SubscriptionRow> lock_behind_feed(db::PgSession& db);
void set_position(db::PgSession& db, SubscriptionId id, std::int64_t position);
/// The position of the newest record.
std::int64_t end_of_feed(db::PgSession& db);

struct DeliveryRow {
    DeliveryId id;
    SubscriptionId subscription;
    domain::DeliveryKind kind;
    RecordId record;
    std::optional<RemovalId> removal;    ///< exactly where it is about one
    std::optional<std::int32_t> serial;  ///< of the change of status, or of the message about a removal
    Instant made_at;
    std::int32_t attempts = 0;
    std::int32_t failures = 0;  ///< of those since it was queued, or queued anew
    std::optional<Instant> next_at{};
    std::optional<Instant> delivered_at{};
    std::optional<Instant> given_up_at{};

    [[nodiscard]] domain::DeliveryState state() const noexcept;
};

/// Queues them; one that was queued before stays as it is.
void queue_issued(db::PgSession& db, SubscriptionId id, std::vector<RecordId> const& records, Instant now);
/// Queues a change of status for every subscription that has not ended; whether its account reads the record
/// is looked at when it is sent.
void queue_status_change(db::PgSession& db, RecordId record, std::int32_t serial, Instant now);
/// Queues a message about a removal, its `serial`th, for the subscriptions of those who have not confirmed
/// it.
void queue_removal(db::PgSession& db, RemovalId removal, std::int32_t serial, Instant now);
/// The one that is due first, of an active subscription, locked and leased until then. Its attempts are
/// counted.
std::optional<DeliveryRow> take_delivery(db::PgSession& db, Instant now, Instant lease_until);
/// That one again, locked, if the attempt is its last one and nothing came of it yet.
std::optional<DeliveryRow> lock_attempt(db::PgSession& db, DeliveryId id, std::int32_t attempt);
/// Stores failures, next_at, delivered_at and given_up_at.
void update(db::PgSession& db, DeliveryRow const& row);
std::optional<DeliveryRow> delivery_by_id(db::PgSession& db, DeliveryId id);
/// Newest first, before that one; without those that were about a record which the account does not read.
std::vector<DeliveryRow> deliveries_of(db::PgSession& db, SubscriptionId id,
                                       std::optional<std::pair<Instant, DeliveryId>> const& before,
                                       int limit);
/// Queues anew what was delivered or given up, about records from that position on. Returns how many.
std::int64_t replay(db::PgSession& db, SubscriptionId id, std::int64_t position, Instant now);

struct AttemptRow {
    DeliveryId delivery;
    std::int32_t attempt;
    Instant at;
    std::optional<std::int32_t> status;  ///< of the answer
    std::string cause;
    std::int32_t took_ms;
};

void insert(db::PgSession& db, AttemptRow const& row);
std::vector<AttemptRow> attempts_at(db::PgSession& db, std::vector<DeliveryId> const& deliveries);

}  // namespace sponsio::store
