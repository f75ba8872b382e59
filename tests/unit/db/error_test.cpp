#include "server/db/error.hpp"

#include <gtest/gtest.h>

#include <new>

namespace sponsio::db {
namespace {

TEST(ErrorKinds, FollowTheSqlstate) {
    EXPECT_EQ(kind_of("23505"), ErrorKind::unique);
    EXPECT_EQ(kind_of("23503"), ErrorKind::foreign_key);
    EXPECT_EQ(kind_of("23514"), ErrorKind::check);
    EXPECT_EQ(kind_of("40P01"), ErrorKind::serialization);
    EXPECT_EQ(kind_of("57014"), ErrorKind::timeout);
    EXPECT_EQ(kind_of("57P01"), ErrorKind::connection);
    EXPECT_EQ(kind_of("25006"), ErrorKind::connection);
    EXPECT_EQ(kind_of("53100"), ErrorKind::disk_full);
    EXPECT_EQ(kind_of("53300"), ErrorKind::busy);
    EXPECT_EQ(kind_of("22P02"), ErrorKind::bad_data);
    EXPECT_EQ(kind_of("42P05"), ErrorKind::pooler);
    EXPECT_EQ(kind_of("26000"), ErrorKind::pooler);
    EXPECT_EQ(kind_of("55000"), ErrorKind::busy);
    EXPECT_EQ(kind_of("58030"), ErrorKind::disk_full);
    EXPECT_EQ(kind_of("42703"), ErrorKind::other);
}

Fault fault_for(std::exception_ptr thrown) {
    try {
        std::rethrow_exception(thrown);
    } catch (...) {
        return fault_from_current_exception();
    }
}

TEST(Faults, SayWhatTheCallerMayDo) {
    auto const of = [](ErrorKind kind, char const* state) {
        return fault_for(std::make_exception_ptr(DbError(kind, state, "some_constraint", "some_query")));
    };
    EXPECT_EQ(of(ErrorKind::unique, "23505").problem, &problem::conflict);
    EXPECT_EQ(of(ErrorKind::unique, "23505").cause, "23505 some_constraint in some_query");
    EXPECT_EQ(of(ErrorKind::connection, "").problem, &problem::unavailable);
    EXPECT_TRUE(of(ErrorKind::connection, "").retry_after);
    EXPECT_EQ(of(ErrorKind::disk_full, "53100").problem, &problem::unavailable);
    EXPECT_EQ(of(ErrorKind::timeout, "55P03").problem, &problem::overloaded);
    EXPECT_EQ(of(ErrorKind::unknown_outcome, "").problem, &problem::outcome_unknown);
    EXPECT_EQ(of(ErrorKind::pooler, "42P05").problem, &problem::unavailable);
    EXPECT_NE(of(ErrorKind::pooler, "42P05").detail.en.find("pool_mode = session"), std::string::npos);
    EXPECT_EQ(of(ErrorKind::other, "42703").problem, &problem::internal);
    EXPECT_EQ(fault_for(std::make_exception_ptr(FaultError(fault(problem::too_late)))).problem,
              &problem::too_late);
    EXPECT_EQ(fault_for(std::make_exception_ptr(std::bad_alloc())).problem, &problem::overloaded);
    auto const unknown = fault_for(std::make_exception_ptr(std::runtime_error("张三 110101199003074530")));
    EXPECT_EQ(unknown.problem, &problem::internal);
    EXPECT_EQ(unknown.cause.find("110101"), std::string::npos) << "a value of a request reached the log";
}

}  // namespace
}  // namespace sponsio::db
