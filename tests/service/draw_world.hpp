#pragma once

#include "crypto/draw/beacon.hpp"
#include "crypto/keys/signer.hpp"
#include "crypto/tokens/jws.hpp"
#include "server/service/draws/conflict_service.hpp"
#include "server/service/draws/explanations.hpp"
#include "server/service/draws/public_draws.hpp"
#include "server/service/draws/redraw.hpp"
#include "server/service/draws/rounds.hpp"
#include "server/service/draws/service.hpp"
#include "server/service/matters/service.hpp"
#include "server/service/unit/proven_row.hpp"
#include "server/store/draw_results.hpp"
#include "server/store/inspectors.hpp"
#include "server/store/matters.hpp"
#include "server/store/organisations.hpp"
#include "server/store/tasks.hpp"
#include "tests/service/finding_world.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace sponsio::testing {

namespace draw = crypto::draw;

/// Matters whose commitments wait for a draw, people who check, and the services that draw.
class DrawWorld : public FindingWorld {
  protected:
    void SetUp() override {
        FindingWorld::SetUp();
        rounds = std::make_unique<service::DrawRounds>(parts());
        draws = std::make_unique<service::DrawService>(
            *executor, *vault, service::DrawPlanner(*vault, *rules, matters, beacons()), clock);
        public_draws = std::make_unique<service::PublicDraws>(*executor, *rules, clock);
        explanations = std::make_unique<service::DrawExplanations>(ground());
        thrower_ = another_supervisor("thrower");
        conflicts = std::make_unique<service::ConflictService>(*executor, *vault, clock);
    }

    void TearDown() override {
        conflicts.reset();
        explanations.reset();
        public_draws.reset();
        draws.reset();
        rounds.reset();
        FindingWorld::TearDown();
    }

    [[nodiscard]] service::DrawPlanner::Beacons beacons() const {
        return {{"beacon.example", crypto::NoteVerifier("beacon.example", beacon.public_key())}};
    }

    service::DrawParts parts() {
        return {ground(),
                [this](std::string_view payload, Instant) -> Outcome<std::string> {
                    return crypto::jws_sign(draw::statement_typ, payload, signer);
                },
                [] {}};
    }

    [[nodiscard]] crypto::KeyResolver published() const {
        return crypto::Jwks({{signer.kid(), signer.public_key()}}).resolver();
    }

    [[nodiscard]] OrganisationId agency() const { return as("supervisor").who->organisation; }

    /// A colleague of the supervisor who holds the draws.
    std::shared_ptr<domain::Official const> another_supervisor(std::string const& login) {
        domain::Official who = *as("supervisor").who;
        who.account = service::new_id<AccountId>(clock.now());
        service::insert_proven(
            db(), *vault,
            store::Account{
                who.account, agency(), login, "监督员", {"supervisor"}, clock.now(), std::nullopt});
        return std::make_shared<domain::Official const>(std::move(who));
    }

    [[nodiscard]] service::Caller<domain::Official> by(std::shared_ptr<domain::Official const> who) const {
        return {std::move(who), as("supervisor").deadline};
    }

    /// Who gives the public input.
    [[nodiscard]] service::Caller<domain::Official> thrower() const { return by(thrower_); }

    /// How many people of the agency may check.
    std::size_t people() { return store::verifiers_of(db(), {agency()}, clock.now()).size(); }

    /// Like the agency's own matter, but drawn.
    MatterId add_matter(std::string const& code,
                        std::function<void(domain::VerificationPlan&)> const& shaped = {}) {
        auto const model = store::newest_version(db(), agency(), "GZF-1").value();
        domain::MatterVersion version = service::stored_version(model).value();
        version.verification.coverage = domain::Coverage::sampled;
        version.verification.ratio = domain::Ratio{10, 100};
        if (shaped) shaped(version.verification);
        std::string const content = json::canonical(version.to_json());
        auto const id = service::new_id<MatterId>(clock.now());
        store::insert_matter(db(), {.matter = id,
                                    .organisation = agency(),
                                    .matter_code = code,
                                    .newest_version = 1,
                                    .version = 1,
                                    .content = content,
                                    .digest = crypto::sha256(as_bytes(content)),
                                    .created_by = account("supervisor"),
                                    .created_at = clock.now()});
        return id;
    }

