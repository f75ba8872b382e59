#pragma once

#include "server/db/wire.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

struct pg_result;

namespace sponsio::db {

/// The answer to a BinaryQuery. It owns its memory; views from get() are valid as long as it lives.
class Rows {
  public:
    class Row {
      public:
        /// Throws std::logic_error if the column has another type, or is NULL and T is not std::optional.
        template <class T>
        [[nodiscard]] T get(int column) const {
            if constexpr (is_optional<T>) {
                if (is_null(column)) return std::nullopt;
                return get<typename T::value_type>(column);
            } else {
                return Wire<T>::take(rows_->raw(row_, column, Wire<T>::id));
            }
        }

        template <class T>
        [[nodiscard]] std::vector<T> get_array(int column) const {
            std::vector<T> out;
            for (std::string_view raw : split_array(rows_->raw(row_, column, Wire<T>::array_id)))
                out.push_back(Wire<T>::take(raw));
            return out;
        }

        [[nodiscard]] bool is_null(int column) const { return rows_->is_null(row_, column); }

      private:
        friend class Rows;
        template <class T>
        static constexpr bool is_optional = false;
        template <class T>
        static constexpr bool is_optional<std::optional<T>> = true;

        Row(Rows const& rows, int row) : rows_(&rows), row_(row) {}

        Rows const* rows_;
        int row_;
    };

    class Iterator {
      public:
        Iterator(Rows const& rows, int row) : rows_(&rows), row_(row) {}

        Row operator*() const { return {*rows_, row_}; }

        Iterator& operator++() {
            ++row_;
            return *this;
        }

        bool operator==(Iterator const& other) const { return row_ == other.row_; }

      private:
        Rows const* rows_;
        int row_;
    };

    explicit Rows(pg_result* owned);

    [[nodiscard]] std::size_t size() const;

    [[nodiscard]] bool empty() const { return size() == 0; }

    /// Throws std::out_of_range beyond the last row.
    [[nodiscard]] Row operator[](std::size_t row) const;

    [[nodiscard]] Iterator begin() const { return {*this, 0}; }

    [[nodiscard]] Iterator end() const { return {*this, static_cast<int>(size())}; }

    /// The number of rows inserted, updated or deleted.
    [[nodiscard]] std::int64_t affected() const;
    /// The command tag, "COMMIT" or "INSERT 0 3".
    [[nodiscard]] std::string_view tag() const;

    [[nodiscard]] pg_result const* native() const noexcept { return result_.get(); }

  private:
    struct Clear {
        void operator()(pg_result* result) const noexcept;
    };

    [[nodiscard]] bool is_null(int row, int column) const;
    [[nodiscard]] std::string_view raw(int row, int column, TypeId wanted) const;
    static std::vector<std::string_view> split_array(std::string_view raw);

    std::unique_ptr<pg_result, Clear> result_;
};

}  // namespace sponsio::db
