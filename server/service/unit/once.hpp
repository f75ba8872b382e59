#pragma once

#include "server/base/time.hpp"
#include "server/db/tx.hpp"
#include "server/domain/decode.hpp"
#include "server/service/unit/caller.hpp"
#include "server/service/unit/vault.hpp"

#include <optional>
#include <string>
#include <utility>

namespace sponsio::service {

/// The Idempotency-Key of one request, and where its answer is kept: sealed, owned by who used the key,
/// stored in the transaction of its effect, until store::key_lifetime is over. Every POST with a key has one;
/// the service that takes the step need not know of it (in_transaction).
class Once {
  public:
    /// `resource` names what the request is about, for who reads the table: its path.
    Once(RequestOnce request, std::string resource, Vault const& vault, Clock const& clock)
        : request_(std::move(request)), resource_(std::move(resource)), vault_(vault), clock_(clock) {}

    /// The first answer, if the key was used before; problem::idempotency_key_reused if with another request.
    /// Until the end of the transaction nobody else gets past here with this key.
    Outcome<std::optional<std::string>> earlier(db::PgSession& db, KeyOwner const& owner);
    /// Stores the answer, in the transaction of its effect.
    void keep(db::PgSession& db, KeyOwner const& owner, std::string_view answer);

    /// What the route does itself: making something, whose address belongs to the answer.
    void leave_to_route() noexcept { taken_ = true; }

    /// Whether somebody took care that a repetition gets the same answer.
    [[nodiscard]] bool taken() const noexcept { return taken_; }

    /// Whether the answer is that of an earlier request.
    [[nodiscard]] bool replayed() const noexcept { return replayed_; }

  private:
    RequestOnce request_;
    std::string resource_;
    Vault const& vault_;
    Clock const& clock_;
    bool taken_ = false;
    bool replayed_ = false;
};

/// An answer as it is kept, and read again.
template <class Answer>
struct KeptAnswer;

template <>
struct KeptAnswer<domain::Json> {
    static std::string write(domain::Json const& answer) { return json::write(answer); }

    static Outcome<domain::Json> read(std::string const& text) { return domain::parse_json(text); }
};

template <>
struct KeptAnswer<Document> {
    static std::string write(Document const& answer) { return answer.json; }

    static Outcome<Document> read(std::string text) { return Document{std::move(text)}; }
};

}  // namespace sponsio::service
