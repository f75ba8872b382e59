#pragma once

#include "server/service/objections/service.hpp"
#include "server/service/submissions/report_queue.hpp"
#include "tests/service/known_regions.hpp"
#include "tests/service/record_world.hpp"
#include "tests/support/rule_packs.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sponsio::testing {

/// A world in which records are issued and reported, and then have a life.
class CaseFixture : public RecordFixture {
  protected:
    void SetUp() override {
        RecordFixture::SetUp();
        queue = std::make_unique<service::ReportQueue>(*vault, known_regions(), *rules, *calendar);
        on_issued = [this](db::PgSession& session, service::IssuedRecord const& issued) {
            service::RecordToReport const one{issued.id, issued.opened};
            return queue->queue(session, std::span(&one, 1), clock.now());
        };
        objections = std::make_unique<service::ObjectionService>(
            service::ObjectionParts{ground(), *queue, "https://sponsio.example"});
    }

    void TearDown() override {
        objections.reset();
        RecordFixture::TearDown();
    }

    RecordId issued() {
        finding = effective();
        round();
        return record_of(finding).id;
    }

    /// What the platform says to all that waits or was gathered.
    void platform_takes_all() {
        admin().command(
            "insert into submission_batch (batch_no, organisation_id, manifest, records, record_count, kid, "
            "created_at, next_try_at) select 'taken', organisation_id, 'x', 'x', 1, 'k', now(), now() from "
            "organisation limit 1 on conflict do nothing; update submission_record set state = 'accepted', "
            "batch_no = 'taken' where state = 'queued'");
    }

    /// "add:queued", in the order of the attempts.
    std::vector<std::string> told(RecordId record) {
        std::vector<std::string> list;
        for (auto const& row : store::lock_reports_of(db(), record))
            list.push_back(std::string(domain::word(row.op)) + ":" + std::string(domain::word(row.state)));
        return list;
    }

    std::string shown(RecordId record) {
        return std::string(domain::word(store::status_of(db(), record).value().status));
    }

    std::string state_of_record(RecordId record) {
        return std::string(domain::word(store::record_by_id(db(), record).value().state));
    }

    [[nodiscard]] bool barred() { return !store::breaches_of(db(), Bytes(32, 7)).empty(); }

    /// The kinds of what answered something, each read as its unit reads it: with its number, its remedies
    /// and their last days.
    std::vector<std::string> answers(Json const& shown) {
        std::vector<std::string> kinds;
        for (Json const& one : shown.at("papers").as_array()) {
            auto const id = DocumentId::parse(one.at("document_id").as_string());
            Json const paper = await(findings->document(as("clerk"), *id)).value();
            EXPECT_EQ(paper.at("digest_sha256").as_string(), one.at("digest_sha256").as_string());
            EXPECT_EQ(paper.at("template").as_string(), one.at("kind").as_string() + " 1");
            EXPECT_FALSE(paper.at("replaced").as_bool());
            EXPECT_EQ(paper.at_pointer("/periods/0/clock")->as_string(), "remedy.reconsider");
            EXPECT_EQ(paper.at_pointer("/periods/1/clock")->as_string(), "remedy.litigation");
            for (char const* tongue : {"zh", "en"})
                EXPECT_NE(paper.at("text").at(tongue).as_string().find(one.at("number").as_string()),
                          std::string::npos);
            kinds.push_back(one.at("kind").as_string());
        }
        return kinds;
    }

    /// A file of a case, by its clerk.
    EvidenceId file_of(service::CaseFileService& files, Uuid const& of, std::string const& bytes) {
        auto const made = await(files.add_evidence(as("clerk"), fresh_key(), of, a_file(bytes)));
        return *EvidenceId::parse(
            domain::parse_json(made.value().body).value().at("evidence_id").as_string());
    }

    /// Rules of a place beside the national ones.
    void in_a_place_with(std::string const& more) {
        rules->become(rules_with(region_pack(as("clerk").who->region_code, more)).value());
    }

    static std::string clock_rule(std::string const& id, int value, std::string const& starts) {
        return R"({"id":")" + id + R"(","kind":"clock","value":)" + std::to_string(value) +
               R"(,"unit":"working_days","starts":")" + starts +
               R"(","rolls":false,"note":{"zh":"注","en":"note"},)"
               R"("source":{"key":"k","text":"虚构条例第一条","address":null},"grade":"proposal",)"
               R"("effective_from":"2020-01-01","effective_to":null})";
    }

    static std::string flag_rule(std::string const& id, bool value) {
        return R"({"id":")" + id + R"(","kind":"flag","value":)" + (value ? "true" : "false") +
               R"(,"note":{"zh":"注","en":"note"},)"
               R"("source":{"key":"k","text":"虚构条例第二条","address":null},"grade":"proposal",)"
               R"("effective_from":"2020-01-01","effective_to":null})";
    }

    /// `words` as JSON texts with commas between them.
    static std::string list_rule(std::string const& id, std::string const& words) {
        return R"({"id":")" + id + R"(","kind":"list","values":[)" + words +
               R"(],"note":{"zh":"注","en":"note"},)"
               R"("source":{"key":"k","text":"虚构条例第三条","address":null},"grade":"proposal",)"
               R"("effective_from":"2020-01-01","effective_to":null})";
    }

    FindingId finding{Uuid{}};
    std::unique_ptr<service::ReportQueue> queue;
    std::unique_ptr<service::ObjectionService> objections;
};

}  // namespace sponsio::testing
