#pragma once

#include "server/db/executor.hpp"
#include "server/service/filing_writer.hpp"

#include <boost/asio/awaitable.hpp>

namespace sponsio::service {

struct FilingOptions {
    db::ConnectionOptions connection;
    unsigned writers = 2;  ///< database threads that store batches, one shard each
    std::size_t max_batch = 256;
    std::size_t max_pending = 8192;
};

/// Takes commitments in, many at once, and gives them back one by one.
class FilingService {
  public:
    template <class T>
    using Answer = boost::asio::awaitable<Outcome<T>>;

    FilingService(FilingOptions const& options, db::DbExecutor& db, FilingParts parts);

    /// Resumes when the commitment is durable. The answer is the whole document of the contract.
    Answer<Created> file(Caller caller, RequestOnce once, domain::Json body);

    Answer<domain::Json> commitment(Caller caller, std::string code);
    Answer<std::vector<store::CommitmentSummary>> list(Caller caller, store::CommitmentList list);
    Answer<domain::Json> withdraw(Caller caller, std::string code, std::string why);

    [[nodiscard]] db::GroupCommitStats stats() const { return writers_.stats(); }

    /// Stores what is pending and takes no more.
    void stop() { writers_.stop(); }

  private:
    std::vector<db::GroupWriter<Filing, Filed>> make_writers(unsigned count);

    db::DbExecutor& db_;
    FilingParts parts_;
    std::vector<std::unique_ptr<FilingWriter>> shards_;
    db::GroupCommit<Filing, Filed> writers_;
};

}  // namespace sponsio::service
