#include "server/base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <stdexcept>

namespace sponsio {
namespace {

using Buckets = std::vector<double>;

Buckets const& latency() {
    static Buckets const seconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                 0.1,    0.25,  0.5,    1,     2.5,  5,     10};
    return seconds;
}

std::vector<MetricInfo> const& table() {
    static std::vector<MetricInfo> const rows{
        {"http_requests_total", "counter", {"route", "code"}, "Requests answered."},
        {"http_request_seconds",
         "histogram",
         {"route"},
         "From the end of the header to the answer.",
         latency()},
        {"http_in_flight", "gauge", {}, "Requests being answered now."},
        {"http_connections", "gauge", {}, "Open connections."},
        {"http_refused_total", "counter", {"why"}, "Connections and requests turned away before a handler."},
        {"tls_handshakes_total", "counter", {"outcome"}, "TLS handshakes: full or failed."},
        {"tls_certificate_end_seconds",
         "gauge",
         {},
         "When the certificate of the HTTPS interface ends, in Unix time."},
        {"db_queue_wait_seconds", "histogram", {}, "How long jobs waited for a database thread.", latency()},
        {"db_job_seconds", "histogram", {"query"}, "How long database jobs ran.", latency()},
        {"group_commit_batch_size",
         "histogram",
         {},
         "Items in one committed batch.",
         {1, 2, 4, 8, 16, 32, 64, 128, 256}},
        {"group_commit_seconds", "histogram", {}, "How long one batch took to commit.", latency()},
        {"filing_ready", "gauge", {}, "1 while commitments can be filed here; 0 while none can."},
        {"filing_round_age_seconds",
         "gauge",
         {},
         "Age of the oldest round of filing that the database has not ended yet; while none succeeds, since "
         "when."},
        {"work_runs_total", "counter", {"job", "outcome"}, "Rounds of background work."},
        {"work_seconds", "histogram", {"job"}, "How long a round of background work took.", latency()},
        {"findings_awaiting_calendar",
         "gauge",
         {},
         "Findings in a period whose last day is in a year without a known calendar."},
        {"checks_awaiting_calendar",
         "gauge",
         {},
         "Checks whose last day is in a year without a known calendar."},
        {"verifications_overdue",
         "gauge",
         {},
         "Open checks that were escalated because they were not done in time."},
        {"lint_failures_total",
         "counter",
         {"rule"},
         "Records that were not signed because they break a rule."},
        {"signatures_total", "counter", {"purpose"}, "Signatures made."},
        {"sign_errors_total", "counter", {"purpose"}, "Signatures that failed or did not verify."},
        {"outbox_depth", "gauge", {"state"}, "Submission batches by state."},
        {"outbox_oldest_seconds", "gauge", {}, "Age of the oldest batch that has no answer."},
        {"deliver_attempts_total", "counter", {"outcome"}, "Attempts to send a batch to the platform."},
        {"log_size", "gauge", {"shard"}, "Leaves under the newest checkpoint of a shard."},
        {"log_pending", "gauge", {}, "Leaves that wait for a writer of the log."},
        {"log_mismatches_total", "counter", {}, "Things found not to fit what was logged and signed."},
        {"log_frozen_shards", "gauge", {}, "Shards of the log that nobody signs until a person has looked."},
        {"log_check_ended_seconds", "gauge", {}, "When the whole log was last found sound, in Unix time."},
        {"cosign_attempts_total",
         "counter",
         {"witness", "outcome"},
         "Checkpoints shown to a witness: cosigned, refused or unavailable."},
        {"department_asked_total",
         "counter",
         {"department", "outcome"},
         "Questions sent to a department: answered, bad_answer, refused, busy, failed, not_sent or lost."},
        {"department_breaker_open",
         "gauge",
         {"department"},
         "1 while nothing is asked of a department that fails."},
        {"webhooks_sent_total",
         "counter",
         {"outcome"},
         "Messages sent to receivers of integrators: taken or failed."},
        {"case_window_sign_ins_total",
         "counter",
         {"outcome"},
         "Sign-ins of subjects to their own case: opened, refused or limited."},
        {"removals_open", "gauge", {}, "Removals of records that somebody has not confirmed."},
        {"removal_receipts_overdue", "gauge", {}, "Receipts of removals that are overdue."},
        {"sealing_keys",
         "gauge",
         {},
         "Sealing keys in the key directory; more than one while data keys are being wrapped anew."},
        {"data_keys_rewrapped_total",
         "counter",
         {},
         "Data keys that were wrapped anew under the present sealing key."},
        {"build_info", "gauge", {"version"}, "1, with the version of this program."},
    };
    return rows;
}

MetricInfo const& info(std::string_view name) {
    for (MetricInfo const& row : table())
        if (row.name == name) return row;
    throw std::logic_error("no such metric: " + std::string(name));
}

prometheus::Labels labels_of(MetricInfo const& info, std::initializer_list<std::string_view> values) {
    if (values.size() != info.labels.size())
        throw std::logic_error("wrong number of labels for " + std::string(info.name));
    prometheus::Labels labels;
    auto value = values.begin();
    for (std::string_view label : info.labels) labels.emplace(label, *value++);
    return labels;
}

}  // namespace

