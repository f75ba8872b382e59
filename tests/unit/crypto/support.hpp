#pragma once

#include "crypto/random.hpp"
#include "tests/support/temp_dir.hpp"
#include "text/bytes.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::crypto::test {

using sponsio::TempDir;

/// Bytes that count up: every value differs from the ones before, and every run is the same.
class FixedEntropy final : public Entropy {
  public:
    explicit FixedEntropy(std::uint8_t first = 0) : next_(first) {}

    void fill(std::span<std::uint8_t> out) override {
        for (std::uint8_t& b : out) b = next_++;
    }

  private:
    std::uint8_t next_;
};

inline Bytes hex(std::string_view text) {
    auto bytes = from_hex(text);
    if (!bytes) throw std::invalid_argument("not hexadecimal");
    return *bytes;
}

inline std::string read_file(std::filesystem::path const& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

inline void write_file(std::filesystem::path const& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

/// A golden file, without its last line end.
inline std::string golden(std::string_view name) {
    std::string text = read_file(std::filesystem::path(SPONSIO_GOLDEN) / name);
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

/// The fields of every line of a golden table; "-" stands for an empty field.
inline std::vector<std::vector<std::string>> golden_table(std::string_view name) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(golden(name));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#')) continue;
        std::istringstream fields(line);
        auto& row = rows.emplace_back();
        for (std::string field; fields >> field;) row.push_back(field == "-" ? "" : field);
    }
    return rows;
}

}  // namespace sponsio::crypto::test
