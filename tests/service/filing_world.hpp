#pragma once

#include "server/domain/catalogue.hpp"
#include "server/service/filing/service.hpp"
#include "server/service/matters/service.hpp"
#include "tests/service/finding_world.hpp"
#include "tests/service/known_regions.hpp"
#include "tests/service/log_world.hpp"

#include <memory>
#include <string>
#include <type_traits>

namespace sponsio::testing {

using domain::JsonObject;
using service::Created;
using service::RequestOnce;

/// Of somebody else than the committer of the usual commitment.
inline constexpr char const* another_number = "440524188001010014";

/// An agency that gives notices and files: the whole way from the matter to the stored commitment.
class FilingWorld : public FindingWorld {
  protected:
    void SetUp() override {
        FindingWorld::SetUp();
        catalogue = std::make_unique<domain::Catalogue>(domain::Catalogue::from_resources().value());
        matter_service = std::make_unique<service::MatterService>(ground(), *catalogue);
        start_filing(writers());
        notice = give_notice("GZF-1", 1);
    }

    void TearDown() override {
        filing.reset();
        log.reset();
        matter_service.reset();
        FindingWorld::TearDown();
    }

    [[nodiscard]] virtual unsigned writers() const { return 2; }

    void start_filing(unsigned writers, std::size_t max_pending = 8192) {
        if (!log) log = std::make_unique<LogWorld>(*executor, clock, writers);
        filing = std::make_unique<service::FilingService>(
            service::FilingOptions{
                .connection = app(), .shards = log->prepare().value(), .max_pending = max_pending},
            service::FilingParts{ground(), known_regions(), terms}, log->writer_parts());
    }

    std::string give_notice(std::string const& matter, int version) {
        auto const made = await(matter_service->issue_notice(
            as("clerk"), fresh_key(),
            {matter, version, domain::NoticeChannel::counter, domain::NoticeLanguage::chinese}));
        return json::parse(made.value().body).value().at("notice_id").as_string();
    }

    [[nodiscard]] Json body(std::string const& number = "11010519491231002X") const {
        return JsonObject{
            {"notice_id", notice},
            {"made_on", "2026-03-02"},
            {"reason", "申请公租房资格确认"},
            {"committer", JsonObject{{"kind", "natural_person"},
                                     {"name", "欧阳示例"},
                                     {"document", JsonObject{{"type", "citizen_id"}, {"number", number}}}}}};
    }

    [[nodiscard]] Json body_of(std::string const& made_on) const {
        Json json = body();
        json.as_object().set("made_on", made_on);
        return json;
    }

    static RequestOnce keyed(std::string key, std::string const& content = "a") {
        return {std::move(key), crypto::sha256(as_bytes(content))};
    }

    /// A version of the matter as it was entered, to be changed and entered again.
    domain::MatterVersion version_of(std::string const& matter, int version) {
        Json json = await(matter_service->version(as("clerk"), matter, version)).value();
        for (char const* name :
             {"matter_code", "version", "organisation_uscc", "created_at", "digest_sha256"})
            json.as_object().erase(name);
        return domain::decode(json, domain::MatterVersion::read).value();
    }

    Outcome<Created> add_version(std::string const& matter, int newest,
                                 domain::MatterVersion const& version) {
        return await(matter_service->add_version(
            as("clerk"), fresh_key(), matter, [newest](int version_now) { return version_now == newest; },
            version));
    }

    /// Enters a version of the matter that is verified otherwise, and gives a notice from it.
    template <class Change>
    Outcome<Created> replan(int newest, Change change) {
        int const in_force = static_cast<int>(
            await(matter_service->in_force(as("clerk"), "GZF-1")).value().at("version").as_int());
        auto version = version_of("GZF-1", in_force);
        version.demanding_unit = "示例区住房保障中心 " + std::to_string(newest + 1);
        if constexpr (std::is_invocable_v<Change, domain::MatterVersion&>)
            change(version);
        else
            change(version.verification);
        auto made = add_version("GZF-1", newest, version);
        if (made) notice = give_notice("GZF-1", newest + 1);
        return made;
    }

    Outcome<Created> file(RequestOnce once, Json const& json) {
        return await(filing->file(as("clerk"), std::move(once), json));
    }

    Json filed(RequestOnce once, Json const& json) {
        return json::parse(file(std::move(once), json).value().body).value();
    }

    std::unique_ptr<domain::Catalogue> catalogue;
    std::unique_ptr<service::MatterService> matter_service;
    std::unique_ptr<LogWorld> log;
    std::unique_ptr<service::FilingService> filing;
    std::string notice;
};

}  // namespace sponsio::testing
