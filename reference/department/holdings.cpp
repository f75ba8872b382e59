#include "reference/department/holdings.hpp"

#include "reference/front/files.hpp"

namespace sponsio::department {
namespace {

using domain::Fields;
using domain::InquiryAnswer;
using domain::Json;

Fault misplaced(std::string pointer) {
    return bad_field(std::move(pointer), reason::wrong_type);
}

Fault with_file(std::filesystem::path const& file, Fault why) {
    std::string where;
    for (FieldError const& field : why.fields) where += " " + field.pointer + " " + told(field).en + ".";
    why.detail = {"The holdings in " + file.string() + " are not acceptable." + where + " " + why.detail.en,
                  "持有数据文件 " + file.string() + " 不符合要求。" + where + " " + why.detail.zh};
    return why;
}

Outcome<Fact> fact_of(Json const& json, std::string const& pointer) {
    std::vector<FieldError> errors;
    Fields fields(json, pointer, errors);
    Fact fact{.answer = fields.choice<InquiryAnswer>("answer")};
    fact.note = fields.optional_text("note", {.max = 1000});
    fact.held_as_of = fields.optional_date("held_as_of");
    fields.close();
    if (!errors.empty()) return Fault{.problem = &problem::invalid, .fields = std::move(errors)};
    return fact;
}

}  // namespace

/// The keys are values (document numbers, queries), so the objects are walked by hand.
Outcome<Holdings::Person> Holdings::person_of(Json const& json, std::string const& pointer) {
    Person person;
    if (!json.is_object()) return misplaced(pointer);
    for (auto const& [key, value] : json.as_object()) {
        std::string const at = json::pointer_step(pointer, key);
        if (key == "name") {
            if (!value.is_string()) return misplaced(at);
            person.name = value.as_string();
        } else if (key == "facts") {
            if (!value.is_object()) return misplaced(at);
            for (auto const& [query, said] : value.as_object()) {
                auto fact = fact_of(said, json::pointer_step(at, query));
                if (!fact) return fact.error();
                person.facts.emplace(query, std::move(*fact));
            }
        } else {
            return bad_field(at, reason::unknown_field);
        }
    }
    return person;
}

Outcome<Holdings> Holdings::parse(std::string const& text) {
    auto const json = domain::parse_json(text);
    if (!json) return json.error();
    if (!json->is_object()) return misplaced("");
    Holdings holdings;
    for (auto const& [number, value] : json->as_object()) {
        auto person = person_of(value, json::pointer_step("", number));
        if (!person) return person.error();
        holdings.persons_.emplace(number, std::move(*person));
    }
    return holdings;
}

Outcome<Holdings> Holdings::load(std::filesystem::path const& file) {
    auto const text = front::read_file(file);
    if (!text) return text.error();
    auto holdings = parse(*text);
    if (!holdings) return with_file(file, holdings.error());
    return holdings;
}

Fact Holdings::look_up(domain::InquiryContent const& question) const {
    auto const person = persons_.find(question.document_number);
    if (person == persons_.end()) return {.answer = InquiryAnswer::not_held};
    auto const& [number, known] = *person;
    if (known.name && *known.name != question.subject_name)
        return {.answer = InquiryAnswer::other_person, .note = "姓名与证件号码不符"};
    auto const fact = known.facts.find(question.query);
    return fact == known.facts.end() ? Fact{.answer = InquiryAnswer::not_held} : fact->second;
}

}  // namespace sponsio::department
