#pragma once

#include "server/db/executor.hpp"
#include "server/domain/report.hpp"
#include "server/service/unit/async.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/page.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/submissions.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sponsio::service {

/// A person's changes to a rejected report, and the reason.
struct Correction {
    std::vector<std::pair<std::string, std::string>> fields;  ///< correctable_fields() only
    std::string why;

    static Correction read(domain::Fields& fields);
};

/// Reading of reports, and correction of rejected ones. What was reported is read by the unit that reported
/// it and by whom a grant reaches; superiors see how many there are, and how far they have come.
class ReportService {
  public:
    ReportService(db::DbExecutor& db, Vault const& vault, domain::Regions const& regions, Clock const& clock)
        : db_(db), vault_(vault), regions_(regions), clock_(clock) {}

    Async<Page> list(Caller<Official> caller, std::string after, int limit);
    /// Reports that our own validation rejected; they are in no batch.
    Async<Page> held(Caller<Official> caller, std::string after, int limit);
    Async<domain::Json> batch(Caller<Official> caller, std::string batch_no);

    /// Lets the batch be tried now and not when its pause is over; a platform that asked to be left alone
    /// still is. Fault: problem::wrong_step if it is answered or being sent at this moment.
    Async<domain::Json> retry(Caller<Official> caller, std::string batch_no);

    /// The parts of a batch, byte for byte as they were sent or received. Fault: not_found for an answer or a
    /// signature that does not exist yet.
    enum class Part { manifest, records, signature, answer };
    Async<std::string> part(Caller<Official> caller, std::string batch_no, Part which);

    /// Makes the next attempt of a rejected report and queues it. Fault: problem::wrong_step if it was not
    /// rejected or is corrected already; problem::invalid with pointers if the corrected line would be
    /// refused again. Without a batch number it must be one of the held reports.
    Async<domain::Json> correct(Caller<Official> caller, std::optional<std::string> batch_no,
                                std::string record_no, Correction correction);

  private:
    Outcome<store::BatchRow> visible(db::PgSession& db, domain::Official const& who,
                                     std::string const& batch_no, store::Content content) const;
    void note(db::PgSession& db, Caller<Official> const& caller, std::vector<store::ReportRow> const& rows,
              std::vector<std::string> const& fields) const;
    Outcome<domain::Json> record_view(store::ReportRow const& row, Instant now) const;
    Outcome<domain::Json> batch_view(db::PgSession& db, domain::Official const& who,
                                     std::string const& batch_no) const;
    Outcome<domain::Json> exchanges_view(db::PgSession& db, store::BatchRow const& row) const;
    Outcome<store::ReportRow> corrected(db::PgSession& db, store::ReportRow const& rejected,
                                        Correction const& correction, AccountId by, Instant now) const;

    db::DbExecutor& db_;
    Vault const& vault_;
    domain::Regions const& regions_;
    Clock const& clock_;
};

}  // namespace sponsio::service
