#include "reference/platform/platform.hpp"

#include "crypto/keys/signer.hpp"
#include "server/client/platform_client.hpp"
#include "server/domain/commitment.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/pg_fixture.hpp"
#include "tests/support/report_lines.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace sponsio::testing {
namespace {

using client::Answer;
using domain::Json;
using domain::JsonObject;
using platform::Platform;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

crypto::KeySigner const& sender_key() {
    static crypto::KeySigner const key(crypto::PrivateKey::generate(crypto::Algorithm::sm2));
    return key;
}

void write_text(std::filesystem::path const& file, std::string_view text) {
    std::ofstream(file, std::ios::binary) << text;
}

/// A platform of its own for each test, spoken to over HTTPS.
class PlatformTest : public ::testing::Test {
  protected:
    void SetUp() override {
        options.front.data = folder.path() / "platform";
        options.registry = folder.path() / "registry.json";
        register_units({JsonObject{{"uscc", agency_uscc},
                                   {"name", agency_name},
                                   {"sm2_public_key", sender_key().public_key().to_pem()}}});
        start();
    }

    void register_units(json::Array units) {
        write_text(*options.registry, json::write(JsonObject{{"units", std::move(units)}}));
    }

    void start() {
        platform = Platform::start(options, clock).value();
        options.front.port = platform->front().port();
    }

    void restart() {
        platform.reset();
        start();
    }

    Answer call(std::string method, std::string const& path, std::string body = {},
                client::Fields headers = {}) {
        if (!body.empty()) headers.emplace_back("Content-Type", std::string(domain::batch_media_type));
        auto const client = client::HttpsClient::make({.ca_file = platform->front().certificate()}).value();
        auto exchange = client.request(
            {.method = std::move(method),
             .url = "https://localhost:" + std::to_string(options.front.port) + "/exchange/v1" + path,
             .headers = std::move(headers),
             .body = std::move(body),
             .deadline = std::chrono::steady_clock::now() + 20s});
        return std::move(exchange).value();
    }

    /// Lines as a signed batch; `change` may spoil the manifest before it is signed.
    domain::BatchBytes batch(
        std::vector<std::string> const& lines, int serial = 1,
        std::function<void(domain::BatchManifest&)> const& change = [](domain::BatchManifest&) {}) {
        std::string const records = domain::join_lines(lines);
        domain::BatchManifest manifest = manifest_of(records, static_cast<std::int64_t>(lines.size()),
                                                     sender_key().kid(), agency_uscc, serial);
        change(manifest);
        std::string const bytes = manifest.bytes();
        return {bytes, records, to_string(sender_key().sign(as_bytes(bytes)))};
    }

    Answer send(domain::BatchBytes const& bytes) {
        std::string const number = domain::parse_json(bytes.manifest).value().at("batch_no").as_string();
        return call("PUT", "/batches/" + number, bytes.body());
    }

    /// "422 /signature:bad_signature" or "201 accepted; rejected accept_unit:too_long".
    static std::string told(Answer const& answer) {
        std::string text = std::to_string(answer.status);
        auto const json = domain::parse_json(answer.body);
        if (!json) return text;
        if (Json const* errors = json->find("errors"))
            for (Json const& e : errors->as_array())
                text += " " + e.at("pointer").as_string() + ":" + e.at("reason").as_string();
        if (Json const* records = json->find("records"))
            for (Json const& r : records->as_array()) {
                text += " " + r.at("status").as_string();
                for (Json const& e : r.at("errors").as_array())
                    text += " " + (e.at("field").is_null() ? "" : e.at("field").as_string()) + ":" +
                            e.at("code").as_string();
            }
        return text;
    }

    static domain::ReportLine line(int n) {
        char id[37];
        std::snprintf(id, sizeof id, "0199e0a0-0000-7000-8000-%012d", n);
        return report_line_of(id, domain::commitment_code("110105", std::chrono::year{2026} / 3 / 2, n));
    }

    static std::string text(domain::ReportLine const& of) { return domain::report_line(of.to_json()); }

