#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio::sheet {

enum class Charset : unsigned char { utf8, gb18030 };

/// The character set that a Content-Type names ("text/csv; charset=gbk"); nothing if it names none. `known`
/// is false if it names another than these.
struct NamedCharset {
    std::optional<Charset> charset;
    bool known = true;
};

NamedCharset named_charset(std::string_view content_type);

/// Turns bytes of GB18030 (and so of GBK and GB2312) into UTF-8.
class Gb18030 {
  public:
    Gb18030();
    ~Gb18030();
    Gb18030(Gb18030&&) noexcept;
    Gb18030& operator=(Gb18030&&) noexcept;

    /// Nothing if the bytes are not GB18030.
    std::optional<std::string> to_utf8(std::string_view bytes);

  private:
    void* descriptor_;  ///< of iconv
};

/// Whether the bytes are UTF-8.
bool is_utf8(std::string_view bytes);

}  // namespace sponsio::sheet