struct Metrics::Registry {
    prometheus::Registry raw;

    Counters counters(std::string_view name) {
        MetricInfo const& row = info(name);
        auto& family =
            prometheus::BuildCounter().Name(std::string(name)).Help(std::string(row.help)).Register(raw);
        return {family, row};
    }

    Gauges gauges(std::string_view name) {
        MetricInfo const& row = info(name);
        auto& family =
            prometheus::BuildGauge().Name(std::string(name)).Help(std::string(row.help)).Register(raw);
        return {family, row};
    }

    Histograms histograms(std::string_view name) {
        MetricInfo const& row = info(name);
        auto& family =
            prometheus::BuildHistogram().Name(std::string(name)).Help(std::string(row.help)).Register(raw);
        return {family, row};
    }
};

void Counter::add(double amount) const {
    series_->Increment(amount);
}

void Gauge::set(double value) const {
    series_->Set(value);
}

void Gauge::add(double amount) const {
    series_->Increment(amount);
}

void Histogram::observe(double value) const {
    series_->Observe(value);
}

template <>
Counter Counters::with(std::initializer_list<std::string_view> values) const {
    return Counter{family_->Add(labels_of(*info_, values))};
}

template <>
Gauge Gauges::with(std::initializer_list<std::string_view> values) const {
    return Gauge{family_->Add(labels_of(*info_, values))};
}

template <>
Histogram Histograms::with(std::initializer_list<std::string_view> values) const {
    return Histogram{family_->Add(labels_of(*info_, values), info_->buckets)};
}

Metrics::Metrics(std::string_view version)
    : registry_(std::make_unique<Registry>()),
      http_requests(registry_->counters("http_requests_total")),
      http_seconds(registry_->histograms("http_request_seconds")),
      http_in_flight(registry_->gauges("http_in_flight").with({})),
      http_connections(registry_->gauges("http_connections").with({})),
      http_refused(registry_->counters("http_refused_total")),
      tls_handshakes(registry_->counters("tls_handshakes_total")),
      tls_certificate_end(registry_->gauges("tls_certificate_end_seconds").with({})),
      db_queue_wait(registry_->histograms("db_queue_wait_seconds").with({})),
      db_job_seconds(registry_->histograms("db_job_seconds")),
      group_commit_batch(registry_->histograms("group_commit_batch_size").with({})),
      group_commit_seconds(registry_->histograms("group_commit_seconds").with({})),
      filing_ready(registry_->gauges("filing_ready").with({})),
      filing_round_age(registry_->gauges("filing_round_age_seconds").with({})),
      work_runs(registry_->counters("work_runs_total")),
      work_seconds(registry_->histograms("work_seconds")),
      findings_awaiting_calendar(registry_->gauges("findings_awaiting_calendar").with({})),
      checks_awaiting_calendar(registry_->gauges("checks_awaiting_calendar").with({})),
      verifications_overdue(registry_->gauges("verifications_overdue").with({})),
      lint_failures(registry_->counters("lint_failures_total")),
      signatures(registry_->counters("signatures_total")),
      sign_errors(registry_->counters("sign_errors_total")),
      outbox_depth(registry_->gauges("outbox_depth")),
      outbox_oldest(registry_->gauges("outbox_oldest_seconds").with({})),
      deliver_attempts(registry_->counters("deliver_attempts_total")),
      log_size(registry_->gauges("log_size")),
      log_pending(registry_->gauges("log_pending").with({})),
      log_mismatches(registry_->counters("log_mismatches_total").with({})),
      log_frozen(registry_->gauges("log_frozen_shards").with({})),
      log_check_ended(registry_->gauges("log_check_ended_seconds").with({})),
      cosign_attempts(registry_->counters("cosign_attempts_total")),
      department_asked(registry_->counters("department_asked_total")),
      department_breaker(registry_->gauges("department_breaker_open")),
      webhooks_sent(registry_->counters("webhooks_sent_total")),
      case_window_sign_ins(registry_->counters("case_window_sign_ins_total")),
      removals_open(registry_->gauges("removals_open").with({})),
      removal_receipts_overdue(registry_->gauges("removal_receipts_overdue").with({})),
      sealing_keys(registry_->gauges("sealing_keys").with({})),
      data_keys_rewrapped(registry_->counters("data_keys_rewrapped_total").with({})) {
    registry_->gauges("build_info").with({version}).set(1);
}

Metrics::~Metrics() = default;

std::string Metrics::text() const {
    return prometheus::TextSerializer{}.Serialize(registry_->raw.Collect());
}

std::span<MetricInfo const> all_metrics() {
    return table();
}

}  // namespace sponsio
