#pragma once

#include "server/base/fault.hpp"

#include <memory>
#include <string_view>

namespace sponsio::sheet {

/// The attributes of one element.
class XmlAttributes {
  public:
    explicit XmlAttributes(char const** pairs) : pairs_(pairs) {}

    /// The value of that attribute, whatever its prefix; empty if there is none.
    [[nodiscard]] std::string_view get(std::string_view name) const;

  private:
    char const** pairs_;
};

/// What a document is made of, in its order. Names come without their prefix.
class XmlListener {
  public:
    virtual void begin(std::string_view name, XmlAttributes const& attributes) = 0;
    virtual void end(std::string_view name) = 0;
    virtual void text(std::string_view piece) = 0;

  protected:
    ~XmlListener() = default;
};

/// Reads XML piece by piece (expat). A document type is refused, so there are no entities to expand and
/// nothing of others to fetch; so are elements within more than 64 others.
class XmlReader {
  public:
    explicit XmlReader(XmlListener& listener);

    /// Refused with problem::malformed; afterwards the reader is of no more use.
    Outcome<void> feed(std::string_view piece, bool last);

    struct State;  ///< of expat

  private:
    struct Free {
        void operator()(State* state) const noexcept;
    };

    std::unique_ptr<State, Free> state_;
};

}  // namespace sponsio::sheet
