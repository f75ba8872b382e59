#include "server/app/program.hpp"

#include <sys/stat.h>

int main(int argc, char** argv) {
    ::umask(S_IRWXG | S_IRWXO);  // what is written is the owner's; what others need is given to them by name
    return sponsio::app::run_program({argv + 1, argv + argc});
}
