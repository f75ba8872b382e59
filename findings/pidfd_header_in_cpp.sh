#!/usr/bin/env bash
# glibc as Debian 12 has it: can a C++ program call pidfd_open() by including its header?
#
# Guessed: <sys/pidfd.h> is there since glibc 2.36 and declares the functions for C++ as all other headers of glibc do.
# True:    it lacks the linkage of C. A C++ program compiles and does not link: the symbol asked for is the mangled one.
#          The system call by its number works, and so does the include within extern "C".
# Seen with: libc6-dev 2.36-9, g++ 12.2 and clang++ 16: undefined reference to `pidfd_open(int, unsigned int)'; C links
#
# Needs apt-get, gcc and g++. Fails if any of it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
command -v g++ >/dev/null || apt-get -qq install -y g++ >apt.log 2>&1
case "$(dpkg-query -W -f '${Version}' libc6-dev)" in
    2.36-9*) ;;
    *)
        echo "pidfd_header_in_cpp: this is about libc6-dev 2.36-9 of Debian 12." >&2
        exit 1
        ;;
esac
cat >open.c <<'END'
#include <sys/pidfd.h>
#include <unistd.h>

int main(void) { return pidfd_open(getpid(), 0) < 0; }
END
cp open.c open.cpp
{
    printf 'extern "C" {\n#include <sys/pidfd.h>\n}\n'
    tail -n +2 open.c
} >linked.cpp
gcc open.c -o in_c && ./in_c
g++ linked.cpp -o in_cpp && ./in_cpp
if g++ open.cpp -o plain 2>said; then
    echo "pidfd_header_in_cpp: the header has the linkage of C now." >&2
    exit 1
fi
grep -F 'pidfd_open(int, unsigned int)' said
