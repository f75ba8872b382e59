#pragma once

#include "server/base/id.hpp"
#include "server/base/time.hpp"
#include "server/db/array.hpp"

#include <soci/soci.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sponsio::db {

/// bytea for a Query. Write `:digest::bytea`.
struct Bytea {
    std::vector<std::uint8_t> bytes;
    bool operator==(Bytea const&) const = default;
};

Bytea bytea(std::span<std::uint8_t const> bytes);

/// text[] for a Query. Write `:names::text[]`.
struct TextArray {
    std::vector<std::string> elements;
    bool operator==(TextArray const&) const = default;
};

/// PostgreSQL's hex form, `\x00ff`; std::invalid_argument if it is not.
std::string to_hex(std::span<std::uint8_t const> bytes);
std::vector<std::uint8_t> from_hex(std::string_view text);

/// A timestamptz as PostgreSQL prints it with datestyle ISO, in any zone, down to the microsecond.
Instant parse_timestamptz(std::string_view text);

namespace detail {
void refuse_null(soci::indicator indicator);
Uuid uuid_of(std::string const& text);
Date date_of(std::string const& text);
bool bool_of(std::string const& text);
}  // namespace detail

}  // namespace sponsio::db

namespace soci {

/// All of these travel as text, so a statement writes the cast: `:id::uuid`, `:at::timestamptz`, `:on::date`,
/// `:flag::boolean`. Read them as they are.
template <class Tag>
struct type_conversion<sponsio::Id<Tag>> {
    using base_type = std::string;

    static void from_base(std::string const& text, indicator ind, sponsio::Id<Tag>& id) {
        sponsio::db::detail::refuse_null(ind);
        id = sponsio::Id<Tag>{sponsio::db::detail::uuid_of(text)};
    }

    static void to_base(sponsio::Id<Tag> const& id, std::string& text, indicator& ind) {
        text = id.text();
        ind = i_ok;
    }
};

template <>
struct type_conversion<sponsio::Uuid> {
    using base_type = std::string;

    static void from_base(std::string const& text, indicator ind, sponsio::Uuid& id) {
        sponsio::db::detail::refuse_null(ind);
        id = sponsio::db::detail::uuid_of(text);
    }

    static void to_base(sponsio::Uuid const& id, std::string& text, indicator& ind) {
        text = id.text();
        ind = i_ok;
    }
};

template <>
struct type_conversion<sponsio::Instant> {
    using base_type = std::string;

    static void from_base(std::string const& text, indicator ind, sponsio::Instant& at) {
        sponsio::db::detail::refuse_null(ind);
        at = sponsio::db::parse_timestamptz(text);
    }

    static void to_base(sponsio::Instant const& at, std::string& text, indicator& ind) {
        text = sponsio::to_rfc3339(at);
        ind = i_ok;
    }
};

template <>
struct type_conversion<sponsio::Date> {
    using base_type = std::string;

    static void from_base(std::string const& text, indicator ind, sponsio::Date& day) {
        sponsio::db::detail::refuse_null(ind);
        day = sponsio::db::detail::date_of(text);
    }

    static void to_base(sponsio::Date const& day, std::string& text, indicator& ind) {
        text = sponsio::to_iso(day);
        ind = i_ok;
    }
};

template <>
struct type_conversion<bool> {
    using base_type = std::string;

    static void from_base(std::string const& text, indicator ind, bool& flag) {
        sponsio::db::detail::refuse_null(ind);
        flag = sponsio::db::detail::bool_of(text);
    }

    static void to_base(bool const& flag, std::string& text, indicator& ind) {
        text = flag ? "t" : "f";
        ind = i_ok;
    }
};

template <>
struct type_conversion<sponsio::db::Bytea> {
    using base_type = std::string;

    static void from_base(std::string const& text, indicator ind, sponsio::db::Bytea& value) {
        sponsio::db::detail::refuse_null(ind);
        value.bytes = sponsio::db::from_hex(text);
    }

    static void to_base(sponsio::db::Bytea const& value, std::string& text, indicator& ind) {
        text = sponsio::db::to_hex(value.bytes);
        ind = i_ok;
    }
};

template <>
struct type_conversion<sponsio::db::TextArray> {
    using base_type = std::string;

    static void from_base(std::string const& text, indicator ind, sponsio::db::TextArray& value);
    static void to_base(sponsio::db::TextArray const& value, std::string& text, indicator& ind);
};

/// NULL and nothing are the same.
template <class T>
struct type_conversion<std::optional<T>> {
    using base_type = typename type_conversion<T>::base_type;

    static void from_base(base_type const& base, indicator ind, std::optional<T>& value) {
        if (ind == i_null) {
            value.reset();
            return;
        }
        value.emplace(blank<T>());
        type_conversion<T>::from_base(base, ind, *value);
    }

    static void to_base(std::optional<T> const& value, base_type& base, indicator& ind) {
        if (value)
            type_conversion<T>::to_base(*value, base, ind);
        else
            ind = i_null;
    }

  private:
    /// Ids have no default value of their own.
    template <class V>
    static V blank() {
        if constexpr (std::is_default_constructible_v<V>)
            return V{};
        else
            return V{sponsio::Uuid{}};
    }
};

}  // namespace soci
