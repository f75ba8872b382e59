#pragma once

#include "reference/platform/archive.hpp"
#include "reference/platform/registry.hpp"
#include "server/domain/batch.hpp"

#include <map>
#include <string>
#include <vector>

namespace sponsio::platform {

/// Whether a batch is accepted for judgement: number, sender, signature, digest, count and the form of its
/// lines. All errors are reported at once, with pointers into the request.
Outcome<void> check_batch(domain::BatchManifest const& manifest, domain::BatchBytes const& bytes,
                          Registry const& registry, std::vector<crypto::PublicKey> const& sender_keys);

/// Gives a verdict on each line of an accepted batch, in the order of the lines.
class Judge {
  public:
    Judge(Archive const& archive, Registry const& registry, domain::Regions const& regions, Date today)
        : archive_(archive), registry_(registry), regions_(regions), today_(today) {}

    [[nodiscard]] std::vector<domain::RecordVerdict> verdicts(std::string const& sender,
                                                              std::string_view records) const;

  private:
    [[nodiscard]] domain::RecordVerdict verdict(std::string const& sender, std::string_view text,
                                                std::map<std::string, bool>& changed) const;
    void check_units(domain::Json const& line, std::vector<domain::ReportError>& errors) const;

    Archive const& archive_;
    Registry const& registry_;
    domain::Regions const& regions_;
    Date today_;
};

}  // namespace sponsio::platform
