#include "crypto/log/witness.hpp"
#include "server/service/log/cosign_service.hpp"
#include "server/service/log/cosigned_head.hpp"
#include "server/store/cosignatures.hpp"
#include "tests/service/log_fixture.hpp"

#include <gmock/gmock.h>

#include <deque>

namespace sponsio::testing {
namespace {

using client::WitnessReply;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = WitnessReply::Kind;

/// A witness as it should be, unless answers are put into its mouth.
class ScriptedWitness final : public client::WitnessClient {
  public:
    ScriptedWitness(std::string name, std::vector<crypto::NoteVerifier> logs)
        : name_(std::move(name)),
          logs_(std::move(logs)),
          key(name_, signer.public_key(), crypto::NoteKeyKind::cosignature_v1) {}

    WitnessReply add_checkpoint(std::string body, Deadline) override {
        auto const request = crypto::AddCheckpoint::parse(body).value();
        asked.push_back(request);
        if (!script.empty()) {
            WitnessReply reply = script.front();
            script.pop_front();
            return reply;
        }
        auto const checkpoint = crypto::open_for_witness(request.checkpoint, logs_).value();
        auto& last = heads[checkpoint.head.origin];
        auto const grown = crypto::check_growth(last, request, checkpoint.head);
        if (!grown && grown.error().code == crypto::witness_error::other_size)
            return {Kind::other_size, std::to_string(last ? last->size : 0) + "\n", "status_409", {}};
        if (!grown) return {Kind::refused, {}, "status_422", {}};
        last = checkpoint.head;
        notes[checkpoint.head.origin] = request.checkpoint;
        return {Kind::cosigned, line(checkpoint.note.text), "status_200", {}};
    }

    WitnessReply last_checkpoint(std::string const& log_hash, Deadline) override {
        for (auto const& [origin, note] : notes)
            if (to_hex(crypto::sha256(as_bytes(origin))) == log_hash)
                return {Kind::cosigned, note, "status_200", {}};
        return {Kind::refused, {}, "status_404", {}};
    }

    std::string url() const override { return "https://" + name_; }

    [[nodiscard]] std::string line(std::string const& text, std::int64_t at = 1'772'413'200) const {
        std::chrono::sys_seconds const time{std::chrono::seconds{at}};
        crypto::Note note{text, {crypto::cosign_note(text, name_, signer, time)}};
        return note.serialise().substr(text.size() + 1);
    }

  private:
    std::string name_;
    std::vector<crypto::NoteVerifier> logs_;

  public:
    crypto::KeySigner signer{crypto::PrivateKey::generate(crypto::Algorithm::ed25519)};
    crypto::NoteVerifier key;
    std::map<std::string, std::optional<crypto::Checkpoint>> heads;
    std::map<std::string, std::string> notes;
    std::deque<WitnessReply> script;
    std::vector<crypto::AddCheckpoint> asked;
};

class CosignTest : public LogFixture {
  protected:
    void SetUp() override {
        LogFixture::SetUp();
        start();
        for (std::string const name : {"a.example", "b.example", "c.example"})
            witnesses.push_back(std::make_unique<ScriptedWitness>(name, std::vector{log->verifier(1)}));
        for (auto const& witness : witnesses) policy.witnesses.push_back(witness->key);
        policy.quorum = 1;
        for (auto const& witness : witnesses)
            services.push_back(std::make_unique<service::CosignService>(
                service::CosignParts{.db = *executor,
                                     .witness = witness->key,
                                     .all = service::vkeys_of(policy.witnesses),
                                     .client = *witness,
                                     .clock = clock,
                                     .metrics = metrics}));
    }

    std::uint64_t grow(int count = 3) {
        file_many("k" + std::to_string(grown_++) + "-", count);
        return store::log_head(db(), 1).value().size;
    }

    /// "1" for one more cosignature, or the problem.
    std::string round(std::size_t witness) {
        auto const done = services[witness]->round();
        return done ? std::to_string(*done)
                    : std::string(done.error().problem->slug) + " " + done.error().cause;
    }

    std::uint64_t cosigned(std::size_t quorum) {
        policy.quorum = quorum;
        auto const head = service::cosigned_head(db(), 1, policy);
        if (!head) return 0;
        auto const opened = crypto::open_checkpoint(head->checkpoint, log->verifier(1), policy);
        EXPECT_TRUE(opened.has_value());
        EXPECT_EQ(opened.value().size, head->size);
        return head->size;
    }

    std::uint64_t last(std::size_t witness) {
        return store::last_cosigned(db(), 1, witnesses[witness]->key.vkey());
    }

