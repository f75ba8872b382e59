#pragma once

#include "crypto/keys/signer.hpp"
#include "crypto/log/note.hpp"
#include "server/service/log/service.hpp"
#include "server/service/log/writer.hpp"
#include "tests/support/temp_dir.hpp"

#include <memory>
#include <string>

namespace sponsio::testing {

/// What a log of a test has besides the database: a key, a directory and the leases of one process.
struct LogWorld {
    explicit LogWorld(db::DbExecutor& db, Clock const& clock, unsigned shards = 2)
        : service(db, keys(),
                  {.name = "test.example",
                   .shards = shards,
                   .heads = {.directories = {directory.path() / "log"}}},
                  clock),
          leases(shards) {}

    service::LogKeys keys() {
        return {
            .signer = [this](Instant) -> Outcome<std::shared_ptr<crypto::Signer const>> { return signer; },
            .known = [this] { return std::vector{signer->public_key()}; }};
    }

    service::LogWriterParts writer_parts() {
        return {.keys = keys(), .heads = service.heads(), .leases = leases};
    }

    Outcome<std::vector<std::int16_t>> prepare() {
        return service.prepare(std::chrono::steady_clock::now() + std::chrono::seconds(30));
    }

    [[nodiscard]] crypto::NoteVerifier verifier(std::int16_t shard) const {
        return crypto::NoteVerifier("test.example/log/" + std::to_string(shard), signer->public_key());
    }

    TempDir directory;
    std::shared_ptr<crypto::Signer const> signer =
        std::make_shared<crypto::KeySigner>(crypto::PrivateKey::generate(crypto::Algorithm::ed25519));
    service::LogService service;
    service::LeaseBook leases;
};

}  // namespace sponsio::testing
