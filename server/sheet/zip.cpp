#include "server/sheet/zip.hpp"

#include <stdexcept>
#include <utility>
#include <zip.h>

namespace sponsio::sheet {
namespace {

constexpr zip_int64_t most_parts = 2'000;

Fault no_workbook() {
    return fault(
        problem::malformed,
        "This is no .xlsx workbook, or it is broken or has a password. Save it as .xlsx without a password "
        "and send it again.",
        "文件不是 .xlsx 工作簿，或已损坏、已加密。请另存为不带密码的 .xlsx 后重新提交。");
}

Fault part_too_large() {
    return fault(problem::too_large, "This workbook is too large when unpacked; split it into several files.",
                 "工作簿解压后过大，请拆分为多个文件。");
}

struct Discard {
    void operator()(zip_source* source) const noexcept { zip_source_free(source); }
};

}  // namespace

void ZipPart::Close::operator()(zip_file* file) const noexcept {
    zip_fclose(file);
}

Outcome<std::string_view> ZipPart::next(std::uint64_t limit) {
    zip_int64_t const got = zip_fread(file_.get(), buffer_.data(), buffer_.size());
    if (got < 0) return no_workbook();
    read_ += static_cast<std::uint64_t>(got);
    if (read_ > limit) return part_too_large();
    return std::string_view(buffer_.data(), static_cast<std::size_t>(got));
}

void ZipArchive::Close::operator()(zip* archive) const noexcept {
    zip_discard(archive);
}

Outcome<ZipArchive> ZipArchive::open(std::string bytes) {
    auto kept = std::make_unique<std::string>(std::move(bytes));
    std::unique_ptr<zip_source, Discard> source(
        zip_source_buffer_create(kept->data(), kept->size(), 0, nullptr));
    if (!source) throw std::bad_alloc();
    zip* const archive = zip_open_from_source(source.get(), ZIP_RDONLY, nullptr);
    if (!archive) return no_workbook();
    (void)source.release();  // it belongs to the archive now
    ZipArchive opened(std::move(kept), archive);
    if (zip_get_num_entries(archive, 0) > most_parts) return no_workbook();
    return opened;
}

bool ZipArchive::has(std::string const& name) const {
    return zip_name_locate(archive_.get(), name.c_str(), 0) >= 0;
}

Outcome<ZipPart> ZipArchive::part(std::string const& name) {
    zip_file* const file = zip_fopen(archive_.get(), name.c_str(), 0);
    if (!file) return no_workbook();
    return ZipPart(file);
}

std::string zip_of(std::vector<std::pair<std::string, std::string>> const& parts) {
    std::unique_ptr<zip_source, Discard> target(zip_source_buffer_create(nullptr, 0, 0, nullptr));
    if (!target) throw std::bad_alloc();
    zip_source_keep(target.get());  // for reading what was written
    zip* const archive = zip_open_from_source(target.get(), ZIP_TRUNCATE, nullptr);
    if (!archive) throw std::logic_error("no archive in memory");
    for (auto const& [name, content] : parts) {
        zip_source* const part = zip_source_buffer(archive, content.data(), content.size(), 0);
        zip_int64_t const index = part ? zip_file_add(archive, name.c_str(), part, ZIP_FL_ENC_UTF_8) : -1;
        if (index < 0) throw std::logic_error("no part in an archive");
        zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), 0, 0);  // the same bytes every time
    }
    if (zip_close(archive) != 0) throw std::logic_error("an archive in memory is not written");
    std::string bytes;
    if (zip_source_open(target.get()) != 0) throw std::logic_error("an archive in memory is not read");
    char buffer[16384];
    for (zip_int64_t got = 0; (got = zip_source_read(target.get(), buffer, sizeof buffer)) > 0;)
        bytes.append(buffer, static_cast<std::size_t>(got));
    zip_source_close(target.get());
    return bytes;
}

}  // namespace sponsio::sheet
