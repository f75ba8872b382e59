#include "tests/unit/http/house.hpp"
#include "tests/unit/http/peer.hpp"

namespace sponsio::http::test {
namespace {

struct Case {
    char const* name;
    char const* bytes;
};

/// Messages that two readers could understand in two ways: refused, and nothing after them is taken for a
/// request.
class Ambiguous : public testing::TestWithParam<Case> {};

TEST_P(Ambiguous, IsRefusedAndEndsTheConnection) {
    House const house;
    Peer peer(house.port());
    ASSERT_TRUE(peer.send(std::string(GetParam().bytes) + get("/things/smuggled")));
    std::string const all = peer.read_all();
    EXPECT_TRUE(all.starts_with("HTTP/1.1 400 ")) << all;
    EXPECT_EQ(all.find("smuggled"), std::string::npos) << all;
    EXPECT_EQ(all.find("HTTP/1.1", 1), std::string::npos) << all;
}

#define POST_ECHO "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"

INSTANTIATE_TEST_SUITE_P(
    Messages, Ambiguous,
    testing::Values(
        Case{"LengthThenChunked",
             POST_ECHO "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Case{"ChunkedThenLength",
             POST_ECHO "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
        Case{"TwoLengths", POST_ECHO "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"},
        Case{"TheSameLengthTwice", POST_ECHO "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
        Case{"AListOfLengths", POST_ECHO "Content-Length: 5, 5\r\n\r\nhello"},
        Case{"SignedLength", POST_ECHO "Content-Length: +5\r\n\r\nhello"},
        Case{"NegativeLength", POST_ECHO "Content-Length: -5\r\n\r\nhello"},
        Case{"HexadecimalLength", POST_ECHO "Content-Length: 0x5\r\n\r\nhello"},
        Case{"EmptyLength", POST_ECHO "Content-Length: \r\n\r\nhello"},
        Case{"OverflowingLength", POST_ECHO "Content-Length: 18446744073709551617\r\n\r\nh"},
        Case{"OtherCoding", POST_ECHO "Transfer-Encoding: gzip\r\n\r\n"},
        Case{"TwoCodings", POST_ECHO "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
        Case{"ChunkedTwice",
             POST_ECHO "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Case{"ChunkedNotLast", POST_ECHO "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"},
        Case{"QuotedCoding", POST_ECHO "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
        Case{"ChunkedInHttp10", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Case{"BlankBeforeColon", POST_ECHO "Content-Length : 5\r\n\r\nhello"},
        Case{"BadChunkSize", POST_ECHO "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"},
        Case{"NoLineAfterChunk", POST_ECHO "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX0\r\n\r\n"},
        Case{"HugeChunkSize", POST_ECHO "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n"},
        Case{"LengthAsTrailer", POST_ECHO "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n"},
        Case{"NoHost", "GET /things/1 HTTP/1.1\r\n\r\n"},
        Case{"TwoHosts", "GET /things/1 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
        Case{"BareLineFeeds", "GET /things/1 HTTP/1.1\nHost: h\n\n"},
        Case{"OtherProtocol", "GET /things/1 HTTP/2.0\r\nHost: h\r\n\r\n"},
        Case{"NoProtocol", "GET /things/1\r\nHost: h\r\n\r\n"},
        Case{"ControlInHeader", "GET /things/1 HTTP/1.1\r\nHost: h\r\nX: a\x01z\r\n\r\n"},
        Case{"DotSegments", "GET /things/../echo HTTP/1.1\r\nHost: h\r\n\r\n"},
        Case{"EncodedSlash", "GET /things%2F1 HTTP/1.1\r\nHost: h\r\n\r\n"}),
    [](auto const& test) { return test.param.name; });

}  // namespace
}  // namespace sponsio::http::test
