#pragma once

#include "crypto/log/checkpoint.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sponsio::crypto {

/// The last statement of a log: a checkpoint over what it has, whose extension lines (C2SP tlog-checkpoint)
/// say that nobody signs for it any more. Its operator lost entries that had been published, and says so
/// instead of signing others in their place.
struct LogEnd {
    std::string at;         ///< RFC 3339 in UTC
    std::string continues;  ///< origin of the log that goes on

    /// A head that had been published, that the log does not lead to any more.
    struct Head {
        std::uint64_t size = 0;
        Digest root{};
        bool operator==(Head const&) const = default;
    };

    std::optional<Head> published{};  ///< the largest that its operator knows; nothing: none is known

    /// "ended <at>", "continues <origin>" and, if it is known, "published <size> <root in base64>".
    [[nodiscard]] std::vector<std::string> lines() const;
    /// Takes only what lines() gives; nothing for a checkpoint of another form, which ends nothing.
    static std::optional<LogEnd> of(Checkpoint const& checkpoint);

    bool operator==(LogEnd const&) const = default;
};

}  // namespace sponsio::crypto
