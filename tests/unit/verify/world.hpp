#pragma once

#include "crypto/keys/signer.hpp"
#include "crypto/log/entry.hpp"
#include "crypto/log/note.hpp"
#include "tests/unit/crypto/log_support.hpp"
#include "tests/unit/crypto/support.hpp"
#include "text/json.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Real artefacts for the verifier's tests, and the program run on them.
namespace sponsio::verify::test {

using crypto::test::read_file;
using crypto::test::TempDir;
using crypto::test::write_file;

/// What the program said; `answer` is its JSON.
struct Outcome {
    int code = -1;
    std::string out;
    std::string err;
    json::Value answer;
};

Outcome run_plain(std::vector<std::string> const& arguments, std::string const& locale = "C",
                  bool terminal = false);
/// With --json.
Outcome run_json(std::vector<std::string> arguments);

void expect_proven(Outcome const& outcome);
void expect_refuted(Outcome const& outcome, std::string_view code);
void expect_not_checked(Outcome const& outcome, std::string_view code);
/// That nothing is said where a file was not what was asked for: nothing in it, a page, a refusal of a
/// server, or what it should be in another encoding. The file is good again afterwards.
void expect_not_checked_in_place_of(std::filesystem::path const& file, std::function<Outcome()> const& check);
/// Whether one of the clauses in that list of the answer holds the words.
bool tells(Outcome const& outcome, std::string_view list, std::string_view words);

/// Changes one bit of a file.
void flip(std::filesystem::path const& path, std::size_t at);
/// Puts `now` in the place of the first `was`, which must be there.
std::string replaced(std::string text, std::string_view was, std::string_view now);
void replace_in(std::filesystem::path const& path, std::string_view was, std::string_view now);

/// A log in a directory, made by the definitions of RFC 6962 and C2SP tlog-tiles without the writer's code.
class TestLog {
  public:
    explicit TestLog(std::filesystem::path directory, std::string name = "sponsio.example/log/1");

    /// Gives the index.
    std::uint64_t add(std::string entry);

    std::uint64_t add(crypto::LogEntry const& entry) { return add(entry.text()); }

    /// Commitments until there are so many entries.
    void fill(std::uint64_t size);

    /// Writes all tiles, bundles and the checkpoint of the present size, which it gives too.
    std::string publish();
    /// The checkpoint of another size or root, signed well.
    [[nodiscard]] std::string checkpoint(std::uint64_t size) const;
    [[nodiscard]] std::string signed_head(std::uint64_t size, crypto::Digest const& root) const;
    [[nodiscard]] std::string proof(std::uint64_t index) const;

    [[nodiscard]] std::string const& entry(std::uint64_t index) const { return entries_.at(index); }

    [[nodiscard]] std::string vkey() const { return verifier_.vkey(); }

    [[nodiscard]] std::filesystem::path path(std::string_view name) const { return directory_ / name; }

    [[nodiscard]] std::string place() const { return directory_.string(); }

    /// Another log's key under the same name.
    [[nodiscard]] static std::string foreign_vkey();

    void set_cosigner(crypto::Signer const* witness) { witness_ = witness; }

  private:
    [[nodiscard]] crypto::test::NaiveTree const& tree() const;

    std::filesystem::path directory_;
    std::string name_;
    crypto::KeySigner signer_;
    crypto::NoteVerifier verifier_;
    crypto::Signer const* witness_ = nullptr;
    std::vector<std::string> entries_;
    mutable std::optional<crypto::test::NaiveTree> tree_;
};

inline constexpr char const* origin = "sponsio.example/log/1";
inline constexpr char const* witness_name = "witness.example";

}  // namespace sponsio::verify::test
