#pragma once

#include "server/service/parties/organisation_service.hpp"
#include "server/service/tasks/oversight_service.hpp"
#include "server/store/task_reasons.hpp"
#include "tests/service/finding_world.hpp"

#include <gmock/gmock.h>

#include <deque>
#include <optional>

namespace sponsio::testing {

/// Checks by several people and what others decide about them. Chance is a list here: whom it names, in
/// order.
class InspectionWorld : public FindingWorld {
  protected:
    void SetUp() override {
        FindingWorld::SetUp();
        oversight = std::make_unique<service::OversightService>(service::OversightParts{
            ground(),
            [this](db::PgSession&, service::DrawnLeaving const& leaving, Instant) {
                return next_by_chance(leaving);
            },
            [this](db::PgSession&, service::DrawnReseating const& given, Instant) -> Outcome<void> {
                reseated.push_back(given.seat);
                return {};
            }});
    }

    void TearDown() override {
        oversight.reset();
        FindingWorld::TearDown();
    }

    /// A commitment whose check needs two on site.
    Filed file_for_two() {
        Filed const filed = file_commitment();
        admin().command(
            "update verification_task set inspectors_needed = 2, mode = 'on_site' where task_id = '" +
            filed.task.text() + "'");
        return filed;
    }

    /// Likewise, and begun: verifier leads, verifier2 is the other.
    Filed begun() {
        Filed const filed = file_for_two();
        EXPECT_EQ(claim("verifier", filed.task), "ok");
        EXPECT_EQ(claim("verifier2", filed.task), "ok");
        EXPECT_EQ(start("verifier", filed.task), "ok");
        return filed;
    }

    /// A commitment that was drawn, with these inspectors in its seats.
    Filed file_drawn(std::vector<std::string> const& inspectors, int needed) {
        Filed filed = file_commitment();
        admin().command("delete from verification_task where task_id = '" + filed.task.text() + "'");
        filed.task = service::new_id<TaskId>(clock.now());
        store::TaskToAdd task{.id = filed.task,
                              .shard = 0,
                              .commitment_code = filed.code,
                              .organisation = as("verifier").who->organisation,
                              .source = domain::TaskSource::draw,
                              .mode = "on_site",
                              .created_at = clock.now(),
                              .due_at = china("2026-03-31T00:00:00"),
                              .rule = "verify.matter 20 working_days; GZF-1 1; cn-2026",
                              .draw = draw,
                              .inspectors_needed = needed};
        for (std::size_t i = 0; i != inspectors.size(); ++i)
            task.inspectors.push_back(
                {static_cast<int>(i) + 1, account(inspectors[i]), "ref-" + inspectors[i]});
        store::add_tasks(db(), {&task, 1});
        return filed;
    }

    std::string claim(std::string const& who, TaskId task) {
        return said(await(verifications->claim(as(who), task)));
    }

    std::string start(std::string const& who, TaskId task) {
        return said(await(verifications->start(as(who), task)));
    }

    std::string close(std::string const& who, TaskId task) {
        return said(await(verifications->close(as(who), task)));
    }

    std::string conclude(std::string const& who, TaskId task,
                         domain::CheckResult result = domain::CheckResult::consistent) {
        return said(await(verifications->conclude(
            as(who), task, {result, china_date(clock.now()), "登记信息与承诺一致。"})));
    }

    std::string sign(std::string const& who, TaskId task, std::optional<std::string> dissent = {}) {
        return said(await(verifications->sign_off(as(who), task, {std::move(dissent)})));
    }

    Json task(TaskId id) { return await(verifications->task(as("supervisor"), id)).value(); }

    std::string state_of(TaskId id) { return task(id).at("state").as_string(); }

    /// Logins of who sits in it now, the lead first.
    std::vector<std::string> sitting(TaskId id) {
        std::vector<std::string> logins;
        Json const whole = task(id);
        for (Json const& one : whole.at("inspectors").as_array()) logins.push_back(login_of(one.as_string()));
        return logins;
    }

    std::vector<std::string> reasons(Json const& item) {
        std::vector<std::string> words;
        for (Json const& one : item.at("reasons").as_array()) words.push_back(one.at("reason").as_string());
        return words;
    }

    /// The id of the request, or what was said instead.
    std::string ask_recusal(std::string const& who, TaskId id, std::optional<std::string> inspector = {}) {
        service::RecusalRequest request{std::nullopt, "被核查人系本人亲属"};
        if (inspector) request.inspector = account(*inspector);
        auto const made = await(oversight->request_recusal(as(who), fresh_key(), id, request));
        if (!made) return said(made);
        return json::parse(made->body)->at("recusal_id").as_string();
    }

    std::string decide_recusal(std::string const& who, TaskId id, std::string const& recusal,
                               bool granted = true) {
        return said(await(oversight->decide_recusal(as(who), id, RecusalId::parse(recusal).value(),
                                                    {granted, "情况属实"})));
    }

    /// Asked for by the inspector, granted by the supervisor.
    void recuse(std::string const& inspector, TaskId id) {
        ASSERT_EQ(decide_recusal("supervisor", id, ask_recusal(inspector, id)), "ok");
    }

    std::string reassign(TaskId id, std::optional<std::string> const& from, std::string const& to,
                         std::string const& who = "supervisor") {
        service::Reassignment wish{std::nullopt, account(to), "原承办人休假"};
        if (from) wish.from = account(*from);
        return said(await(oversight->reassign(as(who), id, wish)));
    }

    std::string login_of(std::string const& id) {
        return store::account_by_id(db(), AccountId::parse(id).value())->login;
    }

    std::unique_ptr<service::OversightService> oversight;
    DrawId draw{service::new_id<DrawId>(clock.now())};
    std::deque<std::string> chance;   ///< logins, in the order in which the draw would name them
    std::vector<std::string> struck;  ///< refs that it was told to strike out
    std::vector<int> reseated;        ///< seats of drawn checks that a supervisor gave to somebody

  private:
    Outcome<std::optional<service::Replacement>> next_by_chance(service::DrawnLeaving const& leaving) {
        struck.push_back("ref-" + login_of(leaving.account.text()));
        if (chance.empty()) return std::optional<service::Replacement>{};
        std::string const next = chance.front();
        chance.pop_front();
        return std::optional(service::Replacement{account(next), "ref-" + next});
    }
};

}  // namespace sponsio::testing