    /// Accepted now, in log shard 1 behind each other; committers number `first_committer` and on.
    void add_commitments(MatterId matter, int count, std::string const& coverage = "sampled",
                         std::optional<int> first_committer = {}, std::string const& filer = "clerk") {
        static constexpr db::BinaryQuery query{
            "test.draw_commitments",
            "insert into commitment (shard, code, notice_id, matter_id, matter_version, organisation_id, "
            "filed_by, made_on, accepted_at, committer_kind, committer_index, sealed, content_digest, state, "
            "coverage, leaf_index) select 1, '110105' || to_char($6, 'YYYYMMDD') || lpad(n::text, 6, '0'), "
            "$1, "
            "$1, 1, $2, $3, $6, $7, 'natural_person', sha256((n + $8)::text::bytea), 'x', sha256('x'), "
            "'effective', $9, n from generate_series($4::int, $4 + $5 - 1) n"};
        db().exec(query, db::Params(matter, agency(), account(filer), std::int32_t{next_},
                                    std::int32_t{count}, china_date(clock.now()), clock.now(),
                                    std::int32_t{first_committer ? *first_committer - next_ : 0}, coverage));
        next_ += count;
    }

    AccountId add_verifier(std::string const& login, std::optional<OrganisationId> unit = {}) {
        auto const id = service::new_id<AccountId>(clock.now());
        service::insert_proven(db(), *vault,
                               store::Account{id,
                                              unit.value_or(agency()),
                                              login,
                                              "核查员",
                                              {"verifier"},
                                              clock.now(),
                                              std::nullopt,
                                              add_person(login)});
        return id;
    }

    void add_verifiers(int count) {
        for (int i = 0; i != count; ++i) add_verifier("v" + std::to_string(i));
    }

    /// Half of the matter S-1, by one inspector each.
    static domain::DrawRequest simple_request() {
        domain::DrawRequest request{.title = {"Spring draw", "春季抽查"},
                                    .strata = {{.name = "all", .matters = {"S-1"}, .ratio = {}}},
                                    .accepted_from = {},
                                    .accepted_to = {},
                                    .units = {},
                                    .public_input = {.dice = 8, .beacon = {}}};
        return request;
    }

    Outcome<service::Created> try_hold(domain::DrawRequest const& request) {
        return await(draws->create(as("supervisor"), fresh_key(), request));
    }

    DrawId hold(domain::DrawRequest const& request) {
        Json const made = domain::parse_json(try_hold(request).value().body).value();
        return DrawId::parse(made.at("draw_id").as_string()).value();
    }

    static std::vector<int> eight() { return {3, 5, 1, 6, 2, 2, 4, 1}; }

    /// Dice as they are entered: with the paper, and who saw them fall.
    [[nodiscard]] domain::PublicInput thrown(std::vector<int> dice = eight()) const {
        return {std::move(dice), domain::PublicInput::Throw{std::string(64, 'a'), account("reviewer")}, {}};
    }

    Outcome<Json> give(DrawId id, domain::PublicInput const& input) {
        return await(draws->give_public_input(thrower(), id, input));
    }

    Outcome<Json> give(DrawId id) { return give(id, thrown()); }

    /// What the operator of a beacon publishes.
    [[nodiscard]] std::string beacon_note(std::uint64_t round, std::string const& value, Instant at) const {
        std::string const text = draw::BeaconValue{{"beacon.example", round}, value, to_rfc3339(at)}.text();
        return crypto::Note{text, {crypto::sign_note(text, "beacon.example", beacon)}}.serialise();
    }

    std::size_t round() { return round_of(*rounds); }

    std::size_t round_of(service::DrawRounds& some) { return some.round(as("clerk").deadline).value(); }

    /// What the log's writer does with leaves that wait.
    void place_leaves() {
        admin().command(
            "insert into log_shard (shard, origin, root, checkpoint, signed_at, created_at) "
            "values (9, 'test', sha256(''), '', now(), now()) on conflict do nothing");
        admin().command("update log_leaf set shard = 9, leaf_index = leaf_id where leaf_index is null");
    }

    /// Held, its pool fixed and logged.
    DrawId committed(domain::DrawRequest const& request = simple_request()) {
        DrawId const id = hold(request);
        EXPECT_EQ(round(), 1u);
        place_leaves();
        return id;
    }

    /// And drawn, with the result in the log.
    DrawId revealed(domain::DrawRequest const& request = simple_request()) {
        DrawId const id = committed(request);
        give(id).value();
        EXPECT_EQ(round(), 1u);
        place_leaves();
        return id;
    }

    Json public_view(DrawId id) { return await(public_draws->draw(id, as("clerk").deadline)).value(); }

    std::string state(DrawId id) { return public_view(id).at("state").as_string(); }

    /// The full pool.
    std::string pool(DrawId id) { return pieces(&store::pool_chunk, id); }

    /// The list that everybody may read.
    std::string list(DrawId id) { return pieces(&store::published_chunk, id); }

