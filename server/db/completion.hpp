#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <utility>

namespace sponsio::db {

/// Resumes a waiting coroutine on its own executor, from any thread, exactly once.
/// Keeps that executor's context running until then.
template <class R>
class Completion {
  public:
    template <class Handler>
    explicit Completion(Handler handler)
        : executor_(boost::asio::prefer(boost::asio::get_associated_executor(handler),
                                        boost::asio::execution::outstanding_work_t::tracked)),
          handler_(std::move(handler)) {}

    void operator()(R outcome) {
        boost::asio::post(executor_, [handler = std::move(handler_), value = std::move(outcome)]() mutable {
            std::move(handler)(std::move(value));
        });
    }

  private:
    boost::asio::any_io_executor executor_;
    boost::asio::any_completion_handler<void(R)> handler_;
};

}  // namespace sponsio::db
