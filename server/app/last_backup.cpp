#include "server/app/last_backup.hpp"

#include "crypto/durable_file.hpp"
#include "reference/front/files.hpp"

namespace sponsio::app {
namespace {

std::filesystem::path note_in(std::filesystem::path const& state) {
    return state / "last-backup";
}

}  // namespace

std::optional<Instant> last_backup(std::filesystem::path const& state) {
    auto const text = crypto::read_private_file(note_in(state));
    if (!text) return std::nullopt;
    return parse_rfc3339(text->substr(0, text->find('\n')));
}

Outcome<void> note_backup(std::filesystem::path const& state, Instant when) {
    if (auto written = crypto::write_private_file(note_in(state), to_rfc3339(when) + "\n"); !written)
        return front::unusable(note_in(state), written.error());
    return {};
}

}  // namespace sponsio::app
