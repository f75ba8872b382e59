#include "server/db/lazy_session.hpp"

namespace sponsio::db {
namespace {

constexpr std::chrono::milliseconds pause_after_failure{200};

}  // namespace

LazySession::LazySession(ConnectionOptions options, std::function<void(PgSession&)> on_connect)
    : options_(std::move(options)), on_connect_(std::move(on_connect)) {}

PgSession& LazySession::get() {
    if (session_ && session_->usable()) return *session_;
    if (std::chrono::steady_clock::now() < not_before_) std::rethrow_exception(why_not_);
    try {
        connect();
    } catch (...) {
        session_.reset();
        why_not_ = std::current_exception();
        not_before_ = std::chrono::steady_clock::now() + pause_after_failure;
        throw;
    }
    return *session_;
}

void LazySession::connect() {
    session_.reset();
    session_.emplace(options_);
    ++connects_;
    if (on_connect_) on_connect_(*session_);
}

void LazySession::tidy() noexcept {
    if (session_ && !session_->tidy()) session_.reset();
}

}  // namespace sponsio::db
