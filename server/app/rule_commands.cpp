#include "server/app/cli.hpp"
#include "server/domain/rule_explanation.hpp"
#include "server/domain/rules.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

/// `sponsio rules`: the law as this program carries it, and in what places differ.
namespace sponsio::app {
namespace {

using domain::Json;
using domain::JsonObject;
using domain::Rules;

void print_rule(domain::Rule const& rule) {
    std::cout << "  " << rule.id << "  " << domain::value_text(rule) << "  from "
              << to_iso(rule.effective_from) << (rule.effective_to ? " to " + to_iso(*rule.effective_to) : "")
              << "  [" << domain::word(rule.grade) << "] " << rule.source.key;
    for (domain::ActionKind const kind : rule.action_kinds) std::cout << "  " << domain::word(kind);
    auto const known = domain::known_rules();
    auto const found = std::ranges::find(known, rule.id, &domain::KnownRule::id);
    if (found != known.end() && !found->reader.empty()) std::cout << "  (read by " << found->reader << ")";
    std::cout << "\n";
}

void print_all() {
    auto const rules = must(Rules::from_resources());
    for (auto const& pack : rules.packs()) {
        std::cout << pack.pack_id << " " << pack.version << "  " << pack.title.zh << " " << pack.title.en
                  << "\n";
        for (auto const& rule : pack.rules) print_rule(rule);
    }
}

/// One of the two things that are compared: the rules that hold in a place.
struct Side {
    Rules rules;
    std::string place;
};

Outcome<Side> side_with(std::string const& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        return fault(problem::invalid, "The file " + file + " cannot be read.",
                     "无法读取文件 " + file + "。");
    std::string const bytes = std::move(text).str();
    Resource const resource{file, bytes};
    auto rules = Rules::from_resources({&resource, 1});
    if (!rules) return rules.error();
    auto const digest = crypto::sha256(as_bytes(bytes));
    auto const packs = rules->packs();
    auto const own = std::ranges::find(packs, digest, &domain::RulePack::digest);
    if (own == packs.end())
        return fault(problem::conflict, "This program carries a higher version of the pack in " + file + ".",
                     "本程序自带的版本高于 " + file + " 中的规则包。");
    std::string place = own->jurisdiction;
    return Side{std::move(*rules), std::move(place)};
}

Outcome<Side> side_of(std::string const& name) {
    std::error_code none;
    if (std::filesystem::is_regular_file(name, none)) return side_with(name);
    auto rules = Rules::from_resources();
    if (!rules) return rules.error();
    if (domain::region_level(name)) return Side{std::move(*rules), name};
    auto const packs = rules->packs();
    auto const pack = std::ranges::find(packs, name, &domain::RulePack::pack_id);
    if (pack == packs.end())
        return fault(problem::not_found,
                     name + " is no region code, no pack and no file; list the packs with: sponsio rules",
                     name + " 不是行政区划代码、规则包或者文件；可用 sponsio rules 列出规则包。");
    std::string place = pack->jurisdiction;
    return Side{std::move(*rules), std::move(place)};
}

Json side_view(std::optional<Rules::Found> const& found) {
    if (!found) return {};
    JsonObject view = domain::rule_view(*found->rule);
    view.add("pack", found->pack->pack_id + " " + found->pack->version);
    return Json(std::move(view));
}

void print_side(char const* sign, std::optional<Rules::Found> const& found) {
    if (!found) return;
    domain::Rule const& rule = *found->rule;
    std::cout << "  " << sign << " " << domain::value_text(rule) << "  from " << to_iso(rule.effective_from)
              << (rule.effective_to ? " to " + to_iso(*rule.effective_to) : "") << "  ["
              << domain::word(rule.grade) << "] " << rule.source.key << "  (" << found->pack->pack_id << " "
              << found->pack->version << ")\n    " << rule.note.zh << "\n    " << rule.note.en << "\n";
}

void print_difference(domain::RuleDifference const& one, bool json) {
    if (json) {
        std::cout << json::write(
                         JsonObject{{"rule", one.id}, {"a", side_view(one.a)}, {"b", side_view(one.b)}})
                  << "\n";
        return;
    }
    std::cout << one.id;
    for (domain::ActionKind const kind : one.action_kinds) std::cout << "  " << domain::word(kind);
    std::cout << "\n";
    print_side("-", one.a);
    print_side("+", one.b);
}

}  // namespace

void add_rule_commands(CLI::App& app) {
    auto* rules =
        app.add_subcommand("rules", "The law as this program carries it: every number with its source");
    rules->require_subcommand(0, 1);
    rules->callback([rules] {
        if (rules->get_subcommands().empty()) print_all();
    });

    struct Arguments {
        std::string a, b, on;
        bool json = false;
    };

    auto const arguments = std::make_shared<Arguments>();
    auto* diff = rules->add_subcommand(
        "diff", "In what the rules of two places differ on a day: value, source, grade, days");
    diff->add_option("a", arguments->a, "A region code, the id of a pack, or the file of a pack")->required();
    diff->add_option("b", arguments->b, "A region code, the id of a pack, or the file of a pack")->required();
    diff->add_option("--on", arguments->on, "The day; by default today")->type_name("DATE");
    diff->add_flag("--json", arguments->json, "Answers with one JSON document for each");
    diff->callback([arguments] {
        Date day = china_date(SystemClock{}.now());
        if (!arguments->on.empty()) {
            auto const given = parse_iso_date(arguments->on);
            if (!given)
                throw CLI::ValidationError("--on", in_own_language({"is no day: write it as 2026-11-30",
                                                                    "不是日期，请写作 2026-11-30"}));
            day = *given;
        }
        Side const a = must(side_of(arguments->a)), b = must(side_of(arguments->b));
        for (auto const& one : domain::differing_rules(a.rules, a.place, b.rules, b.place, day))
            print_difference(one, arguments->json);
    });
}

}  // namespace sponsio::app
