// Adds entries to shard 1 of a stopped server's log, through its own writer, in rounds of many tiles.

#include "crypto/log/entry.hpp"
#include "server/app/database.hpp"
#include "server/db/tx.hpp"
#include "server/service/keys/service.hpp"
#include "server/service/log/writer.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace {

using namespace sponsio;

constexpr std::uint64_t entries_in_a_round = 20'000;

/// As long as the entry of a commitment, and of none.
std::string made_up_entry(std::uint64_t n) {
    crypto::Digest digest{};
    for (std::size_t i = 0; i != 8; ++i) digest[i] = static_cast<std::uint8_t>(n >> (8 * i));
    return crypto::LogEntry{std::string(crypto::log_kind::commitment), "2026-03-02T01:00:00.000000Z", digest}
        .text();
}

void one_round(db::PgSession& session, service::LogWriter& writer, std::uint64_t first, std::uint64_t count) {
    db::Tx tx(session, {.begin_with_first_pipeline = true});
    db::Pipeline look, all;
    writer.ask(look);
    auto const answers = tx.run(look);
    service::LogWriter::Round round = writer.begin(session, answers);
    for (std::uint64_t n = first; n != first + count; ++n) round.append(made_up_entry(n));
    round.seal(all, SystemClock{}.now());
    tx.commit_with(all);
    round.committed();
}

void grow(std::filesystem::path const& data, std::uint64_t leaves) {
    auto const database =
        app::Database::open({.data = data, .uri = {}}, app::Database::Use::administer).value();
    SystemClock const clock;
    auto const keys = service::KeyService::open_existing(service::KeyPlace::below(data), clock).value();
    service::LeaseBook leases(1);
    service::LogWriter writer(
        {.keys = service::log_keys(*keys), .heads = {.directories = {data / "log"}}, .leases = leases}, 1);
    db::PgSession session(database.connection());
    if (!writer.ready(session)) throw std::runtime_error("the shard is held by somebody else");
    for (std::uint64_t n = 0; n < leaves; n += entries_in_a_round)
        one_round(session, writer, n, std::min(entries_in_a_round, leaves - n));
}

}  // namespace

int main(int argc, char** argv) {
    std::filesystem::path data;
    std::uint64_t leaves = 0;
    CLI::App options{"Adds made-up entries to a log"};
    options.add_option("--data", data)->required();
    options.add_option("--leaves", leaves)->required();
    CLI11_PARSE(options, argc, argv);
    try {
        grow(data, leaves);
        return 0;
    } catch (FaultError const& error) {
        std::cerr << "grow_log: " << error.fault.detail.en << " " << error.fault.cause << "\n";
    } catch (std::exception const& error) {
        std::cerr << "grow_log: " << error.what() << "\n";
    }
    return 1;
}
