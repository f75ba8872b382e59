#include "text/bytes.hpp"
#include "text/json.hpp"
#include "text/json_text.hpp"

#include <algorithm>
#include <charconv>

namespace sponsio::json {
namespace {

void write_escape(char c, std::string& out) {
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        case '\0': throw Failure("a string for JSON holds U+0000");
        default: break;
    }
    if (static_cast<std::uint8_t>(c) >= 0x20) throw Failure("a string for JSON is not UTF-8");
    out += "\\u00";
    append_hex(out, static_cast<std::uint8_t>(c));
}

void write_int(std::int64_t value, std::string& out) {
    char text[20];
    auto const end = std::to_chars(std::begin(text), std::end(text), value).ptr;
    out.append(text, end);
}

/// A byte's place in the order of UTF-16 code units (RFC 8785 §3.2.3). It is the order of UTF-8 but for
/// U+E000..U+FFFF (lead bytes EE, EF), which come after the surrogates of what lies beyond (F0..F4).
unsigned utf16_rank(char c) {
    auto const byte = static_cast<std::uint8_t>(c);
    return byte == 0xEE || byte == 0xEF ? byte + 0x10U : byte;
}

bool utf16_less(std::string_view a, std::string_view b) {
    auto const [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (x == a.end() || y == b.end()) return x == a.end() && y != b.end();
    return utf16_rank(*x) < utf16_rank(*y);
}

class Writer {
  public:
    Writer(std::string& out, bool canonical) : out_(out), canonical_(canonical) {}

    void value(Value const& v) {
        switch (v.kind()) {
            case Kind::null: out_ += "null"; break;
            case Kind::boolean: out_ += *v.if_bool() ? "true" : "false"; break;
            case Kind::integer: integer(*v.if_int()); break;
            case Kind::string: write_string(*v.if_string(), out_); break;
            case Kind::array: array(*v.if_array()); break;
            case Kind::object: object(*v.if_object()); break;
        }
    }

  private:
    void integer(std::int64_t value) {
        if (canonical_ && (value > max_safe_integer || value < -max_safe_integer))
            throw Failure("an integer is too large for canonical JSON");
        write_int(value, out_);
    }

    void array(Array const& items) {
        out_ += '[';
        for (std::size_t i = 0; i != items.size(); ++i) {
            if (i != 0) out_ += ',';
            value(items[i]);
        }
        out_ += ']';
    }

    void object(Object const& o) {
        auto const by_key = [](Member const& a, Member const& b) { return utf16_less(a.key, b.key); };
        out_ += '{';
        if (!canonical_ || std::is_sorted(o.begin(), o.end(), by_key)) {
            for (Member const& m : o) member(m, &m != o.begin());
        } else {
            std::vector<Member const*> sorted;
            sorted.reserve(o.size());
            for (Member const& m : o) sorted.push_back(&m);
            std::sort(sorted.begin(), sorted.end(),
                      [&](Member const* a, Member const* b) { return by_key(*a, *b); });
            for (std::size_t i = 0; i != sorted.size(); ++i) member(*sorted[i], i != 0);
        }
        out_ += '}';
    }

    void member(Member const& m, bool comma) {
        if (comma) out_ += ',';
        write_string(m.key, out_);
        out_ += ':';
        value(m.value);
    }

    std::string& out_;
    bool canonical_;
};

}  // namespace

void write_string(std::string_view text, std::string& out) {
    out += '"';
    char const* at = text.data();
    char const* const end = at + text.size();
    for (;;) {
        char const* const stop = text::skip_plain(at, end);
        out.append(at, stop);
        if (stop == end) break;
        write_escape(*stop, out);
        at = stop + 1;
    }
    out += '"';
}

void write_any_string(std::string_view text, std::string& out) {
    out += '"';
    for (std::size_t i = 0; i < text.size();) {
        char const c = text[i];
        std::size_t const length = utf8_sequence(text, i);
        if (length == 0) {
            out += "\xEF\xBF\xBD";  // U+FFFD
            ++i;
            continue;
        }
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F) {
            out += "\\u00";
            append_hex(out, static_cast<std::uint8_t>(c));
        } else {
            out.append(text, i, length);
        }
        i += length;
    }
    out += '"';
}

void ObjectText::begin_member(std::string_view key) {
    if (text_.size() > 1) text_ += ',';
    write_string(key, text_);
    text_ += ':';
}

ObjectText& ObjectText::add(std::string_view key, Value const& value) {
    begin_member(key);
    write(value, text_);
    return *this;
}

ObjectText& ObjectText::add_string(std::string_view key, std::string_view value) {
    begin_member(key);
    write_string(value, text_);
    return *this;
}

ObjectText& ObjectText::add_written(std::string_view key, std::string_view json) {
    begin_member(key);
    text_ += json;
    return *this;
}

std::string ObjectText::take() && {
    text_ += '}';
    return std::move(text_);
}

void write(Value const& value, std::string& out) {
    Writer(out, false).value(value);
}

std::string write(Value const& value) {
    std::string out;
    write(value, out);
    return out;
}

std::string canonical(Value const& value) {
    std::string out;
    Writer(out, true).value(value);
    return out;
}

}  // namespace sponsio::json
