#pragma once

#include "crypto/keys/signer.hpp"
#include "crypto/tokens/sd_jwt.hpp"
#include "server/service/records/issue_service.hpp"
#include "server/service/records/service.hpp"
#include "tests/service/finding_steps.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sponsio::testing {

/// What a process that dies throws here. No std::exception: nothing on the way may take it for an ordinary
/// failure.
struct Killed {};

/// A key of the test, which tells the test each time it is used.
class WatchedSigner final : public crypto::Signer {
  public:
    explicit WatchedSigner(crypto::Algorithm algorithm = crypto::Algorithm::es256)
        : signer_(crypto::PrivateKey::generate(algorithm)) {}

    [[nodiscard]] crypto::Algorithm algorithm() const noexcept override { return signer_.algorithm(); }

    [[nodiscard]] std::string const& kid() const noexcept override { return signer_.kid(); }

    [[nodiscard]] crypto::PublicKey const& public_key() const noexcept override {
        return signer_.public_key();
    }

    [[nodiscard]] Bytes sign(ByteView message) const override {
        before_signing(message);
        ++signatures;
        Bytes signature = signer_.sign(message);
        if (spoil) signature.back() ^= 1;
        return signature;
    }

    std::function<void(ByteView)> before_signing = [](ByteView) {};
    bool spoil = false;
    mutable int signatures = 0;

  private:
    crypto::KeySigner signer_;
};

/// A world in which findings become effective and records are issued.
class RecordFixture : public FindingFixture {
  protected:
    void SetUp() override {
        FindingFixture::SetUp();
        new_signer();
        issuing = make_service();
        records = std::make_unique<service::RecordService>(*executor, *vault, clock);
    }

    void TearDown() override {
        issuing.reset();
        records.reset();
        FindingFixture::TearDown();
    }

    /// Another instance on the same database, as after a restart or in another process.
    std::unique_ptr<service::IssueService> make_service(service::IssueOptions options = {}) {
        options.issuer = "https://sponsio.example";
        return std::make_unique<service::IssueService>(
            service::IssueService::Parts{
                .db = *executor,
                .vault = *vault,
                .matters = matters,
                .rules = *rules,
                .calendar = *calendar,
                .clock = clock,
                .metrics = metrics,
                .signer = [this](Instant) { return Outcome<std::shared_ptr<crypto::Signer const>>(signer); },
                .published = [this] { return published(); },
                .on_issued = [this](db::PgSession& db,
                                    std::span<service::IssuedRecord const> issued) -> Outcome<void> {
                    for (auto const& record : issued)
                        if (auto done = on_issued(db, record); !done) return done.error();
                    return {};
                },
                .leaves_waiting = [this] { ++leaves_announced; }},
            std::move(options));
    }

    /// Every key that ever signed here, as a stranger finds it in the key set.
    [[nodiscard]] crypto::KeyResolver published() const {
        std::vector<crypto::PublishedKey> keys;
        for (auto const& one : all_signers) keys.push_back({one->kid(), one->public_key()});
        return crypto::Jwks(std::move(keys)).resolver();
    }

    std::shared_ptr<WatchedSigner> new_signer() {
        signer = std::make_shared<WatchedSigner>();
        all_signers.push_back(signer);
        return signer;
    }

    /// The finding of a new commitment, effective now. Each begins in the same days of March 2026: later ones
    /// would need working days of a year that is not announced yet.
    FindingId effective() {
        clock.set(china("2026-03-02T09:00:00") + std::chrono::minutes{++begun_});
        FindingId const id = served();
        clock.set(*row(id).remedy_until);
        effect();
        return id;
    }

    [[nodiscard]] Deadline soon() const { return as("clerk").deadline; }

    service::IssueCount round() { return issuing->round(soon()).value(); }

    /// The record of a finding as its own unit reads it, with all disclosures; fails if there is none.
    service::RecordView record_of(FindingId finding) {
        auto const id = store::record_of_finding(db(), finding);
        if (!id) throw std::runtime_error("the finding has no record");
        return await(records->one(as("supervisor"), *id, service::Disclose::all)).value()->record;
    }

    /// As a stranger verifies it.
    json::Object verified(std::string const& token) {
        auto const read = crypto::sd_jwt_verify(token, published(), crypto::SdJwtPolicy{});
        if (!read) throw std::runtime_error("not verified: " + read.error().message);
        return read->payload;
    }

    std::int64_t rows(std::string const& table) {
        static constexpr db::BinaryQuery tables[] = {
            {"test.record_draft", "select count(*) from record_draft"},
            {"test.live_draft", "select count(*) from record_draft where state <> 'superseded'"},
            {"test.credit_record", "select count(*) from credit_record"},
            {"test.record_refusal", "select count(*) from record_refusal"}};
        for (auto const& query : tables)
            if (query.name == "test." + table) return db().exec(query)[0].get<std::int64_t>(0);
        throw std::invalid_argument(table);
    }

    std::vector<std::string> refusals() {
        static constexpr db::BinaryQuery query{"test.refusals",
                                               "select rule from record_refusal order by refusal_id"};
        std::vector<std::string> rules_broken;
        for (auto const& row : db().exec(query)) rules_broken.push_back(row.get<std::string>(0));
        return rules_broken;
    }

    /// The drafts of a finding, oldest first.
    std::vector<RecordId> drafts_of(FindingId finding) {
        static constexpr db::BinaryQuery query{
            "test.drafts", "select record_id from record_draft where finding_id = $1 order by record_id"};
        std::vector<RecordId> ids;
        for (auto const& row : db().exec(query, db::Params(finding))) ids.push_back(row.get<RecordId>(0));
        return ids;
    }

    Metrics metrics{"test"};
    std::vector<std::shared_ptr<WatchedSigner>> all_signers;
    std::shared_ptr<WatchedSigner> signer;
    std::function<Outcome<void>(db::PgSession&, service::IssuedRecord const&)> on_issued =
        [](db::PgSession&, service::IssuedRecord const&) { return Outcome<void>(); };
    std::atomic<int> leaves_announced = 0;
    std::unique_ptr<service::IssueService> issuing;
    std::unique_ptr<service::RecordService> records;

  private:
    int begun_ = 0;
};

}  // namespace sponsio::testing
