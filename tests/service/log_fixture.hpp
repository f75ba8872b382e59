#pragma once

#include "crypto/log/entry.hpp"
#include "crypto/log/tlog_proof.hpp"
#include "server/domain/catalogue.hpp"
#include "server/service/filing/service.hpp"
#include "server/service/log/walk.hpp"
#include "server/service/matters/service.hpp"
#include "tests/service/finding_world.hpp"
#include "tests/service/known_regions.hpp"
#include "tests/service/log_world.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace sponsio::testing {

/// RFC 6962 §2.1, word for word: what every tile and proof is held against.
inline crypto::Digest plain_root(std::span<crypto::Digest const> leaves) {
    if (leaves.empty()) return crypto::empty_root();
    if (leaves.size() == 1) return leaves.front();
    std::size_t k = 1;
    while (2 * k < leaves.size()) k *= 2;
    return crypto::node_hash(plain_root(leaves.first(k)), plain_root(leaves.subspan(k)));
}

/// An agency that files into a log, remembers every receipt, and can prove that all of it holds.
class LogFixture : public FindingWorld {
  protected:
    void SetUp() override {
        FindingWorld::SetUp();
        catalogue_ = std::make_unique<domain::Catalogue>(domain::Catalogue::from_resources().value());
        service::MatterService matter_service(ground(), *catalogue_);
        auto const made = await(matter_service.issue_notice(
            as("clerk"), fresh_key(),
            {"GZF-1", 1, domain::NoticeChannel::counter, domain::NoticeLanguage::chinese}));
        notice_ = json::parse(made.value().body).value().at("notice_id").as_string();
        log = std::make_unique<LogWorld>(*executor, clock, shards());
    }

    void TearDown() override {
        filing.reset();
        log.reset();
        FindingWorld::TearDown();
    }

    [[nodiscard]] virtual unsigned shards() const { return 1; }

    /// As a process that starts: what is stored is looked at before anybody signs.
    Outcome<void> try_start() {
        filing.reset();
        auto prepared = log->prepare();
        if (!prepared) return prepared.error();
        leases_ = std::make_unique<service::LeaseBook>(shards());
        service::LogWriterParts const parts{.keys = log->keys(),
                                            .heads = log->service.heads(),
                                            .leases = *leases_,
                                            .reached = [this](service::LogPoint point) { reached(point); }};
        filing = std::make_unique<service::FilingService>(
            service::FilingOptions{.connection = app(), .shards = std::move(*prepared)},
            service::FilingParts{ground(), known_regions(), terms}, parts);
        return {};
    }

    void start() { try_start().value(); }

    [[nodiscard]] Json body() const {
        using domain::JsonObject;
        return JsonObject{
            {"notice_id", notice_},
            {"made_on", "2026-03-02"},
            {"reason", "申请公租房资格确认"},
            {"committer",
             JsonObject{{"kind", "natural_person"},
                        {"name", "欧阳示例"},
                        {"document", JsonObject{{"type", "citizen_id"}, {"number", "11010519491231002X"}}}}}};
    }

    /// Under that key; what is acknowledged is remembered.
    Outcome<service::Created> file(std::string const& key) { return file_all({key}).front(); }

    /// All at once.
    std::vector<Outcome<service::Created>> file_all(std::vector<std::string> const& keys) {
        std::vector<boost::asio::awaitable<Outcome<service::Created>>> calls;
        for (std::string const& key : keys)
            calls.push_back(filing->file(as("clerk"), {key, crypto::sha256(as_bytes("a"))}, body()));
        auto outcomes = await_all(std::move(calls));
        for (std::size_t i = 0; i != keys.size(); ++i) {
            keys_.insert(keys[i]);
            if (!outcomes[i]) continue;
            auto const [first, fresh] = acknowledged_.emplace(keys[i], outcomes[i]->body);
            if (!fresh) EXPECT_TRUE(outcomes[i]->body == first->second) << "another answer for " << keys[i];
        }
        return outcomes;
    }

    std::vector<std::string> keys(std::string const& name, int count) {
        std::vector<std::string> made;
        for (int i = 0; i != count; ++i) made.push_back(name + std::to_string(i));
        return made;
    }

    void file_many(std::string const& name, int count) {
        for (auto const& outcome : file_all(keys(name, count))) EXPECT_EQ(said(outcome), "ok");
    }

    /// The notice under which all of them are filed.
    [[nodiscard]] std::string const& notice() const { return notice_; }

    [[nodiscard]] service::LogWalkParts walk_parts() {
        return {.keys = log->keys(), .vault = *vault, .heads = log->service.heads().directories};
    }

    /// What the whole walk finds, in English.
    std::vector<std::string> damage() {
        std::vector<std::string> found;
        for (auto const& one : service::check_whole_log(db(), walk_parts()))
            found.push_back(std::to_string(one.shard) + ": " + one.what.en);
        return found;
    }

