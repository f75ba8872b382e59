#pragma once

#include "server/db/session.hpp"

namespace sponsio::store {

/// A part of a transaction that can be undone by itself: rolled back by the destructor unless keep() was
/// called.
class Savepoint {
  public:
    explicit Savepoint(db::PgSession& db) : db_(db) { db_.command("savepoint part"); }

    ~Savepoint() {
        if (kept_) return;
        try {
            db_.command("rollback to savepoint part");
            db_.command("release savepoint part");
        } catch (db::DbError const&) {
            // The connection is gone: the whole transaction ends, and its commit says so.
        }
    }

    Savepoint(Savepoint const&) = delete;
    Savepoint& operator=(Savepoint const&) = delete;

    void keep() {
        db_.command("release savepoint part");
        kept_ = true;
    }

  private:
    db::PgSession& db_;
    bool kept_ = false;
};

}  // namespace sponsio::store
