#pragma once

#include <curl/curl.h>
#include <memory>

/// Owning handles of libcurl. Not for headers that others include.
namespace sponsio::client {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* handle) const noexcept {
        Free(handle);
    }
};

using Easy = std::unique_ptr<CURL, Freed<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Freed<curl_multi_cleanup>>;
using HeaderList = std::unique_ptr<curl_slist, Freed<curl_slist_free_all>>;
using UrlHandle = std::unique_ptr<CURLU, Freed<curl_url_cleanup>>;

}  // namespace sponsio::client
