#include "server/service/unit/log_leaf.hpp"

#include "crypto/log/entry.hpp"
#include "crypto/random.hpp"

namespace sponsio::service {

store::NewLeaf log_leaf(std::string_view kind, std::string subject, crypto::Digest const& digest,
                        Instant now) {
    return {.kind = std::string(kind),
            .subject = std::move(subject),
            .entry = crypto::LogEntry{std::string(kind), to_rfc3339(now), digest}.text(),
            .content = std::nullopt};
}

store::NewLeaf record_leaf(RecordId id, std::string_view sd_jwt, Instant now) {
    std::string_view const jwt = sd_jwt.substr(0, sd_jwt.find('~'));
    return log_leaf(crypto::log_kind::record, id.text(), crypto::sha256(as_bytes(jwt)), now);
}

std::string salted_content(domain::JsonObject content) {
    content.add("salt", to_base64url(crypto::system_entropy().array<16>()));
    return json::canonical(domain::Json(std::move(content)));
}

}  // namespace sponsio::service
