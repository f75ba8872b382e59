#include "tests/unit/client/system_in_the_way.hpp"

#include <openssl/x509_vfy.h>

#include <chrono>
#include <dlfcn.h>
#include <netdb.h>
#include <string_view>
#include <thread>

namespace {

using sponsio::client::test::resolver_is_silent;
using sponsio::client::test::silent_lookups;
using sponsio::client::test::silent_lookups_done;
using sponsio::client::test::trusted_directories;

template <class Function>
Function* theirs(char const* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int look_up(char const* host, char const* service, addrinfo const* hints, addrinfo** found) {
    static auto* const real = theirs<decltype(look_up)>("getaddrinfo");
    return real(host, service, hints, found);
}

void wait_for_the_resolver() {
    using namespace std::chrono_literals;
    ++silent_lookups;
    auto const end = std::chrono::steady_clock::now() + 5s;
    while (resolver_is_silent && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(5ms);
    ++silent_lookups_done;
}

}  // namespace

extern "C" int getaddrinfo(char const* host, char const* service, addrinfo const* hints, addrinfo** found) {
    std::string_view const name = host ? host : "";
    if (name == "silent.test") {
        wait_for_the_resolver();
        return EAI_NONAME;
    }
    if (name != "two.test") return look_up(host, service, hints, found);
    addrinfo* second = nullptr;
    if (int const failed = look_up("127.0.0.9", service, hints, found)) return failed;
    if (int const failed = look_up("127.0.0.1", service, hints, &second)) return failed;
    addrinfo* last = *found;
    while (last->ai_next) last = last->ai_next;
    last->ai_next = second;
    return 0;
}

extern "C" int X509_STORE_load_path(X509_STORE* store, char const* directory) {
    ++trusted_directories;
    static auto* const real = theirs<int(X509_STORE*, char const*)>("X509_STORE_load_path");
    return real(store, directory);
}
