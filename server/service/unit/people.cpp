#include "server/service/unit/people.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

namespace sponsio::service {
namespace {

using domain::Json;
using domain::JsonObject;

/// The members of the contract that hold an account, each with its name beside it.
constexpr std::string_view accounts[] = {
    "added_by",     "answered_by",  "appointed_by", "asked_by",    "assignee",    "by",
    "concluded_by", "confirmed_by", "taken_in_by",  "approved_by", "created_by",  "decided_by",
    "drafted_by",   "ended_by",     "entered_by",   "extended_by", "filed_by",    "given_by",
    "inspector",    "proposed_by",  "published_by", "revoked_by",  "recorded_by", "replaced_by",
    "requested_by", "returned_by",  "reviewed_by",  "opened_by",   "closed_by",   "withdrawn_by",
    "reported_by",  "checked_by",   "chaired_by"};
constexpr std::string_view account_itself = "account_id";
constexpr std::string_view list_of_accounts = "inspectors";

bool is_account(std::string_view member) {
    return std::ranges::find(accounts, member) != std::end(accounts);
}

std::optional<AccountId> account_in(Json const& value) {
    std::string const* text = value.if_string();
    return text ? AccountId::parse(*text) : std::nullopt;
}

void collect(Json const& value, People& people) {
    if (json::Array const* list = value.if_array())
        for (Json const& one : *list) collect(one, people);
    JsonObject const* object = value.if_object();
    if (!object) return;
    for (json::Member const& member : *object) {
        if (is_account(member.key) || member.key == account_itself) {
            if (auto const id = account_in(member.value)) people.add(*id);
        } else if (member.key == list_of_accounts && member.value.is_array()) {
            for (Json const& one : member.value.as_array())
                if (auto const id = account_in(one)) people.add(*id);
        }
        collect(member.value, people);
    }
}

Json name_of(Json const& account, People const& people) {
    auto const id = account_in(account);
    return id ? people.name(*id) : Json();
}

/// The accounts that are listed bare. A list of objects names its people itself.
Json names_of(json::Array const& list, People const& people) {
    json::Array names;
    for (Json const& one : list) names.push_back(name_of(one, people));
    return names;
}

void put(Json& value, People const& people) {
    if (json::Array* list = value.if_array())
        for (Json& one : *list) put(one, people);
    JsonObject* object = value.if_object();
    if (!object) return;
    JsonObject named;
    named.reserve(object->size() + 4);
    for (json::Member& member : *object) {
        put(member.value, people);
        std::string const key = member.key;
        named.add(key, std::move(member.value));
        Json const& there = *named.find(key);
        if (is_account(key))
            named.add(key + "_name", name_of(there, people));
        else if (key == account_itself && !object->contains("name"))
            named.add("name", name_of(there, people));
        else if (json::Array const* list = there.if_array();
                 key == list_of_accounts && list && std::ranges::all_of(*list, &Json::is_string))
            named.add("inspector_names", names_of(*list, people));
    }
    *object = std::move(named);
}

}  // namespace

void People::read(db::PgSession& db) {
    if (asked_.empty()) return;
    for (auto& [id, name] : store::names_of(db, {asked_.begin(), asked_.end()}))
        names_.emplace(id, std::move(name));
}

Json People::name(AccountId account) const {
    auto const found = names_.find(account);
    return found == names_.end() ? Json() : Json(found->second);
}

Json People::person(AccountId account) const {
    return JsonObject{{"account_id", account.text()}, {"name", name(account)}};
}

void name_people(db::PgSession& db, Json& answer) {
    People people;
    collect(answer, people);
    people.read(db);
    put(answer, people);
}

void name_people(db::PgSession& db, std::vector<Json>& items) {
    People people;
    for (Json const& one : items) collect(one, people);
    people.read(db);
    for (Json& one : items) put(one, people);
}

}  // namespace sponsio::service
