#!/usr/bin/env bash
# CLI11 as Debian 12 has it: is a value on the command line taken as it was typed?
#
# Guessed: a whole number is read in decimal, so `--hours 010` is ten; a std::vector<std::string> option given once for each
#          value holds those values; check() with a validator that rewrites the text (its argument is a std::string&) rewrites it.
# True:    1. numbers go through strtoll with base 0: 010 is eight and 0x10 is sixteen.
#          2. in an option of several values a value in brackets is taken for a list: `[::1]` loses its brackets and `[a,b]`
#             becomes two values. allow_extra_args(false) with MultiOptionPolicy::TakeAll keeps them.
#          3. check() gives the validator a copy of the text; only transform() lets it rewrite.
# Seen with: libcli11-dev 2.1.2+ds-1, g++ 12.2: 8 and 16; «::1», «a», «b»; 8 after check(), 10 after transform()
#
# Needs apt-get and g++. Fails if any of it changes.
set -euo pipefail
version=2.1.2+ds-1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -q download "libcli11-dev=$version" >apt.log 2>&1
dpkg -x ./*.deb packages
cat >ask.cpp <<'END'
#include <CLI/CLI.hpp>
#include <iostream>
int main(int argc, char** argv) {
    CLI::App app;
    long number = 0, checked = 0, transformed = 0;
    std::vector<std::string> several, taken;
    CLI::Validator const decimal([](std::string& text) { text = std::to_string(std::stol(text, nullptr, 10)); return std::string(); }, "");
    app.add_option("--number", number);
    app.add_option("--several", several);
    app.add_option("--taken", taken)->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    app.add_option("--checked", checked)->check(decimal);
    app.add_option("--transformed", transformed)->transform(decimal);
    CLI11_PARSE(app, argc, argv);
    std::cout << number << "/" << checked << "/" << transformed << "/";
    for (auto const& value : several) std::cout << value << " ";
    std::cout << "/";
    for (auto const& value : taken) std::cout << value << " ";
    std::cout << "\n";
}
END
g++ -std=c++17 -O0 -I packages/usr/include ask.cpp -o ask
# expect WANTED ARGUMENTS...
expect() {
    local wanted=$1 seen
    shift
    seen=$(./ask "$@")
    echo "$*  ->  $seen"
    [ "$seen" = "$wanted" ] || { echo "CHANGED: expected $wanted"; exit 1; }
}
expect "8/0/0//" --number 010
expect "16/0/0//" --number 0x10
expect "0/8/0//" --checked 010
expect "0/0/10//" --transformed 010
expect "0/0/0/::1 a b /" --several '[::1]' --several '[a,b]'
expect "0/0/0//[::1] [a,b] " --taken '[::1]' --taken '[a,b]'
