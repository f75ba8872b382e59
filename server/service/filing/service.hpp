#pragma once

#include "server/db/executor.hpp"
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

/// One of many filed by one request.
struct BulkFiling {
    RequestOnce once;
    domain::Json body;
};

/// What one of many gets back: enough to keep; the rest can be read.
struct BulkFiled {
    std::string code;
    std::string receipt;  ///< JSON, as in the answer to a single filing
    bool replayed = false;
};

/// Takes commitments in, many at once, and gives them back one by one.
class FilingService {
  public:
    FilingService(FilingOptions const& options, FilingParts const& parts, LogWriterParts const& log);

    /// Resumes when the commitment is durable. The answer is the whole document of the contract.
    Async<Created> file(Caller<Official> caller, RequestOnce once, domain::Json body);

    /// Each for itself, in one wait: resumes when all are durable or refused. In the order of the filings.
    boost::asio::awaitable<std::vector<Outcome<BulkFiled>>> file_all(Caller<Official> caller,
                                                                     std::vector<BulkFiling> filings);

    Async<Document> commitment(Caller<Official> caller, std::string code);
    Async<std::vector<store::CommitmentSummary>> list(Caller<Official> caller, store::CommitmentList list);
    Async<Document> withdraw(Caller<Official> caller, std::string code, std::string why);

    /// There are new leaves for the log, or may be.
    void log_waiting() { writers_.poke(); }

    [[nodiscard]] db::GroupCommitStats stats() const { return writers_.stats(); }

    /// Stores what is pending and takes no more.
    void stop() { writers_.stop(); }

  private:
    /// A commitment refused, and the notice it was to answer.
    struct Refused {
        NoticeId notice;
        Fault fault;
    };

    /// Keeps those on record that were refused because no calendar knows their deadline; each notice once.
    boost::asio::awaitable<void> record(Caller<Official> caller, std::vector<Refused> refused);
    Outcome<Filing> read(Caller<Official> const& caller, RequestOnce once, domain::Json const& body) const;
    std::vector<db::GroupWriter<Filing, Filed>> make_writers(std::vector<std::int16_t> const& shards,
                                                             LogWriterParts const& log);

    FilingParts parts_;
    std::vector<std::unique_ptr<FilingWriter>> shards_;
    db::GroupCommit<Filing, Filed> writers_;
};

}  // namespace sponsio::service
