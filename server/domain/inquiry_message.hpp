#pragma once

#include "server/domain/decode.hpp"
#include "server/domain/inquiry_lifecycle.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Question and answer of an inquiry between a verifying unit's server and a department's gateway, each the
/// payload of a compact JWS (docs/departments.md, schema/departments.yaml).
namespace sponsio::domain {

inline constexpr std::string_view inquiry_type = "sponsio-check+jwt";
inline constexpr std::string_view inquiry_reply_type = "sponsio-check-answer+jwt";
inline constexpr std::string_view check_media_type = "application/jose";
/// The time after its signature in which a question may be answered.
inline constexpr std::chrono::seconds check_question_life{120};
/// The tolerated difference between the clocks of two machines.
inline constexpr std::chrono::seconds check_clock_skew{60};

/// The query where the matter names none: whether the holdings bear out the text of the claim.
inline constexpr std::string_view default_query = "commitment_content";

/// Whether the text is 1 to 40 of a-z, 0-9 and _, a letter first: the name of a department or query.
bool is_department_word(std::string_view text);

/// The content of a question, which is equal each time that the question is sent.
struct InquiryContent {
    std::string issuer;
    std::string department;
    std::string jti;
    std::string query;
    std::string subject_name;
    std::string document_type;
    std::string document_number;
    std::string matter_code;
    std::string claim;  ///< the promise in Chinese

    /// {iss, aud, jti, query, subject, claim}
    [[nodiscard]] Json to_json() const;
    /// Reads such an object; unknown members are refused.
    static Outcome<InquiryContent> read(Json const& json);
    bool operator==(InquiryContent const&) const = default;
};

/// A question as signed once: the content with iat and exp.
struct InquiryQuestion {
    InquiryContent content;
    std::chrono::sys_seconds issued_at;
    std::chrono::sys_seconds expires_at;

    static InquiryQuestion at(InquiryContent content, Instant now);
    [[nodiscard]] std::string payload() const;
    static Outcome<InquiryQuestion> parse(std::string_view payload);
};

struct InquiryReply {
    std::string issuer;    ///< the department's word
    std::string audience;  ///< the issuer of the question
    std::string jti;
    std::string in_reply_to;  ///< the jti of the question
    std::chrono::sys_seconds issued_at;
    InquiryAnswer answer{};
    std::optional<std::string> note{};
    std::optional<Date> held_as_of{};  ///< the day on which the holdings were as the answer says

    [[nodiscard]] std::string payload() const;
    static Outcome<InquiryReply> parse(std::string_view payload);

    /// Whether this answers that question: from its department, to its issuer, in reply to it, dated neither
    /// before the question was first made nor after `now`, within the skew. The fault's detail names the
    /// error, its cause is one word for it.
    [[nodiscard]] Outcome<void> answers(InquiryContent const& question, Instant asked_first,
                                        Instant now) const;
};

}  // namespace sponsio::domain
