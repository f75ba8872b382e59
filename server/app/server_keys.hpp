#pragma once

#include "server/app/database.hpp"
#include "server/service/keys/service.hpp"

#include <filesystem>
#include <memory>

namespace sponsio::app {

/// The key directory below `state`, opened by that file if one is named.
service::KeyPlace key_place(std::filesystem::path const& state, std::filesystem::path const& passphrase_file);

/// A new key store only beside an empty database: with another one, nothing that lies
/// sealed in it could be read again.
Outcome<std::unique_ptr<service::KeyService>> open_keys(Database const& database,
                                                        service::KeyPlace const& place, Clock const& clock);

}  // namespace sponsio::app
