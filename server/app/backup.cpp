#include "server/app/backup.hpp"

#include "crypto/digest.hpp"
#include "crypto/durable_file.hpp"
#include "crypto/keys/store.hpp"
#include "reference/front/files.hpp"
#include "text/bytes.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <unistd.h>

namespace sponsio::app {
namespace {

namespace fs = std::filesystem;

constexpr char const* format = "sponsio-backup/1";

Fault not_a_backup(fs::path const& directory, std::string const& why) {
    return fault(problem::invalid,
                 directory.string() + " is not a whole backup: " + why + " Nothing was changed.",
                 directory.string() + " 不是完整的备份：" + why + " 未作任何改动。");
}

struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const noexcept { ::EVP_MD_CTX_free(context); }
};

/// SHA-256 of what is too large to be held.
class RunningDigest {
  public:
    RunningDigest() : context_(::EVP_MD_CTX_new()) {
        ::EVP_DigestInit_ex(context_.get(), ::EVP_sha256(), nullptr);
    }

    void add(char const* bytes, std::size_t count) { ::EVP_DigestUpdate(context_.get(), bytes, count); }

    std::string hex() {
        std::array<std::uint8_t, 32> digest{};
        ::EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
        return to_hex(digest);
    }

  private:
    std::unique_ptr<EVP_MD_CTX, FreeDigest> context_;
};

/// A place inside the backup and nowhere else.
bool is_inside(std::string const& path) {
    fs::path const plain = fs::path(path).lexically_normal();
    return !path.empty() && plain.is_relative() && *plain.begin() != "..";
}

BackupFile file_of(json::Object const& line) {
    BackupFile file;
    if (auto const* path = line.find("path"); path && path->is_string()) file.path = path->as_string();
    if (auto const* size = line.find("size"); size && size->is_int())
        file.size = static_cast<std::uint64_t>(size->as_int());
    if (auto const* digest = line.find("sha256"); digest && digest->is_string())
        file.sha256 = digest->as_string();
    return file;
}

std::string text_at(json::Object const& object, std::string_view key) {
    auto const* value = object.find(key);
    return value && value->is_string() ? value->as_string() : "";
}

}  // namespace

std::string BackupManifest::text() const {
    json::Array lines;
    for (BackupFile const& file : files)
        lines.push_back(json::Object{
            {"path", file.path}, {"size", static_cast<std::int64_t>(file.size)}, {"sha256", file.sha256}});
    return json::write(json::Object{{"format", format},
                                    {"version", version},
                                    {"made_at", made_at},
                                    {"heads", heads},
                                    {"files", std::move(lines)}}) +
           "\n";
}

Outcome<BackupManifest> BackupManifest::read(fs::path const& directory) {
    auto const text = front::read_file(directory / manifest_name);
    if (!text) return not_a_backup(directory, "it has no manifest.json, which is written last.");
    auto const json = json::parse(*text);
    json::Object const* const object = json ? json->if_object() : nullptr;
    if (!object || text_at(*object, "format") != format)
        return not_a_backup(directory, "its manifest.json is not of the format " + std::string(format) + ".");
    BackupManifest manifest{.version = text_at(*object, "version"),
                            .made_at = text_at(*object, "made_at"),
                            .heads = {},
                            .files = {}};
    auto const* heads = object->find("heads");
    auto const* files = object->find("files");
    if (!heads || !heads->is_array() || !files || !files->is_array())
        return not_a_backup(directory, "its manifest.json lacks heads or files.");
    manifest.heads = heads->as_array();
    for (json::Value const& line : files->as_array()) {
        BackupFile const file = line.if_object() ? file_of(*line.if_object()) : BackupFile{};
        if (!is_inside(file.path))
            return not_a_backup(directory, "its manifest.json names a file outside of it.");
        manifest.files.push_back(file);
    }
    if (std::ranges::find(manifest.files, dump_name, &BackupFile::path) == manifest.files.end())
        return not_a_backup(directory, "its manifest.json names no database.");
    return manifest;
}

Outcome<BackupFile> describe(fs::path const& directory, std::string const& path) {
    std::ifstream in(directory / path, std::ios::binary);
    BackupFile file{.path = path, .size = 0, .sha256 = {}};
    RunningDigest digest;
    std::array<char, 65536> part{};
    while (in.read(part.data(), part.size()) || in.gcount() > 0) {
        digest.add(part.data(), static_cast<std::size_t>(in.gcount()));
        file.size += static_cast<std::uint64_t>(in.gcount());
    }
    if (!in.is_open() || in.bad())
        return fault(problem::unavailable, "Cannot read " + (directory / path).string() + ".",
                     "无法读取 " + (directory / path).string() + "。");
    file.sha256 = digest.hex();
    return file;
}

Outcome<void> verify(fs::path const& directory, BackupManifest const& manifest) {
    for (BackupFile const& wanted : manifest.files) {
        auto const there = describe(directory, wanted.path);
        if (!there) return not_a_backup(directory, wanted.path + " is missing or cannot be read.");
        if (there->size != wanted.size || there->sha256 != wanted.sha256)
            return not_a_backup(directory, wanted.path + " is not what was written into it.");
    }
    return {};
}

Outcome<void> copy_private(fs::path const& from, fs::path const& to) {
    auto const text = front::read_file(from);
    if (!text) return text.error();
    if (auto written = crypto::write_private_file(to, *text); !written)
        return front::unusable(to, written.error());
    return {};
}

std::vector<std::string> key_files(fs::path const& keys) {
    std::vector<std::string> names;
    for (auto const& entry : fs::directory_iterator(keys)) {
        std::string const name = entry.path().filename().string();
        if (entry.is_regular_file() && !name.ends_with("lock") && name != crypto::sealing_keys_name)
            names.push_back(name);
    }
    std::ranges::sort(names, {},
                      [](std::string const& name) { return std::pair(name != "manifest.json", name); });
    return names;
}

Outcome<fs::path> sealing_copy(fs::path const& folder, fs::path const& keys) {
    auto const text = front::read_file(keys / manifest_name);
    if (!text) return text.error();
    auto const manifest = json::parse(*text);
    json::Value const* const derived = manifest ? manifest->find("kdf") : nullptr;
    json::Value const* const salt = derived ? derived->find("salt") : nullptr;
    if (!salt || !salt->is_string())
        return fault(problem::invalid, (keys / manifest_name).string() + " is damaged.",
                     (keys / manifest_name).string() + " 已损坏。");
    auto const digest = crypto::sha256(as_bytes(salt->as_string()));
    return folder / ("sealing-" + to_hex(ByteView(digest).first(6)) + ".json");
}

bool has_sealing_keys_within(fs::path const& keys) {
    auto const text = front::read_file(keys / manifest_name);
    auto const manifest = text ? json::parse(*text) : Result<json::Value>(json::Value());
    json::Value const* const secrets = manifest ? manifest->find("secrets") : nullptr;
    if (!secrets || !secrets->is_array()) return false;
    return std::ranges::any_of(secrets->as_array(), [](json::Value const& secret) {
        json::Value const* const purpose = secret.find("purpose");
        return purpose && *purpose == json::Value("sealing");
    });
}

}  // namespace sponsio::app
