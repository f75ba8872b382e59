#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <vector>

namespace sponsio::testing {

/// Runs all of them at once on one thread until each has reached its end. Throws if one throws, or has not
/// ended within half a minute.
template <class T>
std::vector<T> await_all(std::vector<boost::asio::awaitable<T>> works) {
    boost::asio::io_context io(1);
    std::vector<std::optional<T>> ends(works.size());
    for (std::size_t i = 0; i != works.size(); ++i) {
        auto body = [](boost::asio::awaitable<T> work,
                       std::optional<T>& end) -> boost::asio::awaitable<void> {
            end.emplace(co_await std::move(work));
        };
        boost::asio::co_spawn(io, body(std::move(works[i]), ends[i]), [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        });
    }
    io.run_for(std::chrono::seconds{30});
    std::vector<T> values;
    for (auto& end : ends) {
        if (!end) throw std::runtime_error("the coroutine did not reach its end");
        values.push_back(std::move(*end));
    }
    return values;
}

template <class T>
T await(boost::asio::awaitable<T> work) {
    std::vector<boost::asio::awaitable<T>> works;
    works.push_back(std::move(work));
    return std::move(await_all(std::move(works)).front());
}

}  // namespace sponsio::testing
