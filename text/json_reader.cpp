#include "text/json.hpp"
#include "text/json_text.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace sponsio::json {

/// Reads one text by recursive descent. A function that returns false has left the reason in `error_`; on the
/// way out every container adds its step to the pointer, so that reading well costs nothing for it.
class JsonReader {
  public:
    JsonReader(std::string_view text, Limits const& limits)
        : begin_(text.data()),
          at_(text.data()),
          end_(text.data() + text.size()),
          limits_(limits),
          max_depth_(std::min(limits.max_depth, deepest)) {}

    Result<Value> read() {
        Value out;
        if (whole(out)) return out;
        for (auto step = steps_.rbegin(); step != steps_.rend(); ++step)
            error_.where = pointer_step(error_.where, *step);
        return std::move(error_);
    }

  private:
    /// Bounds the recursion whatever the limits say.
    static constexpr unsigned deepest = 512;

    struct Pending {
        Member member;
        std::size_t offset;
    };

    bool fail(std::string_view code, char const* message, char const* at) {
        error_ = {.code = code, .message = message, .offset = static_cast<std::size_t>(at - begin_)};
        return false;
    }

    bool unexpected() {
        if (at_ == end_) return fail(error::syntax, "The JSON text ends too early.", at_);
        return fail(error::syntax, "This character cannot stand here.", at_);
    }

    void skip_space() {
        while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
    }

    /// Takes the character if it comes next, after white space.
    bool take(char c) {
        skip_space();
        if (at_ == end_ || *at_ != c) return false;
        ++at_;
        return true;
    }

    bool whole(Value& out) {
        if (static_cast<std::size_t>(end_ - begin_) > limits_.max_bytes)
            return fail(error::too_large, "The JSON text is too large.", begin_ + limits_.max_bytes);
        if (std::string_view(begin_, end_).starts_with("\xEF\xBB\xBF"))
            return fail(error::byte_order_mark, "JSON does not start with a byte order mark.", at_);
        if (!value(out)) return false;
        skip_space();
        return at_ == end_ || fail(error::trailing_data, "Something follows the JSON value.", at_);
    }

    bool value(Value& out) {
        skip_space();
        if (at_ == end_) return unexpected();
        if (++values_ > limits_.max_values)
            return fail(error::too_many_values, "The JSON text has too many values.", at_);
        switch (*at_) {
            case '{': return object(out);
            case '[': return array(out);
            case '"': return string(out.data_.emplace<std::string>());
            case 't': return literal("true", out, true);
            case 'f': return literal("false", out, false);
            case 'n': return literal("null", out, nullptr);
            default: return number(out);
        }
    }

    bool literal(std::string_view word, Value& out, Value meaning) {
        if (!std::string_view(at_, end_).starts_with(word)) return unexpected();
        at_ += word.size();
        out = std::move(meaning);
        return true;
    }

    bool number(Value& out) {
        char const* const start = at_;
        bool const negative = *at_ == '-';
        if (negative) ++at_;
        if (at_ == end_ || *at_ < '0' || *at_ > '9') return unexpected();
        auto const largest = static_cast<std::uint64_t>(limits_.max_integer);
        std::uint64_t magnitude = 0;
        bool fits = true;
        char const* const digits = at_;
        for (; at_ != end_ && *at_ >= '0' && *at_ <= '9'; ++at_) {
            auto const digit = static_cast<std::uint64_t>(*at_ - '0');
            fits = fits && (magnitude < largest / 10 || (magnitude == largest / 10 && digit <= largest % 10));
            magnitude = magnitude * 10 + digit;
        }
        if (*digits == '0' && at_ - digits > 1)
            return fail(error::syntax, "A number does not start with a zero.", start);
        if ((at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) || (negative && *digits == '0'))
            return fail(error::number_not_integer, "Only integers are taken here.", start);
        if (!fits) return fail(error::number_too_large, "The number is too large.", start);
        auto const amount = static_cast<std::int64_t>(magnitude);
        out.data_ = negative ? -amount : amount;
        return true;
    }

    bool string(std::string& out) {
        ++at_;
        char const* run = at_;
        for (;;) {
            at_ = text::skip_plain(at_, end_);
            if (at_ == end_) return unexpected();
            if (*at_ == '"') break;
            if (*at_ != '\\') return bad_character();
            out.append(run, at_);
            if (!escape(out)) return false;
            run = at_;
        }
        out.append(run, at_);
        ++at_;
        return true;
    }

    bool bad_character() {
        if (*at_ == '\0') return fail(error::nul_character, "A string holds U+0000.", at_);
        if (static_cast<std::uint8_t>(*at_) < 0x20)
            return fail(error::control_character, "A control character is not escaped.", at_);
        return fail(error::bad_utf8, "The text is not UTF-8.", at_);
    }

    bool escape(std::string& out) {
        char const* const start = at_++;
        if (at_ == end_) return unexpected();
        switch (*at_++) {
            case '"': out += '"'; return true;
            case '\\': out += '\\'; return true;
            case '/': out += '/'; return true;
            case 'b': out += '\b'; return true;
            case 'f': out += '\f'; return true;
            case 'n': out += '\n'; return true;
            case 'r': out += '\r'; return true;
            case 't': out += '\t'; return true;
            case 'u': return unicode_escape(out, start);
            default: return fail(error::syntax, "JSON has no such escape.", start);
        }
    }

