#include "tests/unit/verify/world.hpp"

#include "crypto/log/checkpoint.hpp"
#include "crypto/log/tile.hpp"
#include "crypto/log/tlog_proof.hpp"
#include "crypto/verify/cli.hpp"

#include <sstream>

namespace sponsio::verify::test {

using crypto::Algorithm;
using crypto::Digest;
using crypto::KeySigner;
using crypto::PrivateKey;

Outcome run_plain(std::vector<std::string> const& arguments, std::string const& locale, bool terminal) {
    std::ostringstream out;
    std::ostringstream err;
    int const code = run(arguments, locale, out, err, terminal);
    return {code, out.str(), err.str(), {}};
}

Outcome run_json(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    Outcome outcome = run_plain(arguments);
    outcome.answer = json::parse(outcome.out).value();
    return outcome;
}

void expect_proven(Outcome const& outcome) {
    EXPECT_EQ(outcome.code, 0) << outcome.out;
    EXPECT_TRUE(outcome.answer.at("ok").as_bool());
    EXPECT_EQ(outcome.answer.at("verdict").as_string(), "proven");
    EXPECT_FALSE(outcome.answer.find("proven") == nullptr || outcome.answer.at("proven").as_array().empty());
    EXPECT_EQ(outcome.err, "");
}

namespace {

void expect_failed(Outcome const& outcome, int code, std::string_view verdict, std::string_view word) {
    EXPECT_EQ(outcome.code, code) << outcome.out;
    EXPECT_FALSE(outcome.answer.at("ok").as_bool());
    EXPECT_EQ(outcome.answer.at("verdict").as_string(), verdict);
    EXPECT_EQ(outcome.answer.find("proven"), nullptr);
    json::Value const* const said = outcome.answer.find("code");
    ASSERT_NE(said, nullptr) << outcome.out;
    EXPECT_EQ(said->as_string(), word) << outcome.out;
    EXPECT_TRUE(outcome.answer.at("error").as_string().ends_with('.')) << outcome.out;
}

}  // namespace

void expect_refuted(Outcome const& outcome, std::string_view code) {
    expect_failed(outcome, 1, "refuted", code);
}

void expect_not_checked(Outcome const& outcome, std::string_view code) {
    expect_failed(outcome, 2, "not_checked", code);
}

void expect_not_checked_in_place_of(std::filesystem::path const& file,
                                    std::function<Outcome()> const& check) {
    std::string const good = read_file(file);
    std::string utf16 = "\xFF\xFE";
    for (char const c : good) utf16.append(1, c).append(1, '\0');
    for (std::string const& instead :
         {std::string(), std::string("<html><body>502 Bad Gateway</body></html>"),
          std::string(R"({"type":"urn:sponsio:problem:token-expired","title":"x","status":401})"),
          "\xEF\xBB\xBF" + good, utf16}) {
        write_file(file, instead);
        Outcome const outcome = check();
        EXPECT_EQ(outcome.code, 2) << file << " is '" << instead.substr(0, 40) << "': " << outcome.out;
        EXPECT_EQ(outcome.answer.at("verdict").as_string(), "not_checked");
        EXPECT_EQ(outcome.answer.at("error").as_string().find("genuine"), std::string::npos) << outcome.out;
    }
    write_file(file, good);
}

bool tells(Outcome const& outcome, std::string_view list, std::string_view words) {
    for (json::Value const& clause : outcome.answer.at(list).as_array())
        if (clause.as_string().find(words) != std::string::npos) return true;
    return false;
}

void flip(std::filesystem::path const& path, std::size_t at) {
    std::string bytes = read_file(path);
    bytes.at(at) = static_cast<char>(bytes.at(at) ^ 1);
    write_file(path, bytes);
}

std::string replaced(std::string text, std::string_view was, std::string_view now) {
    auto const at = text.find(was);
    if (at == std::string::npos) throw std::invalid_argument("nothing to replace");
    return text.replace(at, was.size(), now);
}

void replace_in(std::filesystem::path const& path, std::string_view was, std::string_view now) {
    write_file(path, replaced(read_file(path), was, now));
}

TestLog::TestLog(std::filesystem::path directory, std::string name)
    : directory_(std::move(directory)),
      name_(std::move(name)),
      signer_(PrivateKey::generate(Algorithm::ed25519)),
      verifier_(name_, signer_.public_key()) {
    std::filesystem::create_directories(directory_);
    write_file(path("vkey"), vkey() + "\n");
}

std::uint64_t TestLog::add(std::string entry) {
    entries_.push_back(std::move(entry));
    tree_.reset();
    return entries_.size() - 1;
}

void TestLog::fill(std::uint64_t size) {
    while (entries_.size() < size) {
        Digest const digest = crypto::sha256(as_bytes(std::to_string(entries_.size())));
        add(crypto::LogEntry{"commitment", "2026-03-02T01:00:06.547936Z", digest});
    }
}

crypto::test::NaiveTree const& TestLog::tree() const {
    if (!tree_) {
        std::vector<Digest> leaves;
        for (std::string const& entry : entries_) leaves.push_back(crypto::leaf_hash(as_bytes(entry)));
        tree_.emplace(std::move(leaves));
    }
    return *tree_;
}

std::string TestLog::publish() {
    auto const write = [this](crypto::TilePath const& tile, Bytes const& bytes) {
        std::filesystem::create_directories(path(tile.text()).parent_path());
        write_file(path(tile.text()), as_text(bytes));
    };
    std::uint64_t const size = entries_.size();
    for (unsigned level = 0; level != crypto::tile_levels && size >> (8 * level) != 0; ++level)
        for (std::uint64_t index = 0; unsigned const width = crypto::tile_width_at(level, index, size);
             ++index) {
            Bytes hashes;
            Bytes bundle;
            for (std::uint64_t i = 256 * index; i != 256 * index + width; ++i) {
                Digest const hash = tree().hash(i << (8 * level), (i + 1) << (8 * level));
                hashes.insert(hashes.end(), hash.begin(), hash.end());
                if (level == 0) crypto::append_entry(bundle, as_bytes(entries_[i]));
            }
            write({false, {level, index, width}}, hashes);
            if (level == 0) write({true, {level, index, width}}, bundle);
        }
    std::string const head = checkpoint(size);
    write_file(path("checkpoint"), head);
    return head;
}

std::string TestLog::checkpoint(std::uint64_t size) const {
    return signed_head(size, tree().root(size));
}

std::string TestLog::signed_head(std::uint64_t size, Digest const& root) const {
    std::string const text = crypto::Checkpoint{name_, size, root}.text();
    crypto::Note note{text, {crypto::sign_note(text, name_, signer_)}};
    if (witness_)
        note.signatures.push_back(crypto::cosign_note(
            text, witness_name, *witness_, std::chrono::sys_seconds(std::chrono::seconds(1'772'413'300))));
    return note.serialise();
}

std::string TestLog::proof(std::uint64_t index) const {
    std::uint64_t const size = entries_.size();
    return crypto::TlogProof{
        .index = index, .hashes = tree().path(index, 0, size), .checkpoint = checkpoint(size)}
        .text();
}

std::string TestLog::foreign_vkey() {
    return crypto::NoteVerifier(origin, KeySigner(PrivateKey::generate(Algorithm::ed25519)).public_key())
        .vkey();
}

}  // namespace sponsio::verify::test
