#!/usr/bin/env bash
# SOCI reads one timestamptz in three ways, by how it is asked; none of them gives the instant.
#
# Guessed: a column of timestamptz that `into(std::string)` gives as text is also text where a row is read by name
#   (`values::get<std::string>` in a type_conversion), and `into(std::tm)` gives the instant, its offset in tm_gmtoff.
# True: into a string it is the server's text, in the session's time zone and with microseconds. By name it is a date, so
#   that get<std::string> throws std::bad_cast. Into std::tm it is the wall clock of the session's zone with tm_gmtoff 0
#   and without microseconds: timegm() of it is eight hours off in Shanghai, and nothing says so.
# Seen: SOCI 4.0.3-1 and PostgreSQL 15.20-0+deb12u1 from Debian 12, session in Asia/Shanghai, 20:30:00.123456 UTC:
#   string: 2026-03-02 04:30:00.123456+08 | by name: std::bad_cast | tm: 2026-03-02 04:30:00 offset 0
# Fails if that changes.
set -euo pipefail
folder=$(mktemp -d)
chmod 755 "$folder"
trap 'cleanup' EXIT
cleanup() {
    [ ! -e "$folder/data/postmaster.pid" ] || kill -QUIT "$(head -1 "$folder/data/postmaster.pid")" || true
    sleep 1
    rm -rf "$folder"
}
cd "$folder"
apt-get download postgresql-15=15.20-0+deb12u1 libpq-dev=15.20-0+deb12u1 libpq5=15.20-0+deb12u1 libsoci-dev=4.0.3-1 \
    libsoci-core4.0=4.0.3-1 libsoci-postgresql4.0=4.0.3-1 >/dev/null 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" "$folder/root"; done
bin=$folder/root/usr/lib/postgresql/15/bin
libraries=$folder/root/usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch)
as_user=()
mkdir "$folder/data" "$folder/socket"
if [ "$(id -u)" = 0 ]; then # PostgreSQL does not run as root
    as_user=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
    chown nobody "$folder/data" "$folder/socket"
fi
chmod 700 "$folder/data"
# Debian's initdb looks for the share folder beside itself.
"${as_user[@]}" "$bin/initdb" -L "$folder/root/usr/share/postgresql/15" -D "$folder/data" -U tester --auth=trust -N >/dev/null
"${as_user[@]}" "$bin/postgres" -D "$folder/data" -k "$folder/socket" -c listen_addresses= -c fsync=off 2>"$folder/log" &
for _ in $(seq 100); do
    [ ! -e "$folder/socket/.s.PGSQL.5432" ] || break
    sleep 0.1
done
sleep 1
cat >read.cpp <<'CPP'
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <ctime>
#include <iostream>
#include <string>
#include <typeinfo>

struct ByName {
    std::string at;
};

template <>
struct soci::type_conversion<ByName> {
    using base_type = values;
    static void from_base(values const& v, indicator, ByName& row) { row.at = v.get<std::string>("at"); }
    static void to_base(ByName const&, values&, indicator&) {}
};

int main(int, char** arguments) {
    soci::session sql(soci::postgresql, arguments[1]);
    sql << "set time zone 'Asia/Shanghai'";
    std::string const query = "select timestamptz '2026-03-01 20:30:00.123456+00' as at";

    std::string text;
    sql << query, soci::into(text);
    std::cout << "string: " << text << " | by name: ";
    try {
        ByName row;
        sql << query, soci::into(row);
        std::cout << row.at;
    } catch (std::bad_cast const& e) {
        std::cout << e.what();
    }
    std::tm when{};
    sql << query, soci::into(when);
    char clock[32];
    std::strftime(clock, sizeof clock, "%F %T", &when);
    std::cout << " | tm: " << clock << " offset " << when.tm_gmtoff << '\n';
}
CPP
c++ -std=c++17 -I"$folder/root/usr/include" -I"$folder/root/usr/include/postgresql" read.cpp -o read -L"$libraries" -lsoci_core \
    -lsoci_postgresql -Wl,--allow-shlib-undefined
seen=$(LD_LIBRARY_PATH=$libraries ./read "host=$folder/socket user=tester dbname=postgres")
echo "$seen"
[ "$seen" = "string: 2026-03-02 04:30:00.123456+08 | by name: std::bad_cast | tm: 2026-03-02 04:30:00 offset 0" ]
