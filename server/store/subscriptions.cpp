#include "server/store/subscriptions.hpp"

#include "server/store/columns.hpp"
#include "server/store/table.hpp"

namespace sponsio::store {
namespace {

using db::BinaryQuery;
using db::Params;
using domain::DeliveryKind;
using domain::SubscriptionState;

using Subscriptions =
    Table<"subscription", SubscriptionRow, Column<"subscription_id", &SubscriptionRow::id>,
          Column<"account_id", &SubscriptionRow::account>,
          Column<"organisation_id", &SubscriptionRow::organisation>, Column<"url", &SubscriptionRow::url>,
          SealedColumn<"secret", &SubscriptionRow::secret>, Column<"state", &SubscriptionRow::state>,
          Column<"made_at", &SubscriptionRow::made_at>, Column<"position", &SubscriptionRow::position>,
          Column<"failing_since", &SubscriptionRow::failing_since>,
          Column<"stopped_at", &SubscriptionRow::stopped_at>,
          Column<"stopped_why", &SubscriptionRow::stopped_why>, Column<"scheme", &SubscriptionRow::scheme>,
          Column<"secret_version", &SubscriptionRow::secret_version>,
          Column<"public_key", &SubscriptionRow::public_key>>;
using Moved = Subscriptions::Update<&SubscriptionRow::state, &SubscriptionRow::failing_since,
                                    &SubscriptionRow::stopped_at, &SubscriptionRow::stopped_why>;
constexpr BinaryQuery insert_subscription{"subscriptions.insert", sql<Subscriptions::insert>};
constexpr BinaryQuery select_one{"subscriptions.by_id",
                                 sql<Subscriptions::select, "where subscription_id = $1">};
constexpr BinaryQuery select_locked{"subscriptions.lock",
                                    sql<Subscriptions::select, "where subscription_id = $1 for update">};
constexpr BinaryQuery update_subscription{"subscriptions.update", sql<Moved::text>};
constexpr BinaryQuery update_secret{"subscriptions.change_secret",
                                    "update subscription set scheme = $2, secret_version = $3, public_key = "
                                    "$4, secret = $5, wrapped_key = $6, "
                                    "master_key_id = $7 where subscription_id = $1"};
using EarlierSecrets =
    Table<"earlier_secret", EarlierSecretRow, Column<"subscription_id", &EarlierSecretRow::subscription>,
          Column<"scheme", &EarlierSecretRow::scheme>, Column<"version", &EarlierSecretRow::version>,
          SealedColumn<"secret", &EarlierSecretRow::secret>, Column<"until", &EarlierSecretRow::until>>;
constexpr BinaryQuery insert_earlier{"subscriptions.insert_earlier_secret", sql<EarlierSecrets::insert>};
constexpr BinaryQuery delete_earlier{"subscriptions.drop_earlier_secret",
                                     "delete from earlier_secret where subscription_id = $1"};
constexpr BinaryQuery select_earlier{"subscriptions.earlier_secret",
                                     sql<EarlierSecrets::select, "where subscription_id = $1">};
constexpr BinaryQuery select_of_account{
    "subscriptions.of_account",
    sql<Subscriptions::select,
        "where account_id = $1 and subscription_id > $2 order by subscription_id limit $3">};
constexpr BinaryQuery select_open{"subscriptions.open",
                                  sql<"select count(*) from subscription where account_id "
                                      "= $1 and state <> ",
                                      quoted<SubscriptionState::ended>>};
constexpr BinaryQuery select_behind{
    "subscriptions.lock_behind_feed",
    sql<Subscriptions::select, "where state = ", quoted<SubscriptionState::active>,
        " and position < (select coalesce(max(position), 0) from credit_record) order by position, "
        "subscription_id limit 1 for update skip locked">};
constexpr BinaryQuery update_position{"subscriptions.set_position",
                                      "update subscription set position = $2 where subscription_id = $1"};
constexpr BinaryQuery select_end{"subscriptions.end_of_feed",
                                 "select coalesce(max(position), 0)::bigint from credit_record"};

using Deliveries =
    Table<"delivery", DeliveryRow, Column<"delivery_id", &DeliveryRow::id>,
          Column<"subscription_id", &DeliveryRow::subscription>, Column<"kind", &DeliveryRow::kind>,
          Column<"record_id", &DeliveryRow::record>, Column<"removal_id", &DeliveryRow::removal>,
          Column<"serial", &DeliveryRow::serial>, Column<"made_at", &DeliveryRow::made_at>,
          Column<"attempts", &DeliveryRow::attempts>, Column<"failures", &DeliveryRow::failures>,
          Column<"next_at", &DeliveryRow::next_at>, Column<"delivered_at", &DeliveryRow::delivered_at>,
          Column<"given_up_at", &DeliveryRow::given_up_at>>;
using Tried = Deliveries::Update<&DeliveryRow::failures, &DeliveryRow::next_at, &DeliveryRow::delivered_at,
                                 &DeliveryRow::given_up_at>;
constexpr BinaryQuery insert_issued{
    "deliveries.queue_issued",
    sql<"insert into delivery (delivery_id, subscription_id, kind, record_id, made_at, next_at) "
        "select gen_random_uuid(), $1, ",
        quoted<DeliveryKind::record_issued>,
        ", q.record_id, $3, $3 from unnest($2::uuid[]) as q(record_id) "
        "on conflict do nothing">};
constexpr BinaryQuery insert_change{
    "deliveries.queue_status_change",
    sql<"insert into delivery (delivery_id, subscription_id, kind, record_id, serial, made_at, next_at) "
        "select gen_random_uuid(), s.subscription_id, ",
        quoted<DeliveryKind::status_changed>, ", $1, $2, $3, $3 from subscription s where s.state <> ",
        quoted<SubscriptionState::ended>, " on conflict do nothing">};
constexpr BinaryQuery insert_removal{
    "deliveries.queue_removal",
    sql<"insert into delivery (delivery_id, subscription_id, kind, record_id, removal_id, serial, made_at, "
        "next_at) select gen_random_uuid(), s.subscription_id, ",
        quoted<DeliveryKind::removal>,
        ", m.record_id, m.removal_id, $2, $3, $3 from removal m join removal_receiver c using (removal_id) "
        "join subscription s on s.organisation_id = c.organisation_id where m.removal_id = $1 and "
        "c.confirmed_at is null and s.state <> ",
        quoted<SubscriptionState::ended>, " on conflict do nothing">};
constexpr BinaryQuery take_due{
    "deliveries.take",
    sql<"update delivery set attempts = attempts + 1, next_at = $2 where delivery_id = (select d.delivery_id "
        "from delivery d join subscription s using (subscription_id) where d.next_at <= $1 and s.state = ",
        quoted<SubscriptionState::active>,
        " order by d.next_at, d.delivery_id limit 1 for update of d skip locked) returning ",
        Deliveries::list>};
constexpr BinaryQuery select_attempt{
    "deliveries.lock_attempt",
    sql<Deliveries::select, "where delivery_id = $1 and attempts = $2 and next_at is not null for update">};
constexpr BinaryQuery update_delivery{"deliveries.update", sql<Tried::text>};
constexpr BinaryQuery select_delivery{"deliveries.by_id", sql<Deliveries::select, "where delivery_id = $1">};
// What was given up without an attempt was about a record that the account does not read.
constexpr BinaryQuery select_deliveries{
    "deliveries.of",
    sql<Deliveries::select,
        "where subscription_id = $1 and ($2::timestamptz is null or (made_at, delivery_id) < "
        "($2, $3)) and (given_up_at is null or exists (select from delivery_attempt a where "
        "a.delivery_id = delivery.delivery_id)) order by made_at desc, delivery_id desc limit "
        "$4">};
constexpr BinaryQuery update_replayed{
    "deliveries.replay",
    "update delivery d set failures = 0, next_at = $3, delivered_at = null, given_up_at = null "
    "from credit_record r where d.subscription_id = $1 and d.record_id = r.record_id and r.position >= $2 "
    "and d.next_at is null and (d.given_up_at is null or exists (select from delivery_attempt a where "
    "a.delivery_id = d.delivery_id))"};

using Attempts = Table<"delivery_attempt", AttemptRow, Column<"delivery_id", &AttemptRow::delivery>,
                       Column<"attempt", &AttemptRow::attempt>, Column<"at", &AttemptRow::at>,
                       Column<"status", &AttemptRow::status>, Column<"cause", &AttemptRow::cause>,
                       Column<"took_ms", &AttemptRow::took_ms>>;
constexpr BinaryQuery insert_attempt{"delivery_attempts.insert",
                                     sql<Attempts::insert, "on conflict do nothing">};
constexpr BinaryQuery select_attempts{
    "delivery_attempts.at",
    sql<Attempts::select, "where delivery_id = any($1::uuid[]) order by delivery_id, at">};

}  // namespace

std::string secret_label(SubscriptionId id, std::int32_t version) {
    // The first has none, so that what was sealed before there were versions opens.
    return "subscription.secret:" + id.text() + (version == 1 ? "" : ":" + std::to_string(version));
}

domain::DeliveryState DeliveryRow::state() const noexcept {
    using enum domain::DeliveryState;
    if (delivered_at) return delivered;
    return given_up_at ? given_up : waiting;
}

void insert(db::PgSession& db, SubscriptionRow const& row) {
    db.exec(insert_subscription, Subscriptions::values(row));
}

std::optional<SubscriptionRow> subscription_by_id(db::PgSession& db, SubscriptionId id) {
    return first_of(db.exec(select_one, Params(id)), Subscriptions::read);
}

std::optional<SubscriptionRow> lock_subscription(db::PgSession& db, SubscriptionId id) {
    return first_of(db.exec(select_locked, Params(id)), Subscriptions::read);
}

void update(db::PgSession& db, SubscriptionRow const& row) {
    db.exec(update_subscription, Moved::values(row));
}

void change_secret(db::PgSession& db, SubscriptionRow const& row, EarlierSecretRow const& earlier) {
    drop_earlier_secret(db, row.id);
    db.exec(insert_earlier, EarlierSecrets::values(earlier));
    Params params(row.id, domain::word(row.scheme), row.secret_version);
    params.add(row.public_key);
    db.exec(update_secret, add(params, row.secret));
}

std::optional<EarlierSecretRow> earlier_secret_of(db::PgSession& db, SubscriptionId id) {
    return first_of(db.exec(select_earlier, Params(id)), EarlierSecrets::read);
}

void drop_earlier_secret(db::PgSession& db, SubscriptionId id) {
    db.exec(delete_earlier, Params(id));
}

std::vector<SubscriptionRow> subscriptions_of(db::PgSession& db, AccountId account,
                                              std::optional<SubscriptionId> after, int limit) {
    return all_of(db.exec(select_of_account,
                          Params(account, after.value_or(SubscriptionId{Uuid{}}), std::int32_t{limit})),
                  Subscriptions::read);
}

std::int64_t count_open_subscriptions(db::PgSession& db, AccountId account) {
    return value_of<std::int64_t>(db.exec(select_open, Params(account))).value_or(0);
}

std::optional<SubscriptionRow> lock_behind_feed(db::PgSession& db) {
    return first_of(db.exec(select_behind), Subscriptions::read);
}

void set_position(db::PgSession& db, SubscriptionId id, std::int64_t position) {
    db.exec(update_position, Params(id, position));
}

std::int64_t end_of_feed(db::PgSession& db) {
    return value_of<std::int64_t>(db.exec(select_end)).value_or(0);
}

void queue_issued(db::PgSession& db, SubscriptionId id, std::vector<RecordId> const& records, Instant now) {
    if (!records.empty()) db.exec(insert_issued, Params().add(id).add(array_of(records)).add(now));
}

void queue_status_change(db::PgSession& db, RecordId record, std::int32_t serial, Instant now) {
    db.exec(insert_change, Params(record, serial, now));
}

void queue_removal(db::PgSession& db, RemovalId removal, std::int32_t serial, Instant now) {
    db.exec(insert_removal, Params(removal, serial, now));
}

std::optional<DeliveryRow> take_delivery(db::PgSession& db, Instant now, Instant lease_until) {
    return first_of(db.exec(take_due, Params(now, lease_until)), Deliveries::read);
}

std::optional<DeliveryRow> lock_attempt(db::PgSession& db, DeliveryId id, std::int32_t attempt) {
    return first_of(db.exec(select_attempt, Params(id, attempt)), Deliveries::read);
}

void update(db::PgSession& db, DeliveryRow const& row) {
    db.exec(update_delivery, Tried::values(row));
}

std::optional<DeliveryRow> delivery_by_id(db::PgSession& db, DeliveryId id) {
    return first_of(db.exec(select_delivery, Params(id)), Deliveries::read);
}

std::vector<DeliveryRow> deliveries_of(db::PgSession& db, SubscriptionId id,
                                       std::optional<std::pair<Instant, DeliveryId>> const& before,
                                       int limit) {
    Params params;
    params.add(id)
        .add(before ? std::optional(before->first) : std::nullopt)
        .add(before ? before->second : DeliveryId{Uuid{}})
        .add(std::int32_t{limit});
    return all_of(db.exec(select_deliveries, params), Deliveries::read);
}

std::int64_t replay(db::PgSession& db, SubscriptionId id, std::int64_t position, Instant now) {
    return db.exec(update_replayed, Params(id, position, now)).affected();
}

void insert(db::PgSession& db, AttemptRow const& row) {
    db.exec(insert_attempt, Attempts::values(row));
}

std::vector<AttemptRow> attempts_at(db::PgSession& db, std::vector<DeliveryId> const& deliveries) {
    return all_of(db.exec(select_attempts, Params().add(array_of(deliveries))), Attempts::read);
}

}  // namespace sponsio::store
