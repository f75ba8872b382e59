#include "server/service/log/check.hpp"
#include "tests/service/log_world.hpp"
#include "tests/service/record_world.hpp"

#include <gmock/gmock.h>

namespace sponsio::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A credit record that a fault of the disk comes to.
class RecordDamage : public RecordFixture {
  protected:
    void SetUp() override {
        RecordFixture::SetUp();
        FindingId const finding = effective();
        while (round().issued == 0) {
        }
        id = store::record_of_finding(db(), finding).value();
        log = std::make_unique<LogWorld>(*executor, clock);
    }

    void TearDown() override {
        log.reset();
        RecordFixture::TearDown();
    }

    service::LogWalkParts parts() {
        return {.keys = log->keys(), .vault = *vault, .heads = log->service.heads().directories};
    }

    /// What a walk says of the record.
    std::vector<std::string> found() {
        std::vector<std::string> about;
        for (auto const& one : service::check_whole_log(db(), parts()))
            if (one.what.en.find("record " + id.text()) != std::string::npos) about.push_back(one.what.en);
        return about;
    }

    RecordId id{Uuid{}};
    std::unique_ptr<LogWorld> log;
};

TEST_F(RecordDamage, ASoundOneIsSound) {
    EXPECT_EQ(found(), std::vector<std::string>{});
}

TEST_F(RecordDamage, ABitInTheToken) {
    admin().command("update credit_record set sd_jwt = set_bit(sd_jwt, 999, 1 - get_bit(sd_jwt, 999))");
    EXPECT_THAT(found(), ElementsAre(HasSubstr("does not open (not_authentic)")));
}

TEST_F(RecordDamage, ABitInItsDigest) {
    admin().command("update credit_record set digest = set_bit(digest, 5, 1 - get_bit(digest, 5))");
    EXPECT_THAT(found(), ElementsAre(HasSubstr("is not what was signed and logged")));
}

/// Another token, sealed as well as the first, under a digest that fits it: only the leaf knows.
TEST_F(RecordDamage, AnotherTokenInItsPlace) {
    std::string const content = "eyJhbGciOiJFUzI1NiJ9.e30.c2ln~";
    auto const sealed = vault->seal(content, store::record_label(id));
    auto const blob = [](Bytes const& bytes) { return "'\\x" + to_hex(bytes) + "'"; };
    admin().command("update credit_record set sd_jwt = " + blob(sealed.content) +
                    ", wrapped_key = " + blob(*sealed.wrapped_key) + ", digest = '\\x" +
                    to_hex(crypto::sha256(as_bytes(content))) + "'");
    EXPECT_THAT(found(), ElementsAre(HasSubstr("is not what was signed and logged")));
}

/// Its leaf is in no shard yet: nothing is frozen for it, and it is told once.
TEST_F(RecordDamage, OutsideOfAnyShardItIsToldOnce) {
    admin().command("update credit_record set digest = set_bit(digest, 5, 1 - get_bit(digest, 5))");
    service::LogCheck check(*executor, parts(), &metrics);
    auto const told_after_a_walk = [&] {
        for (int looks = 0; looks != 100 && !check.look(soon()).value().end;) ++looks;
        std::string const text = metrics.text(), name = "\nlog_mismatches_total ";
        return std::stoi(text.substr(text.find(name) + name.size()));
    };
    int const first = told_after_a_walk();
    EXPECT_GE(first, 1);
    EXPECT_EQ(told_after_a_walk(), first);
    EXPECT_THAT(metrics.text(), HasSubstr("log_frozen_shards 0"));
}

}  // namespace
}  // namespace sponsio::testing
