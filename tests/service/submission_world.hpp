#pragma once

#include "crypto/keys/signer.hpp"
#include "reference/platform/platform.hpp"
#include "server/service/submissions/delivery.hpp"
#include "server/service/submissions/report_queue.hpp"
#include "server/service/submissions/report_service.hpp"
#include "tests/service/finding_world.hpp"
#include "tests/support/report_lines.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sponsio::testing {

/// A way to the platform with faults: each call is told what happens to it.
class FaultyRoad final : public client::PlatformClient {
  public:
    enum class Fate {
        arrives,
        never_leaves,   ///< not a byte
        lost_going,     ///< sent, never there, nobody can tell
        lost_returning  ///< taken and answered, and the answer lost
    };

    explicit FaultyRoad(client::PlatformClient& way) : way_(way) {}

    client::PlatformReply put(std::string const& batch_no, std::string body, Deadline deadline) override;
    client::PlatformReply get(std::string const& batch_no, Deadline deadline) override;

    /// Asked before each call; by default everything arrives.
    std::function<Fate()> fate = [] { return Fate::arrives; };
    std::function<void()> on_the_way = [] {};  ///< called while an exchange is under way
    std::vector<std::string> calls{};          ///< "PUT", "GET"
    std::set<std::string> bodies{};            ///< every different one that was ever sent

  private:
    void note(char const* method);

    client::PlatformClient& way_;
    std::mutex mutex_;
};

/// Answers what it is told, and never sees a platform.
class ScriptedPlatform final : public client::PlatformClient {
  public:
    client::PlatformReply put(std::string const&, std::string body, Deadline) override {
        bodies.push_back(std::move(body));
        return reply;
    }

    client::PlatformReply get(std::string const&, Deadline) override { return reply; }

    client::PlatformReply reply{client::PlatformReply::Kind::lost, {}, "receive"};
    std::vector<std::string> bodies{};
};

/// Reports that wait, a platform over real HTTPS that they go to, and the way there.
class SubmissionWorld : public FindingWorld {
  protected:
    void SetUp() override;
    void TearDown() override;

    /// `count` reports of records that exist only as far as reporting needs them.
    std::vector<std::string> queue_reports(
        std::size_t count,
        std::function<void(domain::ReportLine&)> const& change = [](domain::ReportLine&) {});
    std::string queue_one(domain::ReportLine line, Instant clock_starts);
    /// Gives the record its place in the log, without which no report of it leaves.
    void log_record(RecordId record);
    RecordId fake_record();
    domain::ReportLine fresh_line();

    /// Who may report; the agency by the name it has here, unless another is given.
    void register_units(std::string const& agency_as = std::string(agency_name));
    void start_platform(unsigned drop_answers = 0);
    void stop_platform();

    std::unique_ptr<service::SubmissionDelivery> delivery(client::PlatformClient& way,
                                                          service::DeliveryOptions options = {});
    /// Runs until nothing is left to do at this time; fails the test if a step was refused.
    void run(service::SubmissionDelivery& delivery);
    /// The same, moving the clock on, until every batch is answered.
    void run_to_the_end(service::SubmissionDelivery& delivery);

    struct Batch {
        std::string batch_no, state, manifest;
        std::optional<std::string> last_error;
        int attempts, record_count;
        Instant next_try_at;
    };

    std::vector<Batch> batches();
    std::vector<std::string> states();  ///< of all reports, in the order of their numbers
    std::int64_t left();                ///< reports and batches that are not through
    /// Every record that the platform holds; a record that is there twice fails the test.
    std::set<std::string> copies();

    Json view(std::string const& batch_no, std::string const& who = "supervisor");
    std::string part(std::string const& batch_no, service::ReportService::Part which);

    /// The key that manifests are signed with, and one more.
    std::shared_ptr<crypto::Signer const> signer;
    bool records_are_logged = true;  ///< of those that are queued next
    std::unique_ptr<TempDir> folder;
    std::unique_ptr<domain::Regions> regions;
    std::unique_ptr<service::ReportQueue> queue;
    std::unique_ptr<service::ReportService> reports;
    std::unique_ptr<platform::Platform> platform;
    std::unique_ptr<client::PlatformClient> https;
    std::unique_ptr<FaultyRoad> road;

  private:
    std::uint16_t port_ = 0;
    int serial_ = 0;
};

std::shared_ptr<crypto::Signer const> sm2_signer();
std::string read_text(std::filesystem::path const& file);
void write_text(std::filesystem::path const& file, std::string_view text);

}  // namespace sponsio::testing
