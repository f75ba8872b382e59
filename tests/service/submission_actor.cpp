#include "crypto/keys/signer.hpp"
#include "crypto/secret.hpp"
#include "reference/platform/platform.hpp"
#include "server/service/submissions/delivery.hpp"
#include "tests/support/manual_clock.hpp"

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

/// A process for tests to kill: the delivery of reports, ending itself by SIGKILL at a named step, or a
/// platform.
///   submission_actor deliver DATABASE PLATFORM CA KEY TIME STEP NTH
///   submission_actor platform DATA PORT REGISTRY TIME
namespace sponsio {
namespace {

crypto::Secret key_of(std::uint8_t byte) {
    return crypto::Secret(Bytes(32, byte));
}

/// The same keys as the vault of the tests.
service::Vault make_vault() {
    std::vector<crypto::MasterKey> masters;
    masters.push_back({"test-master", key_of(1)});
    std::vector<crypto::BlindKey> blinds;
    blinds.push_back({"test-blind", key_of(2)});
    return {crypto::MasterKeys(std::move(masters)), crypto::BlindIndex(std::move(blinds))};
}

std::string read_text(char const* file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string_view name(service::BatchPoint point) {
    switch (point) {
        case service::BatchPoint::in_gathering: return "gathering";
        case service::BatchPoint::after_gathering: return "gathered";
        case service::BatchPoint::in_signing: return "signing";
        case service::BatchPoint::after_signing: break;
    }
    return "signed";
}

std::string_view name(service::ErrandPoint point) {
    switch (point) {
        case service::ErrandPoint::claiming: return "claiming";
        case service::ErrandPoint::claimed: return "claimed";
        case service::ErrandPoint::exchanged: return "exchanged";
        case service::ErrandPoint::settling: return "settling";
        case service::ErrandPoint::finished: break;
    }
    return "finished";
}

int deliver(char** arg) {
    db::DbExecutor executor({.connection = {.uri = arg[2]}, .threads = 2});
    service::Vault const vault = make_vault();
    auto const platform = client::make_platform_client({.url = arg[3], .ca_file = arg[4]}).value();
    auto const signer = std::make_shared<crypto::KeySigner>(
        crypto::PrivateKey::from_pem(read_text(arg[5]), as_bytes("test")).value());
    testing::ManualClock clock(parse_rfc3339(arg[6]).value());
    std::string const fatal = arg[7];
    int left = std::atoi(arg[8]);
    service::DeliveryOptions options{.receiver = {"", "platform"}, .max_records = 3};
    auto const come_to = [&](std::string_view point) {
        if (point == fatal && --left == 0) std::raise(SIGKILL);
    };
    options.reached = [&](service::BatchPoint point) { come_to(name(point)); };
    options.errand_reached = [&](service::ErrandPoint point) { come_to(name(point)); };
    service::SubmissionDelivery delivery(
        executor, vault, *platform, [&] { return signer; }, clock, crypto::system_entropy(), nullptr,
        options);
    auto const done = delivery.round();
    if (!done) std::cerr << done.error().problem->slug << " " << done.error().cause << "\n";
    return done ? 0 : 1;
}

int run_platform(char** arg) {
    testing::ManualClock const clock(parse_rfc3339(arg[5]).value());
    auto platform = platform::Platform::start(
        {.front = {.data = arg[2], .port = static_cast<std::uint16_t>(std::atoi(arg[3]))},
         .registry = arg[4]},
        clock);
    if (!platform) {
        std::cerr << platform.error().detail.en << "\n";
        return 1;
    }
    std::cout << (*platform)->front().port() << std::endl;
    std::string line;
    std::getline(std::cin, line);  // until the test lets go, or ends
    return (*platform)->front().stop(std::chrono::seconds{5}) ? 0 : 1;
}

}  // namespace
}  // namespace sponsio

int main(int count, char** arg) {
    std::string const what = count > 1 ? arg[1] : "";
    if (what == "deliver" && count == 9) return sponsio::deliver(arg);
    if (what == "platform" && count == 6) return sponsio::run_platform(arg);
    return 2;
}
