#include "crypto/secret.hpp"
#include "server/app/program.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace {

/// What is in memory stays there: no core dump, and no other process of the same user may look into this one.
void keep_to_itself() {
    rlimit const none{};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace

int main(int argc, char** argv) {
    ::umask(S_IRWXG | S_IRWXO);  // what is written is the owner's; what others need is given to them by name
    keep_to_itself();
    sponsio::crypto::lock_secrets();
    return sponsio::app::run_program({argv + 1, argv + argc});
}
