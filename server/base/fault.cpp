#include "server/base/form.hpp"

#include <array>

namespace sponsio {
namespace {

constexpr std::size_t words_told = 24;  // the whole list stands in the member `allowed`

Bilingual limit_of(Wanted const& wanted) {
    Bilingual text;
    if (wanted.min && wanted.max && *wanted.min != *wanted.max) {
        text = {.en = std::to_string(*wanted.min) + " to " + std::to_string(*wanted.max),
                .zh = std::to_string(*wanted.min) + " 至 " + std::to_string(*wanted.max)};
    } else if (wanted.min && wanted.max) {
        text = {.en = "exactly " + std::to_string(*wanted.max), .zh = "须为 " + std::to_string(*wanted.max)};
    } else if (wanted.max) {
        text = {.en = "at most " + std::to_string(*wanted.max), .zh = "最多 " + std::to_string(*wanted.max)};
    } else {
        text = {.en = "at least " + std::to_string(*wanted.min), .zh = "至少 " + std::to_string(*wanted.min)};
    }
    if (wanted.unit) {
        text.en.append(" ").append(wanted.unit->en);
        text.zh.append(" ").append(wanted.unit->zh);
    }
    return text;
}

Bilingual words_of(std::vector<std::string> const& words) {
    Bilingual text{.en = words.size() == 1 ? "" : "one of ", .zh = "可用值："};
    for (std::size_t i = 0; i != words.size() && i != words_told; ++i) {
        text.en.append(i == 0 ? "" : ", ").append(words[i]);
        text.zh.append(i == 0 ? "" : "、").append(words[i]);
    }
    if (words.size() > words_told) {
        text.en += ", …";
        text.zh += " 等";
    }
    return text;
}

Bilingual form_of(Form const& form) {
    Bilingual text{.en = std::string(form.en), .zh = std::string(form.zh)};
    if (!form.example.empty()) {
        text.en.append(", such as ").append(form.example);
        text.zh.append("，例如 ").append(form.example);
    }
    return text;
}

void join(Bilingual& text, Bilingual const& part) {
    text.en.append(text.en.empty() ? "" : "; ").append(part.en);
    text.zh.append(text.zh.empty() ? "" : "；").append(part.zh);
}

}  // namespace

Bilingual told(FieldError const& error) {
    Bilingual text{.en = std::string(error.reason->en), .zh = std::string(error.reason->zh)};
    // That there must be something says enough.
    if (error.reason == &reason::empty && error.wanted.min.value_or(1) <= 1) return text;
    Bilingual right;
    if (!error.wanted.words.empty()) join(right, words_of(error.wanted.words));
    if (error.wanted.min || error.wanted.max) join(right, limit_of(error.wanted));
    // A text that is too long is known to be one.
    bool const known = error.wanted.form == &form::text && error.reason != &reason::wrong_type;
    if (error.wanted.form && !known) join(right, form_of(*error.wanted.form));
    if (right.en.empty()) return text;
    return {.en = text.en + ": " + right.en, .zh = text.zh + "：" + right.zh};
}

Fault bad_field(std::string pointer, Reason const& why, Wanted wanted) {
    return Fault{.problem = &problem::invalid, .fields = {{std::move(pointer), &why, std::move(wanted)}}};
}

Fault bad_field(std::string pointer, Reason const& why, Form const& form) {
    return bad_field(std::move(pointer), why, Wanted{.form = &form});
}

std::span<Form const* const> all_forms() {
    using namespace form;
    static constexpr std::array rows{&text,
                                     &integer,
                                     &boolean,
                                     &object,
                                     &list,
                                     &json,
                                     &printable,
                                     &date,
                                     &instant,
                                     &beacon_note,
                                     &uuid,
                                     &uscc,
                                     &citizen_id,
                                     &hkmt_residence_permit,
                                     &foreigner_permanent_residence,
                                     &passport,
                                     &hk_macao_travel_permit,
                                     &taiwan_travel_permit,
                                     &person_name,
                                     &region_code,
                                     &login,
                                     &matter_code,
                                     &commitment_code,
                                     &code_word,
                                     &word_with_hyphens,
                                     &known_thing,
                                     &cursor,
                                     &key,
                                     &media_type,
                                     &etag,
                                     &hex,
                                     &dice,
                                     &decimal};
    return rows;
}

std::span<Unit const* const> all_units() {
    using namespace unit;
    static constexpr std::array rows{&characters, &entries, &bytes, &days, &levels};
    return rows;
}

}  // namespace sponsio
