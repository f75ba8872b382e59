#pragma once

#include "server/base/fault.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sponsio::http {

/// The boundary of a multipart/form-data content type (RFC 7578, RFC 2046 §5.1.1); nothing for another type.
/// Fault: problem::invalid for one without a usable boundary.
Outcome<std::optional<std::string>> form_boundary(std::string_view content_type);

/// The one file of a form, read as its body arrives. A form with fields beside it, with several files or with
/// an encoded part is refused.
class FilePart {
  public:
    /// Gets the bytes of the file, in pieces.
    using Sink = std::function<Outcome<void>(std::string_view)>;

    FilePart(std::string_view boundary, Sink sink);

    Outcome<void> feed(std::string_view piece);
    /// At the end of the body. Fault: problem::malformed if the form is cut short.
    [[nodiscard]] Outcome<void> finish() const;

    /// As the sender's browser names it; empty: it gave none.
    [[nodiscard]] std::string const& name() const noexcept { return name_; }

    /// Empty: none was given.
    [[nodiscard]] std::string const& content_type() const noexcept { return type_; }

  private:
    enum class At { preamble, delimiter, headers, content, end };

    Outcome<bool> step();
    Outcome<bool> past_delimiter();
    Outcome<bool> read_headers();
    Outcome<bool> read_content();
    Outcome<void> take_header(std::string_view line);

    std::string delimiter_;  ///< with the line break before it
    Sink sink_;
    std::string buffer_;
    At at_ = At::preamble;
    bool has_file_ = false;
    std::string name_, type_;
};

}  // namespace sponsio::http
