#include "reference/platform/archive.hpp"

#include "reference/front/files.hpp"
#include "server/base/internal.hpp"

#include <algorithm>
#include <cstdio>

namespace sponsio::platform {
namespace {

using domain::Json;
using domain::JsonObject;

/// The suffix under which crypto::write_private_file writes before it renames.
constexpr std::string_view unfinished = ".new";

Json to_json(KeptBatch const& batch) {
    return JsonObject{{"received_at", to_rfc3339(batch.received_at)},
                      {"manifest", batch.bytes.manifest},
                      {"records", batch.bytes.records},
                      {"signature", to_base64(as_bytes(batch.bytes.signature))},
                      {"answer", batch.answer}};
}

Fault damaged(std::filesystem::path const& file, std::string const& what) {
    return fault(problem::internal,
                 "The received batch " + file.string() + " is damaged (" + what +
                     "). Restore it from a copy; it was complete when it was acknowledged.",
                 "已接收批次 " + file.string() + " 损坏（" + what + "），请从备份恢复。");
}

Outcome<KeptBatch> read_batch(std::filesystem::path const& file) {
    auto const text = front::read_file(file);
    if (!text) return text.error();
    auto const json = json::parse(*text, {.max_bytes = 8 * domain::batch_max_bytes});
    if (!json) return damaged(file, json.error().message);
    auto const member = [&](std::string_view name) -> std::string {
        Json const* value = json->find(name);
        return value && value->is_string() ? value->as_string() : std::string();
    };
    auto const at = parse_rfc3339(member("received_at"));
    auto const signature = from_base64(member("signature"));
    if (!at || !signature) return damaged(file, "a member is missing");
    return KeptBatch{{member("manifest"), member("records"), to_string(*signature)}, *at, member("answer")};
}

std::string file_name(std::uint64_t number, std::string const& batch_no) {
    char digits[24];
    std::snprintf(digits, sizeof digits, "%010llu-", static_cast<unsigned long long>(number));
    return digits + batch_no + ".json";
}

}  // namespace

Outcome<std::unique_ptr<Archive>> Archive::open(std::filesystem::path const& directory) {
    auto lock = front::claim(directory, "platform", "平台");
    if (!lock) return lock.error();
    if (auto made = front::make_private_directory(directory / "batches"); !made) return made.error();
    std::unique_ptr<Archive> archive(new Archive(directory, std::move(*lock)));
    if (auto read = archive->read_all(); !read) return read.error();
    return archive;
}

Outcome<void> Archive::read_all() {
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator(directory_ / "batches")) {
        // A crash between writing and renaming leaves such a file; no sender was told that its batch arrived.
        if (entry.path().extension() == unfinished)
            std::filesystem::remove(entry.path());
        else
            files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (auto const& file : files) {
        auto const batch = read_batch(file);
        if (!batch) return batch.error();
        if (auto indexed = index(*batch); !indexed) return damaged(file, indexed.error().cause);
        std::string const name = file.filename().string();
        std::string const number = name.substr(0, name.find('-'));
        if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos)
            return damaged(file, "its name has no number");
        files_[domain::BatchManifest::parse(batch->bytes.manifest)->batch_no] = file;
        next_ = std::stoull(number) + 1;
    }
    return {};
}

Outcome<std::optional<KeptBatch>> Archive::find(std::string const& batch_no) const {
    auto const file = files_.find(batch_no);
    if (file == files_.end()) return std::optional<KeptBatch>{};
    auto batch = read_batch(file->second);
    if (!batch) return batch.error();
    return std::optional(std::move(*batch));
}

Outcome<void> Archive::keep(KeptBatch const& batch) {
    auto const manifest = domain::BatchManifest::parse(batch.bytes.manifest);
    if (!manifest) return manifest.error();
    std::filesystem::path const file = directory_ / "batches" / file_name(next_, manifest->batch_no);
    if (auto written = crypto::write_private_file(file, json::write(to_json(batch))); !written) {
        // The sender is told of a failure, so the batch must not be found later.
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
        return front::unusable(file, written.error());
    }
    // After a crash from here on the batch is stored; a sender without an answer can ask for it.
    ++next_;
    files_[manifest->batch_no] = file;
    return index(batch);
}

Outcome<void> Archive::index(KeptBatch const& batch) {
    auto const wrong = [](char const* what) { return internal(what); };
    auto const manifest = domain::BatchManifest::parse(batch.bytes.manifest);
    auto const answer = domain::BatchAnswer::parse(batch.answer);
    auto const lines = domain::split_lines(batch.bytes.records);
    if (!manifest || !answer || !lines) return wrong("manifest, answer or lines cannot be read");
    if (crypto::sm3(as_bytes(batch.bytes.records)) != manifest->digest_sm3)
        return wrong("the lines have another digest");
    if (lines->size() != answer->records.size()) return wrong("the answer has another number of records");
    for (std::size_t i = 0; i != lines->size(); ++i) {
        std::string_view const text = (*lines)[i];
        auto const line = json::parse(text);
        if (!line) return wrong("a line cannot be read");
        domain::RecordVerdict const& verdict = answer->records[i];
        crypto::Digest const digest = crypto::sm3(as_bytes(text));
        bool const first =
            judged_.try_emplace({manifest->sender.uscc, verdict.record_no}, Judged{digest, verdict}).second;
        if (first && verdict.accepted)
            apply(*line, {.sender = manifest->sender.uscc,
                          .record_id = line->at("record_id").as_string(),
                          .batch_no = manifest->batch_no,
                          .record_no = verdict.record_no,
                          .commitment_code = line->at("commitment_code").as_string(),
                          .received_at = batch.received_at,
                          .digest_sm3 = digest});
    }
    return {};
}

void Archive::apply(Json const& line, Copy copy) {
    auto const op = domain::from_word<domain::ReportOp>(line.at("op").as_string());
    Key const key{copy.sender, copy.record_id};
    auto const held = position_of_.find(key);
    if (held != position_of_.end()) {
        copies_.erase(held->second);
        position_of_.erase(held);
    }
    if (op != domain::ReportOp::add && op != domain::ReportOp::change) return;
    position_of_[key] = ++last_position_;
    copies_.emplace(last_position_, std::move(copy));
}

Judged const* Archive::judged(std::string const& sender, std::string const& record_no) const {
    auto const found = judged_.find({sender, record_no});
    return found == judged_.end() ? nullptr : &found->second;
}

Copy const* Archive::copy(std::string const& sender, std::string const& record_id) const {
    auto const found = position_of_.find({sender, record_id});
    return found == position_of_.end() ? nullptr : &copies_.at(found->second);
}

std::vector<Archive::Place> Archive::copies_after(std::uint64_t position,
                                                  std::optional<std::string> const& commitment_code,
                                                  std::size_t limit) const {
    std::vector<Place> list;
    for (auto it = copies_.upper_bound(position); it != copies_.end() && list.size() != limit; ++it)
        if (!commitment_code || it->second.commitment_code == *commitment_code)
            list.push_back({it->first, &it->second});
    return list;
}

}  // namespace sponsio::platform
