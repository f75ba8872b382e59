#pragma once

#include "server/domain/rules.hpp"

#include <algorithm>
#include <string>

namespace sponsio::testing {

/// The version of the national rule pack that the program carries.
inline std::string const& national_version() {
    static std::string const version = [] {
        auto const rules = domain::Rules::from_resources().value();
        auto const packs = rules.packs();
        return std::ranges::find(packs, "cn-national", &domain::RulePack::pack_id)->version;
    }();
    return version;
}

/// That pack as clocks name it: "cn-national 2026.2".
inline std::string national_pack() {
    return "cn-national " + national_version();
}

/// The pack's file as its next version, and what that version is called.
inline std::string next_national_version() {
    return national_version() + ".1";
}

inline std::string next_national_pack() {
    std::string text(resources_in("rules/cn-national").front().bytes);
    std::string const version = "\"version\": \"" + national_version() + "\"";
    text.replace(text.find(version), version.size(), "\"version\": \"" + next_national_version() + "\"");
    return text;
}

/// A rule whose value is a number, in force since 2020.
inline std::string number_rule(std::string const& id, int value) {
    return R"({"id":")" + id + R"(","kind":"number","value":)" + std::to_string(value) +
           R"(,"number_unit":"of_the_test","note":{"zh":"注","en":"note"},)"
           R"("source":{"key":"k","text":"t","address":null},"grade":"proposal",)"
           R"("effective_from":"2020-01-01","effective_to":null})";
}

/// A pack for one region, which leaves all other rules to the national one.
inline std::string region_pack(std::string const& region, std::string const& rules) {
    return R"({"pack_id":"invented","version":"1","jurisdiction":")" + region +
           R"(","extends":"cn-national","title":{"zh":"虚构","en":"Invented"},)"
           R"("effective_from":"2020-01-01","effective_to":null,"rules":[)" +
           rules + "]}";
}

/// What the program carries, and that pack.
inline Outcome<domain::Rules> rules_with(std::string const& pack) {
    Resource const file{"rules/invented.json", pack};
    return domain::Rules::from_resources({&file, 1});
}

}  // namespace sponsio::testing
