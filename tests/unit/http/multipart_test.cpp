#include "server/http/multipart.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sponsio::http {
namespace {

struct Read {
    std::string said = "ok";  ///< slug of the refusal
    std::string bytes{}, name{}, type{};
};

/// The form, given in pieces of so many bytes.
Read read(std::string_view form, std::size_t step, std::string_view boundary = "XyZ") {
    Read result;
    FilePart part(boundary, [&](std::string_view piece) -> Outcome<void> {
        result.bytes += piece;
        return {};
    });
    Outcome<void> fed;
    for (std::size_t at = 0; at < form.size() && fed; at += step) fed = part.feed(form.substr(at, step));
    if (fed) fed = part.finish();
    if (!fed) result.said = fed.error().problem->slug;
    result.name = part.name();
    result.type = part.content_type();
    return result;
}

std::string form(std::string const& head, std::string const& bytes) {
    return "--XyZ\r\n" + head + "\r\n\r\n" + bytes + "\r\n--XyZ--\r\n";
}

std::string const file_head =
    "Content-Disposition: form-data; name=\"file\"; filename=\"现场照片.jpg\"\r\nContent-Type: image/jpeg";

TEST(Multipart, GivesTheBytesOfItsFileHoweverTheyArrive) {
    // With everything in it that looks like the beginning of a boundary.
    std::string const bytes = std::string("\0\r\n--Xy\r\n--X\r\r\n--XyY\xff", 21) + "\r\n\r\n--xyz";
    for (std::size_t step : std::vector<std::size_t>{1, 2, 3, 7, 64, 100'000}) {
        Read const got = read(form(file_head, bytes), step);
        EXPECT_EQ(got.said, "ok");
        EXPECT_EQ(got.bytes, bytes);
        EXPECT_EQ(got.name, "现场照片.jpg");
        EXPECT_EQ(got.type, "image/jpeg");
        EXPECT_EQ(read(form(file_head, ""), step).bytes, "");
        EXPECT_EQ(read("preamble\r\n" + form(file_head, "x") + "epilogue", step).bytes, "x");
    }
}

TEST(Multipart, ReadsNamesAsBrowsersWriteThem) {
    auto const name_of = [](std::string const& disposition) {
        return read(form("content-disposition: " + disposition, "x"), 1000).name;
    };
    EXPECT_EQ(name_of("form-data; name=\"f\"; filename=\"a%22b%0D%0A.txt\""), "a\"b\r\n.txt");
    EXPECT_EQ(name_of("form-data; filename=plain.txt; name=f"), "plain.txt");
    EXPECT_EQ(name_of("form-data; name=\"f;filename=x\"; filename=\"a\\\"b;c.txt\""), "a\"b;c.txt");
    EXPECT_EQ(name_of("form-data; name=f; filename=\"C:\\temp\\a.txt\""), "C:\\temp\\a.txt");
}

TEST(Multipart, OtherThanOneFileIsRefused) {
    std::string const field = "--XyZ\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nx\r\n";
    std::string const file = "--XyZ\r\n" + file_head + "\r\n\r\nx\r\n", end = "--XyZ--\r\n";
    EXPECT_EQ(read(field + file + end, 9).said, "invalid");
    EXPECT_EQ(read(file + field + end, 9).said, "invalid");
    EXPECT_EQ(read(file + file + end, 9).said, "invalid");
    EXPECT_EQ(read(end, 9).said, "invalid");
    EXPECT_EQ(read(form(file_head + "\r\nContent-Transfer-Encoding: base64", "eA=="), 9).said, "invalid");
}

TEST(Multipart, CutShortOrBrokenIsRefused) {
    std::string const whole = form(file_head, "x");
    for (std::size_t size = 0; size + 4 < whole.size(); ++size)
        EXPECT_NE(read(whole.substr(0, size), 11).said, "ok") << size;
    EXPECT_EQ(read("--XyZ\r\nno colon\r\n\r\nx\r\n--XyZ--", 11).said, "malformed");
    EXPECT_EQ(read("--XyZ trailing\r\n" + file_head + "\r\n\r\nx\r\n--XyZ--", 11).said, "malformed");
    EXPECT_EQ(read(std::string(100'000, 'x'), 1000).said, "malformed");
    EXPECT_EQ(read("--XyZ\r\nX: " + std::string(100'000, 'x'), 1000).said, "malformed");
}

TEST(Multipart, IsKnownByItsType) {
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=abc").value(), "abc");
    EXPECT_EQ(form_boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"").has_value(), false);
    EXPECT_EQ(form_boundary("multipart/form-data; boundary=\"a=b:c\"").value(), "a=b:c");
    EXPECT_EQ(form_boundary("image/jpeg").value(), std::nullopt);
    EXPECT_EQ(form_boundary("").value(), std::nullopt);
    EXPECT_FALSE(form_boundary("multipart/form-data"));
    EXPECT_FALSE(form_boundary("multipart/form-data; boundary=" + std::string(71, 'x')));
}

}  // namespace
}  // namespace sponsio::http
