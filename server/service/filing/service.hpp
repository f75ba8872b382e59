#pragma once

#include "server/db/executor.hpp"
#include "server/service/filing/withdrawal.hpp"
#include "server/service/filing/writer.hpp"
#include "server/service/unit/async.hpp"

#include <boost/asio/awaitable.hpp>

namespace sponsio::service {

struct FilingOptions {
    db::ConnectionOptions connection;
    std::vector<std::int16_t> shards{
        1};  ///< of the log; each has a database thread, which writes while it leases it
    std::size_t max_batch = 512;
    std::size_t max_pending = 8192;
};

/// The answer to one filing of several: the part that must be kept; the rest can be read later.
struct BulkFiled {
    std::string code;
    std::string receipt;  ///< JSON, as in the answer to a single filing
    bool replayed = false;
};

/// Files commitments, many at once, and returns them one by one.
class FilingService {
  public:
    FilingService(FilingOptions const& options, FilingParts const& parts, LogWriterParts const& log);

    /// Resumes when the commitment is durable. The answer is the whole document of the contract.
    Async<Created> file(Caller<Official> caller, RequestOnce once, domain::Json body);
    Async<Created> file(Caller<Official> caller, Filing filing);

    /// Files each on its own merits, in one wait: resumes when all are durable or refused. Outcomes are in
    /// the order of the filings.
    boost::asio::awaitable<std::vector<Outcome<BulkFiled>>> file_all(Caller<Official> caller,
                                                                     std::vector<BulkFiling> filings);

    Async<Document> commitment(Caller<Official> caller, std::string code);
    Async<std::vector<store::CommitmentSummary>> list(Caller<Official> caller, store::CommitmentList list);
    /// At once, or when the unit that verifies consents: the commitment says which.
    Async<Document> withdraw(Caller<Official> caller, std::string code, std::string why);
    Async<domain::Json> decide_withdrawal(Caller<Official> caller, std::string code,
                                          domain::WithdrawalDecision decision);
    /// The newest request to withdraw it, for its agency and for the unit that verifies.
    Async<domain::Json> withdrawal(Caller<Official> caller, std::string code);

    /// To be called when there may be new leaves for the log.
    void log_waiting() { writers_.poke(); }

    [[nodiscard]] db::GroupCommitStats stats() const { return writers_.stats(); }

    /// Stores the pending filings and accepts no more.
    void stop() { writers_.stop(); }

  private:
    /// A refused commitment: the notice that it was to answer, and whose it was.
    struct Refused {
        NoticeId notice;
        std::vector<std::uint8_t> committer;  ///< blind index
        Fault fault;
    };

    /// Records the filings that were refused for want of a calendar, or because of a breach on record, one
    /// for each notice; who was told of a breach has asked about a person.
    boost::asio::awaitable<void> record(Caller<Official> caller, std::vector<Refused> refused);
    std::vector<db::GroupWriter<Filing, Filed>> make_writers(std::vector<std::int16_t> const& shards,
                                                             LogWriterParts const& log);

    FilingParts parts_;
    std::vector<std::unique_ptr<FilingWriter>> shards_;
    db::GroupCommit<Filing, Filed> writers_;
};

}  // namespace sponsio::service