    bool unicode_escape(std::string& out, char const* start) {
        std::uint32_t unit = 0;
        if (!four_digits(unit)) return false;
        if (unit == 0) return fail(error::nul_character, "A string holds U+0000.", start);
        if (unit >= 0xDC00 && unit <= 0xDFFF) return lone_surrogate(start);
        if (unit >= 0xD800 && unit <= 0xDBFF) {
            std::uint32_t low = 0;
            if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return lone_surrogate(start);
            at_ += 2;
            if (!four_digits(low)) return false;
            if (low < 0xDC00 || low > 0xDFFF) return lone_surrogate(start);
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
        append_utf8(out, unit);
        return true;
    }

    bool lone_surrogate(char const* at) {
        return fail(error::lone_surrogate, "An escape is half of a surrogate pair.", at);
    }

    bool four_digits(std::uint32_t& out) {
        for (int i = 0; i != 4; ++i, ++at_) {
            if (at_ == end_) return unexpected();
            char const c = *at_;
            int const digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0) return unexpected();
            out = out << 4 | static_cast<std::uint32_t>(digit);
        }
        return true;
    }

    static void append_utf8(std::string& out, std::uint32_t c) {
        auto const put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
        if (c < 0x80) {
            put(c);
        } else if (c < 0x800) {
            put(0xC0 | c >> 6);
            put(0x80 | (c & 63));
        } else if (c < 0x10000) {
            put(0xE0 | c >> 12);
            put(0x80 | (c >> 6 & 63));
            put(0x80 | (c & 63));
        } else {
            put(0xF0 | c >> 18);
            put(0x80 | (c >> 12 & 63));
            put(0x80 | (c >> 6 & 63));
            put(0x80 | (c & 63));
        }
    }

    bool deeper() {
        if (++depth_ > max_depth_) return fail(error::too_deep, "The JSON text is nested too deep.", at_);
        ++at_;
        return true;
    }

    bool array(Value& out) {
        if (!deeper()) return false;
        Array& items = out.data_.emplace<Array>();
        if (!take(']')) {
            do {
                if (!value(items.emplace_back())) {
                    steps_.push_back(std::to_string(items.size() - 1));
                    return false;
                }
            } while (take(','));
            if (!take(']')) return unexpected();
        }
        --depth_;
        return true;
    }

    bool object(Value& out) {
        if (!deeper()) return false;
        std::size_t const first = pending_.size();
        if (!take('}')) {
            do {
                if (!member()) return false;
            } while (take(','));
            if (!take('}')) return unexpected();
        }
        --depth_;
        return close(first, out.data_.emplace<Object>());
    }

    bool member() {
        skip_space();
        if (at_ == end_ || *at_ != '"') return unexpected();
        auto const offset = static_cast<std::size_t>(at_ - begin_);
        Member m;
        if (!string(m.key)) return false;
        if (!take(':')) return unexpected();
        if (!value(m.value)) {
            steps_.push_back(std::move(m.key));
            return false;
        }
        pending_.push_back({std::move(m), offset});
        return true;
    }

    /// Moves the members gathered since `first` into their object, which thus gets its exact size.
    bool close(std::size_t first, Object& out) {
        std::span const gathered(pending_.begin() + static_cast<std::ptrdiff_t>(first), pending_.end());
        if (Pending const* const twice = find_duplicate(gathered)) {
            fail(error::duplicate_key, "A name appears twice in one object.", begin_ + twice->offset);
            steps_.push_back(twice->member.key);
            return false;
        }
        out.members_.reserve(gathered.size());
        for (Pending& p : gathered) out.members_.push_back(std::move(p.member));
        pending_.resize(first);
        return true;
    }

    /// Few members are compared each with each; many are sorted, so that no text costs quadratic time.
    static Pending const* find_duplicate(std::span<Pending const> members) {
        auto const key = [members](std::size_t i) -> std::string const& { return members[i].member.key; };
        if (members.size() <= 16) {
            for (std::size_t i = 1; i < members.size(); ++i)
                for (std::size_t k = 0; k != i; ++k)
                    if (key(i) == key(k)) return &members[i];
            return nullptr;
        }
        std::vector<std::size_t> order(members.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            int const by_key = key(a).compare(key(b));
            return by_key != 0 ? by_key < 0 : a < b;
        });
        auto const twice = std::adjacent_find(order.begin(), order.end(),
                                              [&](std::size_t a, std::size_t b) { return key(a) == key(b); });
        return twice == order.end() ? nullptr : &members[*(twice + 1)];
    }

    char const* begin_;
    char const* at_;
    char const* end_;
    Limits const& limits_;
    unsigned max_depth_;
    unsigned depth_ = 0;
    std::size_t values_ = 0;
    std::vector<Pending> pending_;
    std::vector<std::string> steps_;  // innermost first
    Error error_;
};

Result<Value> parse(std::string_view text, Limits const& limits) {
    return JsonReader(text, limits).read();
}

}  // namespace sponsio::json
