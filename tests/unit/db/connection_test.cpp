#include "server/db/connection.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace sponsio::db {
namespace {

TEST(ConnectionStringTest, ReadsUrisAndPairsAlike) {
    auto const uri =
        ConnectionString::parse("postgresql://app:s%20ecret@db1:5433,db2:5434/sponsio?sslmode=require");
    ASSERT_TRUE(uri);
    EXPECT_EQ(uri->get("host"), "db1,db2");
    EXPECT_EQ(uri->get("port"), "5433,5434");
    EXPECT_EQ(uri->get("password"), "s ecret");
    auto const pairs = ConnectionString::parse("host=/run/pg dbname='my base' user=app");
    ASSERT_TRUE(pairs);
    EXPECT_EQ(pairs->get("dbname"), "my base");
}

TEST(ConnectionStringTest, WritesAUriThatReadsTheSameAndHasNoBlanks) {
    auto first = ConnectionString::parse(
        "host=a,b port=1,2 dbname='x y&z=1' password='p% \\'q' application_name='a b c'");
    ASSERT_TRUE(first);
    std::string const uri = first->uri();
    EXPECT_EQ(uri.find(' '), std::string::npos) << uri;
    auto const again = ConnectionString::parse(uri);
    ASSERT_TRUE(again);
    for (auto const* keyword : {"host", "port", "dbname", "password", "application_name"})
        EXPECT_EQ(again->get(keyword), first->get(keyword)) << keyword;
}

TEST(ConnectionStringTest, TheEnvironmentIsReadForCredentialsAtMost) {
    constexpr char const* all[] = {"PGHOST", "PGSERVICE", "PGOPTIONS", "PGTZ", "PGPASSWORD", "PGSSLROOTCERT"};
    auto const left = [&](Environment what) {
        for (char const* name : all) setenv(name, "x", 1);
        read_from_environment(what);
        std::string names;
        for (char const* name : all)
            if (std::getenv(name) != nullptr) names.append(name).append(" ");
        return names;
    };
    EXPECT_EQ(left(Environment::credentials), "PGPASSWORD PGSSLROOTCERT ");
    EXPECT_EQ(left(Environment::nothing), "");
}

TEST(ConnectionStringTest, NeverShowsThePassword) {
    auto const uri = ConnectionString::parse("postgresql://app:hunter2@db1:5433/sponsio");
    ASSERT_TRUE(uri);
    EXPECT_EQ(uri->described(), "app@db1:5433/sponsio");
    EXPECT_EQ(uri->uri_without_password().find("hunter2"), std::string::npos);
    auto const broken = ConnectionString::parse("postgresql://app:hunter2@db1:54%zz");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().detail.en.find("hunter2"), std::string::npos);
}

TEST(ConnectionStringTest, OptionsFillInWhatTheTextLeavesOpen) {
    auto const plain = connection_string({.uri = "postgresql://h/d"});
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->get("target_session_attrs"), "read-write");
    EXPECT_EQ(plain->get("connect_timeout"), "3");
    EXPECT_EQ(plain->get("tcp_user_timeout"), "5000");
    auto const own =
        connection_string({.uri = "postgresql://h/d?connect_timeout=9&target_session_attrs=any"});
    ASSERT_TRUE(own);
    EXPECT_EQ(own->get("connect_timeout"), "9");
    EXPECT_EQ(own->get("target_session_attrs"), "any");
}

}  // namespace
}  // namespace sponsio::db
