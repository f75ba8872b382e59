#include "tests/service/submission_world.hpp"

#include "server/domain/commitment.hpp"
#include "server/service/unit/transaction.hpp"

#include <fstream>
#include <iterator>

namespace sponsio::testing {
namespace {

using client::PlatformReply;
using Fate = FaultyRoad::Fate;

constexpr db::BinaryQuery select_batches{
    "test.batches",
    "select batch_no, state, manifest, last_error, attempts, record_count, next_try_at "
    "from submission_batch order by created_at, batch_no"};
constexpr db::BinaryQuery insert_record{
    "test.credit_record",
    "insert into credit_record (record_id, position, organisation_id, sd_jwt, digest, issued_at) "
    "select $1, $2, organisation_id, '', sha256(''), $3 from organisation limit 1"};
constexpr db::BinaryQuery insert_leaf{
    "test.record_leaf",
    "insert into log_leaf (kind, subject, entry, created_at, shard, leaf_index) "
    "select 'record', $1, '{}', $2, 1, count(*) from log_leaf"};
constexpr db::BinaryQuery select_states{"test.states",
                                        "select state from submission_record order by created_at, record_no"};
constexpr db::BinaryQuery select_left{
    "test.left",
    "select (select count(*) from submission_record where state in ('queued', 'batched')) + "
    "(select count(*) from submission_batch where state <> 'answered')"};

}  // namespace

// --------------------------------------------------------------------------------------------------- the
// road
void FaultyRoad::note(char const* method) {
    std::lock_guard const lock(mutex_);
    calls.emplace_back(method);
}

PlatformReply FaultyRoad::put(std::string const& batch_no, std::string body, Deadline deadline) {
    note("PUT");
    Fate const now = fate();
    if (now == Fate::never_leaves) return {PlatformReply::Kind::not_sent, {}, "connect"};
    {
        std::lock_guard const lock(mutex_);
        bodies.insert(body);
    }
    on_the_way();
    if (now == Fate::lost_going) return {PlatformReply::Kind::lost, {}, "send"};
    PlatformReply reply = way_.put(batch_no, std::move(body), deadline);
    if (now == Fate::lost_returning) return {PlatformReply::Kind::lost, {}, "receive"};
    return reply;
}

PlatformReply FaultyRoad::get(std::string const& batch_no, Deadline deadline) {
    note("GET");
    Fate const now = fate();
    if (now == Fate::never_leaves) return {PlatformReply::Kind::not_sent, {}, "connect"};
    on_the_way();
    if (now != Fate::arrives) return {PlatformReply::Kind::lost, {}, "receive"};
    return way_.get(batch_no, deadline);
}

// -------------------------------------------------------------------------------------------------- the
// world
void SubmissionWorld::SetUp() {
    FindingWorld::SetUp();
    clock.set(china("2026-10-16T09:00:00"));
    folder = std::make_unique<TempDir>();
    // Records are made without their drafts: for this session the foreign key looks away.
    admin().command("set session_replication_role = replica");
    signer = sm2_signer();
    regions = std::make_unique<domain::Regions>(domain::Regions::from_resources().value());
    queue = std::make_unique<service::ReportQueue>(*vault, *regions, *rules, *calendar);
    reports = std::make_unique<service::ReportService>(*executor, *vault, *regions, clock);
    register_units();
    start_platform();
    https = client::make_platform_client({.url = "https://localhost:" + std::to_string(port_),
                                          .ca_file = platform->front().certificate()})
                .value();
    road = std::make_unique<FaultyRoad>(*https);
}

void SubmissionWorld::TearDown() {
    platform.reset();
    reports.reset();
    FindingWorld::TearDown();
}

void SubmissionWorld::register_units(std::string const& agency_as) {
    Json const units = json::Array{domain::JsonObject{
        {"uscc", agency_uscc}, {"name", agency_as}, {"sm2_public_key", signer->public_key().to_pem()}}};
    write_text(folder->path() / "registry.json", json::write(domain::JsonObject{{"units", units}}));
}

void SubmissionWorld::start_platform(unsigned drop_answers) {
    platform = platform::Platform::start({.front = {.data = folder->path() / "platform", .port = port_},
                                          .registry = folder->path() / "registry.json",
                                          .drop_answers = drop_answers},
                                         clock)
                   .value();
    port_ = platform->front().port();
}

void SubmissionWorld::stop_platform() {
    platform->front().stop(std::chrono::seconds{5});
    platform.reset();
}

RecordId SubmissionWorld::fake_record() {
    return service::new_id<RecordId>(clock.now());
}

domain::ReportLine SubmissionWorld::fresh_line() {
    return report_line_of(fake_record().text(),
                          domain::commitment_code("110105", std::chrono::year{2026} / 3 / 2, ++serial_));
}

std::string SubmissionWorld::queue_one(domain::ReportLine line, Instant clock_starts) {
    RecordId const record = RecordId::parse(line.record_id).value();
    service::NewReport const report{record, as("clerk").who->organisation, "110105", clock_starts,
                                    std::move(line)};
    clock.advance(std::chrono::microseconds{1});  // so that they have an order
    admin().exec(insert_record, db::Params(record, std::int64_t{serial_}, clock.now()));
    if (records_are_logged) log_record(record);
    return queue->queue(admin(), report, clock.now()).value();
}

void SubmissionWorld::log_record(RecordId record) {
    admin().exec(insert_leaf, db::Params(record.text(), clock.now()));
}

std::vector<std::string> SubmissionWorld::queue_reports(
    std::size_t count, std::function<void(domain::ReportLine&)> const& change) {
    std::vector<std::string> numbers;
    db::Tx tx(admin());
    for (std::size_t i = 0; i != count; ++i) {
        domain::ReportLine line = fresh_line();
        change(line);
        numbers.push_back(queue_one(std::move(line), clock.now()));
    }
    tx.commit();
    return numbers;
}

std::unique_ptr<service::SubmissionDelivery> SubmissionWorld::delivery(client::PlatformClient& way,
                                                                       service::DeliveryOptions options) {
    options.receiver = {"", "示例市信用信息共享平台"};
    return std::make_unique<service::SubmissionDelivery>(
        *executor, *vault, way, [this] { return signer; }, clock, crypto::system_entropy(), nullptr,
        std::move(options));
}

void SubmissionWorld::run(service::SubmissionDelivery& delivery) {
    auto const done = delivery.round();
    ASSERT_TRUE(done) << done.error().problem->slug << " " << done.error().cause;
}

void SubmissionWorld::run_to_the_end(service::SubmissionDelivery& delivery) {
    for (int i = 0; i != 100 && left() != 0; ++i) {
        run(delivery);
        clock.advance(std::chrono::hours{2});
    }
    EXPECT_EQ(left(), 0);
}

std::vector<SubmissionWorld::Batch> SubmissionWorld::batches() {
    std::vector<Batch> list;
    for (auto const& row : db().exec(select_batches))
        list.push_back({row.get<std::string>(0), row.get<std::string>(1), row.get<db::ByteString>(2).bytes,
                        row.get<std::optional<std::string>>(3), row.get<std::int32_t>(4),
                        row.get<std::int32_t>(5), row.get<Instant>(6)});
    return list;
}

std::vector<std::string> SubmissionWorld::states() {
    std::vector<std::string> list;
    for (auto const& row : db().exec(select_states)) list.push_back(row.get<std::string>(0));
    return list;
}

std::int64_t SubmissionWorld::left() {
    return db().exec(select_left)[0].get<std::int64_t>(0);
}

std::set<std::string> SubmissionWorld::copies() {
    std::set<std::string> records;
    for (auto const& place : platform->archive().copies_after(0, std::nullopt, 1'000'000))
        EXPECT_TRUE(records.insert(place.copy->record_id).second) << "held twice: " << place.copy->record_id;
    return records;
}

Json SubmissionWorld::view(std::string const& batch_no, std::string const& who) {
    return await(reports->batch(as(who), batch_no)).value();
}

std::string SubmissionWorld::part(std::string const& batch_no, service::ReportService::Part which) {
    return await(reports->part(as("supervisor"), batch_no, which)).value();
}

std::shared_ptr<crypto::Signer const> sm2_signer() {
    return std::make_shared<crypto::KeySigner>(crypto::PrivateKey::generate(crypto::Algorithm::sm2));
}

std::string read_text(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write_text(std::filesystem::path const& file, std::string_view text) {
    std::filesystem::path const fresh = file.string() + ".new";
    std::ofstream(fresh, std::ios::binary) << text;
    std::filesystem::rename(fresh, file);
}

}  // namespace sponsio::testing