    std::size_t held() { return platform->archive().copies_after(0, std::nullopt, 10'000).size(); }

    TempDir folder;
    ManualClock clock{parse_rfc3339("2026-10-16T03:00:00Z").value()};
    platform::PlatformServerOptions options;
    std::unique_ptr<Platform> platform;
};

TEST_F(PlatformTest, GivesTheSameAnswerToTheSameBytes) {
    auto const bytes = batch({text(line(1)), text(line(2))});
    Answer const first = send(bytes);
    EXPECT_EQ(told(first), "201 accepted accepted");
    clock.advance(1h);
    Answer const second = send(bytes);
    EXPECT_EQ(second.status, 200u);
    EXPECT_EQ(second.body, first.body);
    Answer const asked = call("GET", "/batches/" + domain::BatchManifest::parse(bytes.manifest)->batch_no);
    EXPECT_EQ(asked.status, 200u);
    EXPECT_EQ(asked.body, first.body);
    EXPECT_EQ(held(), 2u);
}

TEST_F(PlatformTest, RefusesOtherBytesUnderTheSameNumber) {
    send(batch({text(line(1))}));
    EXPECT_EQ(send(batch({text(line(2))})).status, 409u);
    EXPECT_EQ(held(), 1u);
}

TEST_F(PlatformTest, KnowsNoBatchThatNeverCame) {
    Answer const answer = call("GET", "/batches/111101050000000191-20261016-000009");
    EXPECT_EQ(answer.status, 404u);
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json");
}

TEST_F(PlatformTest, LetsNothingInThatIsNotWhole) {
    auto const good = batch({text(line(1))});
    auto spoilt = good;
    spoilt.signature.back() ^= 1;
    EXPECT_EQ(told(send(spoilt)), "422 /signature:bad_signature");
    spoilt = good;
    spoilt.records = text(line(2)) + "\n";
    EXPECT_EQ(told(send(spoilt)), "422 /manifest/digest_sm3:digest_mismatch");
    EXPECT_EQ(told(send(batch({text(line(1))}, 1, [](auto& m) { m.record_count = 2; }))),
              "422 /manifest/record_count:count_mismatch");
    EXPECT_EQ(told(send(batch({text(line(1)), text(line(1))}))), "422 /records:bad_lines");
    EXPECT_EQ(told(send(batch({"{}"}))), "422 /records:bad_lines");
    EXPECT_EQ(told(send(batch({"not json"}))), "422 /records:bad_lines");
    EXPECT_EQ(told(send(batch({text(line(1))}, 1, [](auto& m) { m.batch_no = "other-1"; }))),
              "422 /manifest/batch_no:foreign_number");
    EXPECT_EQ(told(send(batch({text(line(1))}, 1, [](auto& m) { m.schema_version = "2.0"; }))),
              "422 /manifest/schema_version:unknown_schema_version");
    EXPECT_EQ(told(call("PUT", "/batches/other", good.body())), "422 /manifest/batch_no:batch_no_mismatch");
    EXPECT_EQ(told(send(batch({text(line(1))}, 1,
                              [](auto& m) {
                                  m.sender.uscc = "11110105000000027U";
                                  m.batch_no = "11110105000000027U-20261016-000001";
                              }))),
              "422 /manifest/sender/uscc:unit_unknown");
    EXPECT_EQ(call("PUT", "/batches/x", "{").status, 400u);
    EXPECT_EQ(told(call("PUT", "/batches/x", R"({"manifest":"{}"})")),
              "422 /records:required /signature:required");
    EXPECT_EQ(held(), 0u);
    EXPECT_EQ(told(send(good)), "201 accepted") << "a refused batch may come again";
}

TEST_F(PlatformTest, ChecksEveryFieldAndTheRegisteredName) {
    auto misnamed = line(1);
    misnamed.accept_unit = "示例区别的单位";
    auto unknown = line(2);
    unknown.performance_unit_uscc = "91350100M000100Y30";
    auto wrong = line(3);
    wrong.committer_id = Sealed<std::string>("110105194912310021");
    wrong.breach_action = std::nullopt;
    Answer const answer = send(batch({text(misnamed), text(unknown), text(wrong), text(line(4))}));
    EXPECT_EQ(told(answer),
              "201 rejected accept_unit:unit_name_mismatch rejected performance_unit_uscc:unit_unknown "
              "rejected committer_id:check_digit breach_action:required_unless_fulfilled accepted");
    EXPECT_THAT(answer.body,
                HasSubstr("承诺受理单位：与统一社会信用代码登记的名称不一致 / accept_unit is not"));
    EXPECT_EQ(held(), 1u);
}

TEST_F(PlatformTest, TakesOnlyCanonicalLines) {
    std::string spaced = text(line(1));
    spaced.insert(1, " ");
    EXPECT_EQ(told(send(batch({spaced}))), "201 rejected :not_canonical");
}

TEST_F(PlatformTest, JudgesARecordNumberOnce) {
    EXPECT_EQ(told(send(batch({text(line(1))}, 1))), "201 accepted");
    EXPECT_EQ(told(send(batch({text(line(1))}, 2))), "201 accepted") << "the same line in another batch";
    EXPECT_EQ(held(), 1u);
    auto other = line(1);
    other.reason = "申请别的事项";
    EXPECT_EQ(told(send(batch({text(other)}, 3))), "201 rejected record_no:record_no_reused");
    other.record_no += "0";
    EXPECT_EQ(told(send(batch({text(other)}, 4))), "201 rejected record_id:duplicate_record");
    EXPECT_EQ(held(), 1u);
}

TEST_F(PlatformTest, ChangesAndWithdrawsWhatItHolds) {
    auto const step = [&](int n, domain::ReportOp op, std::string const& suffix) {
        auto next = line(n);
        next.op = op;
        next.record_no += suffix;
        return text(next);
    };
    using enum domain::ReportOp;
    EXPECT_EQ(told(send(batch({step(1, change, "a")}, 1))), "201 rejected record_id:no_such_record");
    EXPECT_EQ(told(send(batch({step(1, add, "b"), step(1, change, "c")}, 2))), "201 accepted accepted");
    EXPECT_EQ(held(), 1u);
    EXPECT_TRUE(platform->archive().copies_after(0, std::nullopt, 9).at(0).copy->record_no.ends_with("c"));
    EXPECT_EQ(told(send(batch({step(1, repair, "d")}, 3))), "201 accepted");
    EXPECT_EQ(held(), 0u);
    EXPECT_EQ(told(send(batch({step(1, withdraw, "e")}, 4))), "201 rejected record_id:no_such_record");
}

TEST_F(PlatformTest, ListsItsCopiesWithoutPersonalData) {
    send(batch({text(line(1)), text(line(2)), text(line(3))}));
    Answer const page = call("GET", "/records?limit=2");
    EXPECT_EQ(page.body.find("阿卜杜拉"), std::string::npos);
    auto const json = domain::parse_json(page.body).value();
    ASSERT_EQ(json.at("items").as_array().size(), 2u);
    std::string const digest = to_hex(crypto::sm3(as_bytes(text(line(1)))));
    EXPECT_EQ(json.at("items").as_array()[0].at("digest_sm3").as_string(), digest);
    Answer const rest = call("GET", "/records?limit=2&cursor=" + json.at("next_cursor").as_string());
    EXPECT_THAT(rest.body, HasSubstr(line(3).record_no));
    EXPECT_THAT(rest.body, HasSubstr("\"next_cursor\":null"));
    EXPECT_THAT(call("GET", "/records?commitment_code=" + line(2).commitment_code).body,
                HasSubstr(line(2).record_no));
    EXPECT_EQ(call("GET", "/records?commitment_code=1").status, 422u);
    EXPECT_EQ(call("GET", "/records?limit=0").status, 422u);
    EXPECT_EQ(call("GET", "/records?cursor=x").status, 422u);
}

TEST_F(PlatformTest, RemembersEverythingAfterARestart) {
    auto misnamed = line(2);
    misnamed.accept_unit = "示例区别的单位";
    auto const bytes = batch({text(line(1)), text(misnamed)});
    Answer const first = send(bytes);
    restart();
    EXPECT_EQ(send(bytes).body, first.body);
    EXPECT_EQ(held(), 1u);
    register_units({});  // who may report now does not change what was answered
    EXPECT_EQ(send(bytes).body, first.body);
    EXPECT_EQ(told(send(batch({text(line(1))}, 2))), "422 /manifest/sender/uscc:unit_unknown");
}

TEST_F(PlatformTest, ForgetsWhatWasNeverFinished) {
    send(batch({text(line(1))}));
    auto const leftover =
        options.front.data / "batches" / "0000000002-111101050000000191-20261016-000002.json.new";
    write_text(leftover, "{\"half");
    restart();
    EXPECT_FALSE(std::filesystem::exists(leftover));
    EXPECT_EQ(held(), 1u);
    EXPECT_EQ(told(send(batch({text(line(2))}, 2))), "201 accepted");
}

TEST_F(PlatformTest, DoesNotStartOnDamagedFilesOrTwice) {
    auto const again = Platform::start(options, clock);
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().detail.en, HasSubstr("Another platform is running"));
    send(batch({text(line(1))}));
    platform.reset();
    auto const file = std::filesystem::directory_iterator(options.front.data / "batches")->path();
    std::string kept;
    {
        std::ifstream in(file);
        std::getline(in, kept);
    }
    for (auto const& [from, to] :
         {std::pair{"阿卜杜拉", "阿卜杜里"}, {"}\"}", ""}, {"accepted", "rejected"}}) {
        std::string damaged = kept;
        std::size_t const at = damaged.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        write_text(file, damaged.replace(at, std::string_view(from).size(), to));
        auto const started = Platform::start(options, clock);
        ASSERT_FALSE(started) << from;
        EXPECT_THAT(started.error().detail.en, HasSubstr("is damaged"));
    }
    write_text(file, kept);
    start();
    EXPECT_EQ(held(), 1u);
}

TEST_F(PlatformTest, SaysAtTheStartWhatIsWrongWithItsRegistry) {
    platform.reset();
    write_text(
        *options.registry,
        R"({"units":[{"uscc":"111101050000000192","name":"甲"},{"uscc":"111101050000000191","name":"乙",)"
        R"("sm2_public_key":"-----BEGIN PUBLIC KEY-----"}]})");
    auto const started = Platform::start(options, clock);
    ASSERT_FALSE(started);
    std::vector<std::string> pointers;
    for (FieldError const& field : started.error().fields)
        pointers.push_back(field.pointer + ":" + std::string(field.reason->word));
    EXPECT_THAT(pointers, ElementsAre("/units/0/uscc:check_digit", "/units/1/sm2_public_key:not_sm2_key"));
}

TEST_F(PlatformTest, BelievesUnitsAndAKeyWithoutARegistry) {
    platform.reset();
    write_text(folder.path() / "sender.pem", sender_key().public_key().to_pem());
    options.registry.reset();
    options.sender_keys = {folder.path() / "sender.pem"};
    start();
    auto misnamed = line(1);
    misnamed.accept_unit = "随便什么单位";
    EXPECT_EQ(told(send(batch({text(misnamed)}))), "201 accepted");
}

TEST_F(PlatformTest, AsksForItsToken) {
    platform.reset();
    write_text(folder.path() / "token", "geheim\n");
    options.token_file = folder.path() / "token";
    start();
    EXPECT_EQ(send(batch({text(line(1))})).status, 401u);
    EXPECT_EQ(call("GET", "/records", {}, {{"Authorization", "Bearer falsch"}}).status, 401u);
    EXPECT_EQ(call("GET", "/records", {}, {{"Authorization", "Bearer geheim"}}).status, 200u);
    auto const bearer =
        client::make_platform_client({.url = "https://localhost:" + std::to_string(options.front.port),
                                      .ca_file = platform->front().certificate(),
                                      .token_file = options.token_file})
            .value();
    auto const reply = bearer->put("111101050000000191-20261016-000001", batch({text(line(1))}).body(),
                                   std::chrono::steady_clock::now() + 20s);
    EXPECT_EQ(client::name(reply.kind), "answered");
}

TEST_F(PlatformTest, DropsTheAnswersItIsToldTo) {
    platform.reset();
    options.drop_answers = 1;
    start();
    auto const way =
        client::make_platform_client({.url = "https://localhost:" + std::to_string(options.front.port) + "/",
                                      .ca_file = platform->front().certificate()})
            .value();
    auto const deadline = std::chrono::steady_clock::now() + 20s;
    std::string const number = "111101050000000191-20261016-000001";
    auto const kind = [](client::PlatformReply const& reply) { return client::name(reply.kind); };
    EXPECT_EQ(kind(way->get(number, deadline)), "not_there");
    EXPECT_EQ(kind(way->put(number, batch({text(line(1))}).body(), deadline)), "lost");
    EXPECT_EQ(held(), 1u);
    auto const asked = way->get(number, deadline);
    EXPECT_EQ(kind(asked), "answered");
    EXPECT_EQ(told({.status = 201, .headers = {}, .body = asked.body}), "201 accepted");
    EXPECT_EQ(kind(way->put(number, batch({text(line(2))}).body(), deadline)), "refused");
    platform.reset();
    // What was written on the kept connection before it proved dead may have been read.
    EXPECT_THAT(kind(way->get(number, deadline)), ::testing::AnyOf("not_sent", "lost"));
}

TEST(PlatformClient, IsMadeForHttpsOnly) {
    for (char const* url : {"http://localhost:1", "localhost:1", "", "https://", "https://a b"})
        EXPECT_FALSE(client::make_platform_client({.url = url})) << url;
    EXPECT_TRUE(client::make_platform_client({.url = "https://platform.example/credit/"}));
    EXPECT_FALSE(client::make_platform_client({.url = "https://a", .ca_file = "/no/such.pem"}));
    EXPECT_FALSE(client::make_platform_client({.url = "https://a", .token_file = "/no/such"}));
}

}  // namespace
}  // namespace sponsio::testing
