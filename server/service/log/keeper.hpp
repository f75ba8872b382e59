#pragma once

#include "server/db/executor.hpp"
#include "server/domain/rules.hpp"
#include "server/service/unit/vault.hpp"
#include "server/store/log.hpp"

#include <functional>
#include <string>
#include <vector>

namespace sponsio::crypto {
struct KeyEntry;
}

namespace sponsio::service {

/// Adds the leaves that the log lacks: one for every signing key and rule pack in use here, with public
/// content, and one for every record from before there was a log. One round at a time.
class LogKeeper {
  public:
    struct Parts {
        db::DbExecutor& db;
        Vault const& vault;
        std::function<std::vector<crypto::KeyEntry>()> keys;
        domain::Rules const& rules;
        Clock const& clock;
        std::function<void()> leaves_waiting;  ///< called when there are new leaves for the log
    };

    explicit LogKeeper(Parts parts) : parts_(std::move(parts)) {}

    /// Adds a leaf for each content that was never logged; a key that retires has new content. Returns the
    /// number of leaves.
    Outcome<std::size_t> round(Deadline deadline);

  private:
    /// The public content of a key or a rule pack.
    struct Public {
        std::string kind;
        std::string subject;
        domain::JsonObject content;
    };

    [[nodiscard]] std::vector<Public> all_public() const;
    Outcome<std::size_t> log_public(db::PgSession& db, std::vector<Public> const& all);
    Outcome<std::size_t> log_old_records(db::PgSession& db);

    Parts parts_;
    std::string logged_;             ///< all_public() as it was at the last round that went through
    bool old_records_done_ = false;  ///< new ones get their leaf when they are stored
};

}  // namespace sponsio::service
