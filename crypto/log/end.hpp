#pragma once

#include "crypto/log/checkpoint.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::crypto {

/// The last checkpoint of a log, whose extension lines (C2SP tlog-checkpoint) say that nobody signs for this
/// log any more. The operator lost published entries, and says so instead of signing others in their place.
struct LogEnd {
    std::string at;         ///< RFC 3339 in UTC
    std::string continues;  ///< origin of the log that goes on

    /// A published head that the log can no longer be extended from.
    struct Head {
        std::uint64_t size = 0;
        Digest root{};
        bool operator==(Head const&) const = default;
    };

    std::optional<Head> published{};  ///< the largest known to the operator; nothing: none is known

    /// "ended <at>", "continues <origin>" and, if it is known, "published <size> <root in base64>".
    [[nodiscard]] std::vector<std::string> lines() const;
    /// Accepts exactly the lines of lines(); nothing for any other checkpoint, which does not end a log.
    static std::optional<LogEnd> of(Checkpoint const& checkpoint);

    bool operator==(LogEnd const&) const = default;
};

}  // namespace sponsio::crypto