    std::optional<std::string> frozen_why() { return store::log_head(db(), 1).value().frozen_why; }

    Metrics metrics{"test"};
    std::vector<std::unique_ptr<ScriptedWitness>> witnesses;
    std::vector<std::unique_ptr<service::CosignService>> services;
    crypto::WitnessPolicy policy;

  private:
    int grown_ = 0;
};

TEST_F(CosignTest, AWitnessIsLeftAloneForAsLongAsItSaid) {
    grow();
    witnesses[0]->script = {{Kind::unavailable, {}, "status_503", std::chrono::seconds(120)}};
    EXPECT_THAT(round(0), HasSubstr("status_503"));
    clock.advance(std::chrono::seconds(119));
    EXPECT_EQ(round(0), "0");
    EXPECT_EQ(witnesses[0]->asked.size(), 1U);
    EXPECT_EQ(round(1), "1") << "others are asked";
    clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(round(0), "1");
}

TEST_F(CosignTest, AGrowingLogIsCosigned) {
    EXPECT_EQ(cosigned(1), 0U);
    EXPECT_EQ(round(0), "0");  // nothing is there yet
    EXPECT_TRUE(witnesses[0]->asked.empty());
    for (int i = 0; i != 4; ++i) {
        std::uint64_t const size = grow(1 + 40 * i);
        EXPECT_EQ(round(0), "1");
        EXPECT_EQ(round(0), "0");
        EXPECT_EQ(cosigned(1), size);
    }
    EXPECT_EQ(witnesses[0]->asked.size(), 4U);
    EXPECT_THAT(metrics.text(),
                HasSubstr("cosign_attempts_total{outcome=\"cosigned\",witness=\"a.example\"} 4"));
}

TEST_F(CosignTest, WitnessesMeetOnOneCheckpoint) {
    std::uint64_t const first = grow();
    EXPECT_EQ(round(0), "1");
    std::uint64_t const second = grow();
    EXPECT_EQ(round(1), "1");  // follows the other one, though the log has grown
    EXPECT_EQ(last(1), first);
    EXPECT_EQ(cosigned(2), first);
    EXPECT_EQ(round(1), "1");
    EXPECT_EQ(last(1), second);
    grow();
    EXPECT_EQ(round(0), "1");
    EXPECT_EQ(cosigned(2), second);
    EXPECT_EQ(cosigned(3), 0U);
    EXPECT_EQ(round(2), "1");  // where most are, not where the newest is
    EXPECT_EQ(cosigned(3), second);
}

TEST_F(CosignTest, OneThatWasAwayMeetsTheOthersWhereTheyAre) {
    for (int i = 0; i != 5; ++i) {
        grow();
        EXPECT_EQ(round(0), "1");
        if (i != 4) EXPECT_EQ(round(1), "1");
    }
    std::uint64_t const both = cosigned(2);
    EXPECT_EQ(round(2), "1");
    EXPECT_EQ(cosigned(3), both);
    EXPECT_LT(both, cosigned(1));
}

TEST_F(CosignTest, AWitnessSaysWhereItIs) {
    grow();
    EXPECT_EQ(round(0), "1");
    // As after an answer that was lost: the witness is further than is stored here.
    std::uint64_t const size = grow();
    store::LogHead const head = store::log_head(db(), 1).value();
    witnesses[0]->heads[head.origin] = {.origin = head.origin, .size = head.size, .root = head.root};
    EXPECT_EQ(round(0), "1");
    EXPECT_EQ(witnesses[0]->asked.back().old_size, size);
    EXPECT_TRUE(witnesses[0]->asked.back().proof.empty());
    EXPECT_EQ(cosigned(1), size);
    // As after it was set up anew.
    witnesses[0]->heads.clear();
    std::uint64_t const next = grow();
    EXPECT_EQ(round(0), "1");
    EXPECT_EQ(cosigned(1), next);
}

TEST_F(CosignTest, WhatAWitnessRefusesIsToldAndNotStored) {
    std::uint64_t const size = grow();
    store::LogHead const head = store::log_head(db(), 1).value();
    std::string const text = crypto::Note::parse(head.checkpoint).value().text;
    std::vector<WitnessReply> const refusals{
        {Kind::refused, "", "status_422"},
        {Kind::refused, "", "status_404"},
        {Kind::other_size, "", "status_409"},
        {Kind::other_size, "-1\n", "status_409"},
        {Kind::other_size, "007\n", "status_409"},
        {Kind::other_size, "3", "status_409"},
        {Kind::other_size, "99999999999999999999\n", "status_409"},
        {Kind::other_size, std::to_string(size + 1) + "\n", "status_409"},
        {Kind::other_size, "18446744073709551615\n", "status_409"},
        {Kind::cosigned, "", "status_200"},
        {Kind::cosigned, "\n", "status_200"},
        {Kind::cosigned, "nonsense\n", "status_200"},
        {Kind::cosigned, witnesses[1]->line(text), "status_200"},
        {Kind::cosigned, witnesses[0]->line(text + "more\n"), "status_200"},
        {Kind::cosigned, witnesses[0]->line(text, 0), "status_200"},
        {Kind::cosigned, witnesses[0]->line(text, std::numeric_limits<std::int64_t>::max()), "status_200"}};
    for (WitnessReply const& reply : refusals) {
        witnesses[0]->script = {reply};
        EXPECT_THAT(round(0), HasSubstr("conflict")) << reply.body;
        EXPECT_EQ(last(0), 0U);
        // It is frozen if, and only if, the witness says that it has seen another log.
        std::uint64_t const other = reply.size().value_or(0);
        EXPECT_EQ(frozen_why().has_value(), reply.cause == "status_422" || other > size) << reply.body;
        store::thaw_log(db(), 1);
    }
    EXPECT_THAT(metrics.text(),
                HasSubstr("cosign_attempts_total{outcome=\"refused\",witness=\"a.example\"} 16"));
    EXPECT_EQ(round(0), "1");
}

/// It was away while the log was put back and grown again: this is the alarm that witnesses are for.
TEST_F(CosignTest, AWitnessThatHasSeenAnotherLogFreezesTheShard) {
    grow();
    auto const cosigned_elsewhere = crypto::Checkpoint{.origin = "test.example/log/1", .size = 2};
    witnesses[0]->heads["test.example/log/1"] = cosigned_elsewhere;
    EXPECT_THAT(round(0), HasSubstr("conflict"));
    EXPECT_THAT(frozen_why().value_or(""), HasSubstr("the witness a.example has seen another log"));
    auto const refused = file("after");
    EXPECT_EQ(said(refused), "unavailable");
    EXPECT_THAT(refused.error().detail.en, HasSubstr("a.example has seen another log"));
    EXPECT_EQ(round(0), "0");  // a frozen shard is not shown to anybody
    EXPECT_EQ(round(1), "0");
}

TEST_F(CosignTest, AWitnessThatIsAwayFreezesNothing) {
    grow();
    witnesses[0]->script = {{Kind::unavailable, "", "connect", {}}, {Kind::refused, "", "status_403", {}}};
    EXPECT_THAT(round(0), HasSubstr("unavailable"));
    EXPECT_THAT(round(0), HasSubstr("conflict"));
    EXPECT_FALSE(frozen_why());
    EXPECT_EQ(said(file("after")), "ok");
}

TEST_F(CosignTest, OnlyTheExpectedLineIsKept) {
    std::uint64_t const size = grow();
    std::string const text = crypto::Note::parse(store::log_head(db(), 1).value().checkpoint).value().text;
    std::string const own = witnesses[0]->line(text);
    witnesses[0]->script = {{Kind::cosigned, witnesses[1]->line(text) + own, "status_200"}};
    EXPECT_EQ(round(0), "1");
    EXPECT_THAT(store::cosignatures_of(db(), 1, size, service::vkeys_of(policy.witnesses)), ElementsAre(own));
}

TEST_F(CosignTest, AWitnessThatDoesNotAnswerIsAskedLater) {
    std::uint64_t const size = grow();
    witnesses[0]->script = {{Kind::unavailable, "", "connect"}};
    EXPECT_EQ(round(0), "unavailable connect");
    // Another process is faster each time.
    witnesses[0]->script = {{Kind::other_size, "0\n", "status_409"}, {Kind::other_size, "0\n", "status_409"}};
    EXPECT_EQ(round(0), "unavailable status_409");
    EXPECT_EQ(last(0), 0U);
    EXPECT_EQ(round(0), "1");
    EXPECT_EQ(cosigned(1), size);
}

TEST_F(CosignTest, NoWitnessIsShownADamagedLog) {
    grow();
    store::freeze_log(db(), 1, "a test");
    EXPECT_EQ(round(0), "0");
    EXPECT_TRUE(witnesses[0]->asked.empty());
}

TEST_F(CosignTest, WhatWasCosignedStaysStored) {
    grow();
    EXPECT_EQ(round(0), "1");
    for (std::string const& statement :
         {"delete from log_cosignature", "update log_cosignature set size = 1"})
        EXPECT_THROW(db().command(statement), db::DbError) << statement;
}

}  // namespace
}  // namespace sponsio::testing
