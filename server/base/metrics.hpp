#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
template <class T>
class Family;
}  // namespace prometheus

namespace sponsio {

/// One time series each: cheap to copy, safe from any thread, valid as long as the Metrics that it came from.
class Counter {
  public:
    explicit Counter(prometheus::Counter& series) : series_(&series) {}

    void add(double amount = 1) const;

  private:
    prometheus::Counter* series_;
};

class Gauge {
  public:
    explicit Gauge(prometheus::Gauge& series) : series_(&series) {}

    void set(double value) const;
    void add(double amount) const;

  private:
    prometheus::Gauge* series_;
};

class Histogram {
  public:
    explicit Histogram(prometheus::Histogram& series) : series_(&series) {}

    void observe(double value) const;

  private:
    prometheus::Histogram* series_;
};

/// The description of one metric family.
struct MetricInfo {
    std::string_view name;
    std::string_view kind;  ///< counter, gauge, histogram
    std::vector<std::string_view> labels;
    std::string_view help;
    std::vector<double> buckets{};  ///< of a histogram
};

/// A family whose series differ by label values, given in the order of MetricInfo::labels. Finding a series
/// takes a lock and a map lookup: on a hot path do it once and keep the result.
template <class Series, class Raw>
class Labelled {
  public:
    Labelled(prometheus::Family<Raw>& family, MetricInfo const& info) : family_(&family), info_(&info) {}

    [[nodiscard]] Series with(std::initializer_list<std::string_view> values) const;

  private:
    prometheus::Family<Raw>* family_;
    MetricInfo const* info_;
};

using Counters = Labelled<Counter, prometheus::Counter>;
using Gauges = Labelled<Gauge, prometheus::Gauge>;
using Histograms = Labelled<Histogram, prometheus::Histogram>;

/// Every metric of the process, declared once; a misspelt one does not compile.
class Metrics {
    struct Registry;
    std::unique_ptr<Registry> registry_;  // first: the handles below point into it

  public:
    explicit Metrics(std::string_view version);
    ~Metrics();
    Metrics(Metrics const&) = delete;
    Metrics& operator=(Metrics const&) = delete;

    Counters http_requests;   ///< route, code
    Histograms http_seconds;  ///< route
    Gauge http_in_flight;
    Gauge http_connections;
    Counters http_refused;    ///< why
    Counters tls_handshakes;  ///< outcome: full, failed
    Gauge tls_certificate_end;
    Histogram db_queue_wait;
    Histograms db_job_seconds;  ///< query
    Histogram group_commit_batch;
    Histogram group_commit_seconds;
    Gauge filing_ready;
    Gauge filing_round_age;
    Counters work_runs;       ///< job, outcome
    Histograms work_seconds;  ///< job
    Gauge findings_awaiting_calendar;
    Gauge checks_awaiting_calendar;
    Gauge verifications_overdue;
    Counters lint_failures;  ///< rule
    Counters signatures;     ///< purpose
    Counters sign_errors;    ///< purpose
    Gauges outbox_depth;     ///< state
    Gauge outbox_oldest;
    Counters deliver_attempts;  ///< outcome
    Gauges log_size;            ///< shard
    Gauge log_pending;
    Counter log_mismatches;
    Gauge log_frozen;
    Gauge log_check_ended;
    Counters cosign_attempts;       ///< witness, outcome: cosigned, refused, unavailable
    Counters department_asked;      ///< department, outcome
    Gauges department_breaker;      ///< department
    Counters webhooks_sent;         ///< outcome
    Counters case_window_sign_ins;  ///< outcome: opened, refused, limited
    Gauge removals_open;
    Gauge removal_receipts_overdue;
    Gauge sealing_keys;
    Counter data_keys_rewrapped;

    /// The Prometheus text exposition format 0.0.4.
    [[nodiscard]] std::string text() const;
};

/// Every family of Metrics.
std::span<MetricInfo const> all_metrics();

}  // namespace sponsio
