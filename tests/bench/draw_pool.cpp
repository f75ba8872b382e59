// Makes a pool of made-up objects for a draw, or draws from it and writes the signed statement.
//
//   draw_pool make FOLDER OBJECTS       draw-full.txt: three strata, 1 % each, 12 inspectors; draw-pool.txt,
//   its list draw_pool draw FOLDER               draw.json and jwks.json

#include "crypto/draw/statement.hpp"
#include "crypto/keys/signer.hpp"
#include "crypto/log/entry.hpp"
#include "crypto/random.hpp"
#include "crypto/tokens/jws.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <fstream>
#include <functional>
#include <iostream>

namespace {

using namespace sponsio;
using namespace sponsio::crypto;

constexpr char const* draw_id = "0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b";
constexpr char const* committed_at = "2026-03-02T01:00:06.547936Z";

/// A tenth is of the key stratum, another has weights.
draw::Plan plan_of(std::uint64_t objects) {
    std::uint64_t const tenth = objects / 10;
    draw::Plan plan{.draw_id = draw_id,
                    .assign = 2,
                    .dice = 8,
                    .strata = {{"key", tenth, 1, 100, 0},
                               {"ordinary", objects - 2 * tenth, 1, 100, 0},
                               {"risk-weighted", tenth, 1, 100, 0}}};
    for (std::uint64_t n = 1; n <= 12; ++n) plan.inspectors.push_back({n << 56 | n});
    plan.key = sha256(as_bytes("a key"));
    return plan;
}

/// What a file's bytes are handed to, piece by piece.
template <class Take>
void read_pieces(std::string const& path, Take const& take) {
    std::ifstream file(path, std::ios::binary);
    std::array<char, 1 << 16> piece;
    while (file.read(piece.data(), piece.size()) || file.gcount() > 0)
        take(std::string_view(piece.data(), static_cast<std::size_t>(file.gcount())));
}

void make(std::string const& folder, std::uint64_t objects) {
    draw::Plan const plan = plan_of(objects);
    std::ofstream file(folder + "/draw-full.txt", std::ios::binary);
    draw::PoolWriter writer(plan, [&](std::string_view piece) {
        file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    });
    std::uint64_t const tenth = objects / 10;
    for (std::uint64_t leaf = 0; leaf != objects; ++leaf) {
        std::uint32_t const stratum = leaf < tenth ? 0 : leaf < objects - tenth ? 1 : 2;
        std::span const inspectors = plan.inspectors;
        writer.add({.id = {1, leaf},
                    .stratum = stratum,
                    .weight = stratum == 2 ? static_cast<std::uint32_t>(1 + leaf % 4) : 1,
                    .barred = inspectors.subspan(leaf % 12, leaf % 5 == 0 ? 1 : 0)});
    }
    Digest const full = writer.finish();
    if (!file.flush()) throw std::runtime_error("the pool cannot be written");
    std::ofstream list(folder + "/draw-pool.txt", std::ios::binary);
    draw::write_list(
        plan, full,
        [&](std::function<void(draw::Candidate const&)> const& take) {
            draw::PoolReader reader({.object = take});
            read_pieces(folder + "/draw-full.txt",
                        [&](std::string_view piece) { reader.feed(piece).value(); });
        },
        [&](std::string_view piece) {
            list.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        });
    if (!list.flush()) throw std::runtime_error("the list cannot be written");
}

Digest digest_of(std::string const& path) {
    Hasher hasher(Hasher::Kind::sha256);
    read_pieces(path, [&](std::string_view piece) { hasher.update(as_bytes(piece)); });
    return hasher.finish();
}

/// As the server does when it reveals: the stored list is digested again, then the full pool drawn from.
void draw_from(std::string const& folder) {
    std::string const pool = folder + "/draw-full.txt";
    draw::Statement said;
    said.draw_id = draw_id;
    said.pool_digest = digest_of(folder + "/draw-pool.txt");
    said.seed = system_entropy().array<32>();
    said.seed_commitment = draw::seed_commitment(said.seed);
    said.committed_at = committed_at;
    said.reveal_by = "2026-03-03T01:00:00Z";
    said.public_input = "dice=3,5,1,6,6,2,4,4";
    said.public_input_at = "2026-03-02T02:00:00Z";
    said.revealed_at = "2026-03-02T02:00:05Z";

    draw::Drawing drawing({said.seed, said.pool_digest, said.public_input}, {}, digest_of(pool));
    read_pieces(pool, [&](std::string_view piece) { drawing.feed(piece).value(); });
    auto const drawn = drawing.finish().value();
    said.objects = drawing.plan().objects();
    said.inspectors = drawing.plan().inspectors.size();
    json::Object content = draw::committed_content(said, drawing.plan());
    content.add("salt", "c2FsdA");
    said.committed_leaf.content = json::canonical(content);
    said.committed_leaf.entry =
        LogEntry{"draw", said.committed_at, sha256(as_bytes(said.committed_leaf.content))}.text();

    said.repeats = draw::repeats_of(drawn);
    std::string const result = draw::result_text(drawing.plan(), drawn);
    said.result_digest = sha256(as_bytes(result));
    KeySigner const signer(PrivateKey::generate(Algorithm::es256));
    std::ofstream(folder + "/draw.json", std::ios::binary)
        << said.file(result, jws_sign(draw::statement_typ, said.payload(), signer));
    std::ofstream(folder + "/jwks.json")
        << json::write(Jwks({{signer.kid(), signer.public_key()}}).to_json());
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder;
    std::uint64_t objects = 0;
    CLI::App options{"Makes pools of draws, and draws from them"};
    options.require_subcommand(1);
    auto* const making = options.add_subcommand("make");
    making->add_option("folder", folder)->required();
    making->add_option("objects", objects)->required();
    auto* const drawing = options.add_subcommand("draw");
    drawing->add_option("folder", folder)->required();
    CLI11_PARSE(options, argc, argv);
    try {
        if (*making) make(folder, objects);
        if (*drawing) draw_from(folder);
        return 0;
    } catch (std::exception const& error) {
        std::cerr << "draw_pool: " << error.what() << "\n";
        return 1;
    }
}
