#pragma once

#include "crypto/digest.hpp"
#include "server/domain/report.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// A batch in the form in which it is sent to the sharing platform, and the answer to it
/// (docs/submission.md).
namespace sponsio::domain {

inline constexpr std::string_view batch_media_type = "application/vnd.sponsio.batch+json";
/// The limits of a batch; a platform must accept batches up to them.
inline constexpr std::size_t batch_max_records = 5'000;
inline constexpr std::size_t batch_max_bytes = std::size_t{16} << 20;

/// What a platform says of each record of a batch.
enum class BatchVerdict { accepted, rejected };

constexpr auto words_of(BatchVerdict) {
    using enum BatchVerdict;
    return std::to_array<Word<BatchVerdict>>({{accepted, "accepted"}, {rejected, "rejected"}});
}

struct BatchParty {
    std::string uscc;
    std::string name;
    bool operator==(BatchParty const&) const = default;
};

/// States the sender, the receiver, the number of records and their SM3 digest. The signature covers exactly
/// its canonical bytes.
struct BatchManifest {
    std::string batch_no;
    BatchParty sender;
    BatchParty receiver;  ///< the code may be empty
    std::string resource_code;
    std::string schema_version = std::string(report_schema_version);
    std::int64_t record_count = 0;
    crypto::Digest digest_sm3{};  ///< over the exact bytes of the lines
    Instant created_at;
    std::string kid;

    /// Canonical JSON.
    [[nodiscard]] std::string bytes() const;
    static Outcome<BatchManifest> parse(std::string_view bytes);
    bool operator==(BatchManifest const&) const = default;
};

/// "<USCC>-<yyyymmdd>-<six digits>".
std::string batch_no(std::string_view uscc, Date on, int serial);
/// Whether the text is 1 to 64 characters that need no escape in a path: letters, digits, '.', '_', '-'.
bool is_exchange_number(std::string_view text);

/// The lines in one text, each ended by a line feed.
std::string join_lines(std::vector<std::string> const& lines);
/// The lines without their line feeds; nothing if the last one lacks it or one is empty.
std::optional<std::vector<std::string_view>> split_lines(std::string_view records);

/// The three parts of a batch, byte for byte.
struct BatchBytes {
    std::string manifest;
    std::string records;
    std::string signature;  ///< DER

    /// The body of a PUT: {manifest, records, signature}, the first two as text, the last in base64.
    [[nodiscard]] std::string body() const;
    static Outcome<BatchBytes> parse_body(std::string_view body);
};

struct RecordVerdict {
    std::string record_no;
    bool accepted = false;
    std::vector<ReportError> errors{};  ///< as the platform gave them, its message under both languages
};

/// A platform's answer to a batch.
struct BatchAnswer {
    std::string batch_no;
    Instant received_at;
    crypto::Digest digest_sm3{};
    std::vector<RecordVerdict> records;

    [[nodiscard]] Json to_json() const;
    static Outcome<BatchAnswer> parse(std::string_view bytes);
    /// Whether this answers that batch: same number, same digest, exactly one verdict for every record.
    [[nodiscard]] bool answers(BatchManifest const& manifest, std::vector<std::string> record_nos) const;
};

/// [{code, field|null, message}], the message in both languages.
Json errors_json(std::vector<ReportError> const& errors);

}  // namespace sponsio::domain
