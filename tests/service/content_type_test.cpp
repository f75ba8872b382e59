#include "server/service/evidence/content_type.hpp"

#include <gtest/gtest.h>

namespace sponsio::service {
namespace {

using namespace std::string_literals;

// The first bytes of files as their formats are published: ISO/IEC 10918 and JFIF, PNG, ISO 32000, TIFF 6.0,
// ISO/IEC 23008-12, ISO/IEC 14496-12, APPNOTE.TXT of ZIP.
std::string const jpeg = "\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xdb\0\x43"s;
std::string const png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"s;
std::string const pdf = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n";
std::string const tiff = "II*\0\x08\0\0\0\1\0\0\1\3\0\1\0\0\0\1\0\0\0\0\0\0\0"s;
std::string const heic = "\0\0\0\x18"s + "ftypheic\0\0\0\0mif1heic\0\0\0\0"s;
std::string const mp4 = "\0\0\0\x18"s + "ftypmp42\0\0\0\0mp42isom\0\0\0\x08"s;
std::string const ofd =
    "PK\3\4\x14\0\0\0\x08\0"s + std::string(16, '\0') + "\7\0\0\0OFD.xml<ofd/>"s + std::string(40, '\0');

TEST(ContentType, IsSeenInTheFirstBytes) {
    EXPECT_EQ(seen_type(jpeg), "image/jpeg");
    EXPECT_EQ(seen_type(png), "image/png");
    EXPECT_EQ(seen_type(pdf), "application/pdf");
    EXPECT_EQ(seen_type(tiff), "image/tiff");
    EXPECT_EQ(seen_type(heic), "image/heic");
    EXPECT_EQ(seen_type(mp4), "video/mp4");
    EXPECT_EQ(seen_type(ofd), "application/zip");
    EXPECT_EQ(seen_type("户籍档案调取记录"), "text/plain; charset=utf-8");
    EXPECT_EQ(seen_type("\1\2\3\xff\xfe\0\x9c"s), "application/octet-stream");
}

TEST(ContentType, AsDeclaredIsKept) {
    struct Case {
        std::string declared;
        std::string const& bytes;
    };

    std::string const text = "姓名,证件号\n", gbk = "\xd0\xd5\xc3\xfb";
    for (Case const& one : {Case{"image/jpeg", jpeg},
                            {"IMAGE/JPEG; q=1", jpeg},
                            {"image/pjpeg", jpeg},
                            {"image/png", png},
                            {"application/pdf", pdf},
                            {"image/tiff", tiff},
                            {"image/heif", heic},
                            {"video/quicktime", mp4},
                            {"application/ofd", ofd},
                            {"application/zip", ofd},
                            {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ofd},
                            {"text/csv; charset=utf-8", text},
                            {"text/plain", gbk},
                            {"application/x-invented", text}})
        EXPECT_EQ(settle_type(one.declared, one.bytes).value(), one.declared);
}

TEST(ContentType, IsWhatIsSeenWhereNothingIsDeclared) {
    EXPECT_EQ(settle_type("", heic).value(), "image/heic");
    EXPECT_EQ(settle_type("application/octet-stream", pdf).value(), "application/pdf");
}

TEST(ContentType, OfOtherBytesIsRefusedWithWhatIsSeen) {
    struct Case {
        char const* declared;
        std::string const& bytes;
        char const* seen;
    };

    std::string const text = "不是图片", page = "<!DOCTYPE html><html><script>alert(1)</script></html>",
                      binary = "\1\2\3\xff\xfe\0\x9c"s;
    for (Case const& one : {Case{"image/jpeg", png, "image/png"},
                            {"image/png", text, "text/plain"},
                            {"application/pdf", page, "text/html"},
                            {"text/plain", jpeg, "image/jpeg"},
                            {"text/plain", binary, "application/octet-stream"},
                            {"application/x-invented", pdf, "application/pdf"},
                            {"video/mp4", heic, "image/heic"},
                            {"application/ofd", pdf, "application/pdf"}}) {
        auto const refused = settle_type(one.declared, one.bytes);
        ASSERT_FALSE(refused) << one.declared;
        EXPECT_EQ(refused.error().fields.front().pointer, "header:Content-Type");
        EXPECT_NE(refused.error().detail.en.find(one.seen), std::string::npos) << refused.error().detail.en;
        EXPECT_NE(refused.error().detail.zh.find(one.seen), std::string::npos);
    }
}

}  // namespace
}  // namespace sponsio::service
