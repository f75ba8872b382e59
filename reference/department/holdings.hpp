#pragma once

#include "server/domain/inquiry_message.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace sponsio::department {

/// The department's answer about one fact.
struct Fact {
    domain::InquiryAnswer answer{};
    std::optional<std::string> note{};
    std::optional<Date> held_as_of{};
};

/// The holdings of a department: for each document number a name, and facts by query.
class Holdings {
  public:
    /// Reads {"<document number>": {"name"?, "facts": {"<query>": {"answer", "note"?, "held_as_of"?}}}}.
    /// Refused with a sentence that names the member at fault.
    static Outcome<Holdings> parse(std::string const& text);
    static Outcome<Holdings> load(std::filesystem::path const& file);

    /// Returns not_held for an unknown person or query, other_person if the number belongs to another name.
    [[nodiscard]] Fact look_up(domain::InquiryContent const& question) const;

  private:
    struct Person {
        std::optional<std::string> name{};
        std::map<std::string, Fact, std::less<>> facts{};
    };

    static Outcome<Person> person_of(domain::Json const& json, std::string const& pointer);

    std::map<std::string, Person, std::less<>> persons_;
};

}  // namespace sponsio::department
