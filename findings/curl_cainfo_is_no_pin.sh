#!/usr/bin/env bash
# libcurl as Debian 12 builds it: does a CA file given to it name all that is trusted?
#
# Guessed: CURLOPT_CAINFO (curl --cacert FILE) replaces what is trusted, so a server whose certificate comes from any other
#          authority is refused. So it is where libcurl was built without a default directory.
# True:    Debian builds it with CURL_CA_PATH=/etc/ssl/certs too, and CAINFO leaves that directory in place: every authority
#          of the system goes on being trusted beside the file. Only CURLOPT_CAPATH = NULL (curl --capath /empty) takes it away.
# Seen with: curl and libcurl4 7.88.1-10+deb12u15, amd64:  «* CAfile: mine.pem  * CApath: /etc/ssl/certs», and exit 0.
#
# Needs apt-get, openssl and a kernel that lets one mount in a namespace of one's own. Fails if any of it changes.
set -euo pipefail
version=7.88.1-10+deb12u15
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get -q download "curl=$version" "libcurl4=$version" >apt.log 2>&1
for package in ./*.deb; do dpkg -x "$package" packages; done
curl=$PWD/packages/usr/bin/curl
export LD_LIBRARY_PATH=$PWD/packages/usr/lib/x86_64-linux-gnu

key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2)
openssl req -x509 "${key[@]}" -keyout mine.key -out mine.pem -subj /CN=mine 2>openssl.log
openssl req -x509 "${key[@]}" -keyout theirs.key -out theirs.pem -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>openssl.log
openssl s_server -accept 127.0.0.1:47443 -cert theirs.pem -key theirs.key -www >server.log 2>&1 &
server=$!
for _ in $(seq 50); do grep -q ACCEPT server.log && break; sleep 0.1; done

# What this machine trusts, for curl alone: the certificate of the server.
mkdir system empty
cp theirs.pem "system/$(openssl x509 -noout -hash -in theirs.pem).0"
ask() {
    unshare --user --map-root-user --mount bash -c 'mount --bind system /etc/ssl/certs && exec "$@"' - \
        "$curl" --silent --output answer --cacert mine.pem "$@" https://localhost:47443/
}
code=0; ask --verbose 2>words || code=$?
grep -i '  *CA\(file\|path\)' words
[ "$code" = 0 ] || { echo "CHANGED: with --cacert mine.pem a stranger's certificate is refused (exit $code)"; exit 1; }
echo "with --cacert mine.pem alone: a certificate that mine.pem did not issue is taken"
code=0; ask --capath "$PWD/empty" || code=$?
[ "$code" = 60 ] || { echo "CHANGED: without the directory it is not refused (exit $code)"; exit 1; }
echo "with --cacert mine.pem --capath empty: refused, exit 60"