    std::string pieces(std::optional<std::string> (*piece)(db::PgSession&, DrawId, int), DrawId id) {
        std::string all;
        for (int number = 1;; ++number) {
            auto const next = piece(db(), id, number);
            if (!next) return all;
            all += *next;
        }
    }

    draw::Hider hider(DrawId id) {
        std::string const full = pool(id);
        draw::PoolReader reader({});
        EXPECT_TRUE(reader.feed(full));
        return draw::Hider(reader.plan().key.value());
    }

    /// The inspector whom the result calls so beside that object, as the pool calls them.
    std::string behind(DrawId id, store::DrawObject const& object, draw::InspectorRef seen) {
        draw::Hider const names = hider(id);
        for (auto const& inspector : store::draw_inspectors(db(), id))
            if (names.seen(to_hex(object.lot.value()), *draw::InspectorRef::parse(inspector.ref)) == seen)
                return inspector.ref;
        return "nobody of the pool";
    }

    /// The matters of a draw that is of no interest any more.
    void forget(DrawId id) {
        admin().command("alter table draw_span disable trigger draw_span_stays");
        static constexpr db::BinaryQuery query{"test.forget",
                                               "update draw_span set open = false where draw_id = $1"};
        admin().exec(query, db::Params(id));
        admin().command("alter table draw_span enable trigger draw_span_stays");
    }

    draw::StatementFile statement(DrawId id) {
        auto const text = await(public_draws->statement(id, as("clerk").deadline)).value();
        return draw::StatementFile::parse(text).value();
    }

    /// Draws again from nothing but what is published, and from the full pool, and compares: as
    /// sponsio-verify does.
    draw::StatementFile replayed(DrawId id) {
        draw::StatementFile file = statement(id);
        draw::Statement const& said = file.said;
        draw::Facts const facts{said.seed, said.pool_digest, said.public_input};
        draw::ListDrawing public_drawing(facts, said.repeats);
        EXPECT_TRUE(public_drawing.feed(list(id)));
        auto const lots = public_drawing.finish().value();
        std::string const full = pool(id);
        EXPECT_EQ(public_drawing.head().full, crypto::sha256(as_bytes(full)));
        draw::Drawing drawing(facts, said.recusals, public_drawing.head().full);
        EXPECT_TRUE(drawing.feed(full));
        auto const drawn = drawing.finish().value();
        EXPECT_TRUE(std::ranges::equal(lots, drawn, {}, &draw::Drawn::lot, &draw::Drawn::lot));
        EXPECT_EQ(draw::repeats_of(drawn), said.repeats);
        EXPECT_EQ(draw::seed_commitment(said.seed), said.seed_commitment);
        EXPECT_EQ(json::canonical(file.result), draw::result_text(drawing.plan(), drawn));
        EXPECT_EQ(crypto::sha256(as_bytes(draw::result_text(drawing.plan(), drawn))), said.result_digest);
        EXPECT_TRUE(draw::check_committed(said, drawing.plan()));
        EXPECT_TRUE(draw::check_beacon(said, drawing.plan()));
        EXPECT_TRUE(draw::verify_signature(file, published()));
        return file;
    }

    /// The object lines of a pool, apart at blanks.
    std::vector<std::vector<std::string>> objects_in(DrawId id) {
        std::vector<std::vector<std::string>> objects;
        std::istringstream text(pool(id));
        for (std::string line; std::getline(text, line);) {
            std::istringstream words(line);
            std::vector<std::string> parts;
            for (std::string part; words >> part;) parts.push_back(part);
            if (parts.front() == "object") objects.push_back(parts);
        }
        return objects;
    }

    std::string ref_of(DrawId id, AccountId account) {
        for (auto const& inspector : store::draw_inspectors(db(), id))
            if (inspector.account == account) return inspector.ref;
        return {};
    }

    /// What refused events say of a subject.
    std::vector<std::string> refusals(std::string const& subject) {
        std::vector<std::string> whys;
        for (auto const& event : store::history(db(), subject))
            if (event.event == "refused") whys.push_back(event.why.value_or("").substr(0, 30));
        return whys;
    }

    crypto::KeySigner signer{crypto::PrivateKey::generate(crypto::Algorithm::es256)};
    crypto::KeySigner beacon{crypto::PrivateKey::generate(crypto::Algorithm::ed25519)};
    std::unique_ptr<service::DrawRounds> rounds;
    std::unique_ptr<service::DrawService> draws;
    std::unique_ptr<service::PublicDraws> public_draws;
    std::unique_ptr<service::ConflictService> conflicts;
    std::unique_ptr<service::DrawExplanations> explanations;

  private:
    std::shared_ptr<domain::Official const> thrower_;
    int next_ = 1;
};

}  // namespace sponsio::testing