    std::vector<crypto::Digest> leaf_hashes(std::int16_t shard) {
        std::vector<crypto::Digest> hashes;
        for (store::LogRun const& run : store::log_runs(db(), shard, 0, crypto::max_log_size)) {
            auto const split = crypto::split_bundle(run.entries);
            for (ByteView const entry : split.value()) hashes.push_back(crypto::leaf_hash(entry));
        }
        return hashes;
    }

    /// Whatever happened before: the log is one log, nothing acknowledged is lost and nothing is there twice.
    void verify_everything() {
        EXPECT_EQ(damage(), std::vector<std::string>{});
        std::map<std::int16_t, std::vector<crypto::Digest>> leaves;
        for (store::LogHead const& head : store::log_heads(db())) {
            auto const& hashes = leaves[head.shard] = leaf_hashes(head.shard);
            EXPECT_EQ(hashes.size(), head.size);
            EXPECT_EQ(plain_root(hashes), head.root);
            EXPECT_TRUE(crypto::open_checkpoint(head.checkpoint, log->verifier(head.shard)).has_value());
        }
        std::set<std::pair<std::int64_t, std::int64_t>> places;
        std::set<std::string> codes;
        for (auto const& [key, answer] : acknowledged_) {
            SCOPED_TRACE(key);
            verify_receipt(answer, leaves);
            Json const said = json::parse(answer).value();
            codes.insert(said.at("commitment_code").as_string());
            places.emplace(said.at_pointer("/receipt/shard")->as_int(),
                           said.at_pointer("/receipt/leaf_index")->as_int());
        }
        EXPECT_EQ(codes.size(), acknowledged_.size());
        EXPECT_EQ(places.size(), acknowledged_.size());
        static constexpr db::BinaryQuery twice{
            "test.twice",
            "select count(*), count(distinct (shard, leaf_index)), count(distinct content_digest) "
            "from commitment"};
        auto const rows = db().exec(twice);
        EXPECT_EQ(rows[0].get<std::int64_t>(0), rows[0].get<std::int64_t>(1));
        EXPECT_EQ(rows[0].get<std::int64_t>(0), rows[0].get<std::int64_t>(2));
        EXPECT_GE(rows[0].get<std::int64_t>(0), static_cast<std::int64_t>(acknowledged_.size()));
        EXPECT_LE(rows[0].get<std::int64_t>(0), static_cast<std::int64_t>(keys_.size()));
    }

    /// Its proof holds, and the checkpoint in it is a beginning of the log as it is now.
    void verify_receipt(std::string const& answer,
                        std::map<std::int16_t, std::vector<crypto::Digest>> const& leaves) {
        Json const receipt = json::parse(answer).value().at("receipt");
        auto const shard = static_cast<std::int16_t>(receipt.at("shard").as_int());
        std::string const entry = receipt.at("entry").as_string();
        auto const proof = crypto::TlogProof::parse(receipt.at("proof").as_string()).value();
        auto const seen = crypto::verify_tlog_proof(proof, as_bytes(entry), log->verifier(shard)).value();
        EXPECT_EQ(proof.index, static_cast<std::uint64_t>(receipt.at("leaf_index").as_int()));
        EXPECT_EQ(crypto::LogEntry::parse(as_bytes(entry)).value().digest,
                  crypto::sha256(as_bytes(receipt.at("content").as_string())));
        auto const& hashes = leaves.at(shard);
        ASSERT_LE(seen.size, hashes.size());
        EXPECT_EQ(plain_root(std::span(hashes).first(seen.size)), seen.root);
        auto const head = store::log_head(db(), shard).value();
        auto const path = service::StoredTree(db(), shard, head.size).consistency(seen.size).value();
        EXPECT_TRUE(crypto::verify_consistency(seen.size, head.size, seen.root, head.root, path));
    }

    /// Every acknowledged key still has its first answer, and every other key can be filed.
    void file_all_again() {
        for (std::string const& key : std::set<std::string>(keys_)) EXPECT_EQ(said(file(key)), "ok") << key;
        EXPECT_EQ(acknowledged_.size(), keys_.size());
    }

    std::unique_ptr<LogWorld> log;
    std::unique_ptr<service::LeaseBook> leases_;
    std::unique_ptr<service::FilingService> filing;
    std::function<void(service::LogPoint)> reached = [](service::LogPoint) {};
    std::map<std::string, std::string> acknowledged_;  ///< key and answer

  private:
    std::unique_ptr<domain::Catalogue> catalogue_;
    std::set<std::string> keys_;  ///< all that were ever tried
    std::string notice_;
};

}  // namespace sponsio::testing
