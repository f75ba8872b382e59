#include "server/db/array.hpp"

#include <stdexcept>

namespace sponsio::db {
namespace {

void append_quoted(std::string& out, std::string_view element) {
    if (element.find('\0') != std::string_view::npos) throw std::invalid_argument("text with a NUL");
    out += '"';
    for (char c : element) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

/// One element, quoted or bare, and what follows it.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool accept(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect(char wanted) {
        if (!accept(wanted)) throw std::invalid_argument("not an array literal");
    }

    std::optional<std::string> element() {
        if (accept('"')) return quoted();
        std::string const bare(rest_.substr(0, rest_.find_first_of(",}{\"\\")));
        if (bare.empty()) throw std::invalid_argument("not a one-dimensional array literal");
        rest_.remove_prefix(bare.size());
        if (bare == "NULL") return std::nullopt;
        return bare;
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    std::string quoted() {
        std::string out;
        while (!accept('"')) {
            accept('\\');
            if (rest_.empty()) throw std::invalid_argument("an array element without its closing quote");
            out += rest_.front();
            rest_.remove_prefix(1);
        }
        return out;
    }

    std::string_view rest_;
};

}  // namespace

std::string array_literal(std::vector<std::string> const& elements) {
    std::string out = "{";
    for (auto const& element : elements) {
        if (out.size() > 1) out += ',';
        append_quoted(out, element);
    }
    return out += '}';
}

std::string array_literal(std::vector<std::optional<std::string>> const& elements) {
    std::string out = "{";
    for (auto const& element : elements) {
        if (out.size() > 1) out += ',';
        if (element)
            append_quoted(out, *element);
        else
            out += "NULL";
    }
    return out += '}';
}

std::vector<std::optional<std::string>> parse_array(std::string_view literal) {
    Reader reader(literal);
    std::vector<std::optional<std::string>> elements;
    reader.expect('{');
    if (!reader.accept('}')) {
        do elements.push_back(reader.element());
        while (reader.accept(','));
        reader.expect('}');
    }
    if (!reader.at_end()) throw std::invalid_argument("text after an array literal");
    return elements;
}

}  // namespace sponsio::db
