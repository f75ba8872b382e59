#pragma once

#include "server/db/group_commit.hpp"
#include "tests/support/pg_fixture.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace sponsio::db::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr BinaryQuery insert{"insert_numbers",
                             "INSERT INTO number (n) SELECT * FROM unnest($1::int8[]) RETURNING n"};
constexpr BinaryQuery count{"count_numbers", "SELECT count(*) FROM number"};
constexpr BinaryQuery present{"number_present", "SELECT 1::int4 FROM number WHERE n = $1"};

using Numbers = GroupCommit<std::int64_t, std::int64_t>;
using Writer = GroupWriter<std::int64_t, std::int64_t>;
using Results = std::vector<Outcome<std::int64_t>>;

inline Results store(PgSession& db, std::span<std::int64_t const> items) {
    Array<std::int64_t> column;
    for (std::int64_t n : items) column.push(n);
    Tx tx(db, {.begin_with_first_pipeline = true});
    Pipeline pipeline;
    pipeline.add(insert, Params(column));
    auto const rows = tx.commit_with(pipeline);
    Results out;
    for (auto const row : rows[0]) out.emplace_back(row.get<std::int64_t>(0));
    return out;
}

inline Deadline in(std::chrono::milliseconds patience) {
    return std::chrono::steady_clock::now() + patience;
}

class GroupCommitTest : public testing::EmptyPgFixture {
  protected:
    void SetUp() override {
        EmptyPgFixture::SetUp();
        admin().command("CREATE TABLE number (n int8 PRIMARY KEY CHECK (n >= 0))");
    }

    GroupCommitOptions options() { return {.connection = superuser(), .max_batch = 64}; }

    std::int64_t stored() { return admin().exec(count)[0].get<std::int64_t>(0); }

    /// Adds all numbers from coroutines on one I/O thread; the outcomes in the order of the numbers.
    static Results add_all(Numbers& group, std::vector<std::int64_t> const& numbers,
                           std::chrono::milliseconds patience = 30s) {
        asio::io_context io(1);
        Results outcomes(numbers.size(), Outcome<std::int64_t>(fault(problem::internal, "never answered")));
        for (std::size_t i = 0; i != numbers.size(); ++i) {
            auto one = [](Numbers& to, std::int64_t n, Deadline until,
                          Outcome<std::int64_t>& outcome) -> asio::awaitable<void> {
                outcome = co_await to.add(n, until);
            };
            asio::co_spawn(io, one(group, numbers[i], in(patience), outcomes[i]), [](std::exception_ptr e) {
                if (e) std::rethrow_exception(e);
            });
        }
        io.run();
        return outcomes;
    }

    static std::vector<std::int64_t> up_to(std::int64_t n) {
        std::vector<std::int64_t> numbers(static_cast<std::size_t>(n));
        for (std::int64_t i = 0; i != n; ++i) numbers[static_cast<std::size_t>(i)] = i;
        return numbers;
    }
};

/// Holds the first batch until it is let go.
class Gate {
  public:
    Writer writer() {
        return {[this](PgSession& db, std::span<std::int64_t const> items) {
            entered_ = true;
            entered_.notify_all();
            open_.wait(false);
            return store(db, items);
        }};
    }

    void wait_until_entered() { entered_.wait(false); }

    void open() {
        open_ = true;
        open_.notify_all();
    }

  private:
    std::atomic<bool> entered_ = false, open_ = false;
};

}  // namespace sponsio::db::test
