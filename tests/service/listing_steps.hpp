#pragma once

#include "server/service/listings/service.hpp"
#include "tests/service/hearing_steps.hpp"

#include <string>

namespace sponsio::testing {

/// A world in which a record puts somebody on the list of seriously dishonest subjects.
class ListingFixture : public HearingFixture {
  protected:
    void SetUp() override {
        HearingFixture::SetUp();
        listings = std::make_unique<service::ListingService>(
            service::ListingParts{ground(), *queue, "https://sponsio.example"});
    }

    void TearDown() override {
        listings.reset();
        HearingFixture::TearDown();
    }

    /// An effective finding of that severity and harm, with its record.
    RecordId grave_record(domain::Severity severity = domain::Severity::serious,
                          domain::FindingKind kind = domain::FindingKind::false_statement,
                          domain::Circumstances said = {.harm = domain::Harm::grave}) {
        finding = reviewed(kind, std::move(said), severity);
        if (state_of(finding) == "reviewed" && !notify(finding)) {
            compose_order(finding).value();
            serve_order(finding).value();
            clock.set(clock.now() + std::chrono::days{16});
            settle(finding, false).value();
            notify(finding).value();
        }
        clock.set(*row(finding).defence_until);
        decide(finding).value();
        serve(finding).value();
        clock.set(*row(finding).remedy_until);
        effect();
        round();
        return record_of(finding).id;
    }

    static domain::ListingDraft draft(RecordId record,
                                      domain::ListingGround ground = domain::ListingGround::forged_papers,
                                      domain::LawLevel level = domain::LawLevel::law) {
        return {.record = record,
                .ground = ground,
                .basis = {{level, "虚构信用法", "第十条"}},
                .reason = "伪造房产登记材料骗取公租房资格。",
                .measures = "三年内不得享受住房保障。"};
    }

    Outcome<service::Created> propose_listing(domain::ListingDraft draft,
                                              std::string const& who = "verifier2") {
        return await(listings->propose(as(who), fresh_key(), std::move(draft)));
    }

    ListingId proposed_listing(RecordId record) {
        auto const made = propose_listing(draft(record)).value();
        return *ListingId::parse(domain::parse_json(made.body).value().at("listing_id").as_string());
    }

    Json seen(ListingId id) { return await(listings->listing(as("clerk"), id)).value(); }

    store::ListingRow listing_row(ListingId id) { return store::listing_by_id(db(), id).value(); }

    std::string state(ListingId id) { return std::string(domain::word(listing_row(id).state)); }

    Outcome<Json> check_basis(ListingId id, bool confirmed = true, std::string const& who = "reviewer") {
        return await(listings->check(as(who), id, {confirmed, "依据层级与情形均符合。"}));
    }

    Outcome<Json> compose_notice(ListingId id, std::string const& who = "clerk") {
        go_on();
        return await(listings->notify(
            as(who), id,
            {"示例住保列告字〔2026〕1号", "示例区建设路1号政务服务大厅3号窗口", "住房保障科，010-00000000"}));
    }

    EvidenceId listing_file(ListingId id) { return file_of(listings->files(), id.raw(), "送达回证"); }

    /// Papers follow one another in time, and the clock stands still by itself.
    void go_on() { clock.advance(std::chrono::microseconds{1}); }

    /// Of the newest paper of the case.
    std::string newest_digest(ListingId id) {
        auto const papers = store::documents_about(db(), id.raw());
        return papers.empty() ? std::string(64, '0') : to_hex(papers.back().digest);
    }

    Outcome<Json> serve_paper(ListingId id, std::string const& who = "clerk") {
        domain::Service service = service_now();
        service.evidence = listing_file(id);
        service.digest = newest_digest(id);
        return await(listings->serve(as(who), id, service));
    }

    Outcome<Json> say(ListingId id, domain::ListingStatementKind kind) {
        return await(listings->state(as("clerk"), id, {kind, "材料并非本人伪造。", listing_file(id)}));
    }

    Outcome<Json> call(ListingId id, Instant at, std::string const& chair = "supervisor") {
        go_on();
        return await(listings->call_hearing(as("clerk"), id,
                                            {"示例住保列听字〔2026〕1号", at, "示例区建设路1号会议室",
                                             account(chair), true, "法规科，010-00000000"}));
    }

    Outcome<Json> hear(ListingId id, std::string const& who = "supervisor") {
        go_on();
        return await(listings->hold_hearing(
            as(who), id,
            {"示例住保列笔字〔2026〕1号", true, "当事人陈述意见。", "建议列入。", listing_file(id)}));
    }

    Outcome<Json> decide_listing(ListingId id, bool listed = true, std::string const& who = "decider",
                                 std::string defence = "", std::string hearing = "") {
        go_on();
        return await(listings->decide(as(who), id,
                                      {.listed = listed,
                                       .number = "示例住保列字〔2026〕1号",
                                       .reasons = "伪造材料属实。",
                                       .defence_answer = std::move(defence),
                                       .hearing_answer = std::move(hearing)}));
    }

    Outcome<Json> take_off(ListingId id, std::string const& who = "supervisor") {
        go_on();
        return await(listings->revoke(as(who), id, {"列入有误。", "示例住保移字〔2026〕1号"}));
    }

    ListingId noticed_listing(RecordId record) {
        ListingId const id = proposed_listing(record);
        check_basis(id).value();
        compose_notice(id).value();
        serve_paper(id).value();
        return id;
    }

    ListingId decided_listing(RecordId record) {
        ListingId const id = noticed_listing(record);
        clock.set(*listing_row(id).defence_until);
        decide_listing(id).value();
        return id;
    }

    ListingId listed(RecordId record) {
        ListingId const id = decided_listing(record);
        serve_paper(id).value();
        return id;
    }

    std::vector<Json> serious_list() { return await(listings->entries("", 50, soon())).value().items; }

    std::unique_ptr<service::ListingService> listings;
};

}  // namespace sponsio::testing
