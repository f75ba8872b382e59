#!/usr/bin/env bash
# A transaction that its client leaves in the middle of a pipeline is not idle: idle_in_transaction_session_timeout
# never ends it.
#
# Guessed: with idle_in_transaction_session_timeout set, the locks of a client that stands still inside a transaction
#   are gone after that time, whatever way its statements were sent.
# True: the time runs only while the server waits behind ReadyForQuery. In libpq's pipeline mode that comes with a Sync;
#   a client that has sent statements without one (also with a flush request, and with all their answers read) keeps its
#   session "active", and its locks for as long as its connection lives; statement_timeout, which is for each statement,
#   does not end it either. With a Sync behind the statements the session ends as set.
# Seen: PostgreSQL 15.20-0+deb12u1 with psycopg 3.1.7-4, both from Debian 12:
#   no pipeline: ended | pipeline without Sync: there after 4 s, active | pipeline with Sync: ended
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
apt-get download postgresql-15=15.20-0+deb12u1 python3-psycopg=3.1.7-4 python3-typing-extensions=4.4.0-1 >/dev/null 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" "$folder/root"; done
bin=$folder/root/usr/lib/postgresql/15/bin
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
PYTHONPATH=$folder/root/usr/lib/python3/dist-packages /usr/bin/python3 - "$folder/socket" <<'PYTHON'
import sys
import time

import psycopg

where = f"host={sys.argv[1]} user=tester dbname=postgres"
watcher = psycopg.connect(where, autocommit=True)
watcher.execute("create table t (n int)")


def left_alone(start):
    """State of a session four seconds after `start`, or None if it has ended."""
    client = psycopg.connect(where, autocommit=True)
    client.execute("set idle_in_transaction_session_timeout = '1s'")
    client.execute("set statement_timeout = '2s'")
    start(client)
    time.sleep(4)
    row = watcher.execute("select state from pg_stat_activity where pid = %s", [client.info.backend_pid]).fetchone()
    return row and row[0]


def plain(client):
    client.execute("begin")
    client.execute("lock table t")


def pipeline(client, sync):
    raw = client.pgconn
    raw.enter_pipeline_mode()
    raw.send_query_params(b"begin", None)
    raw.send_query_params(b"lock table t", None)
    raw.pipeline_sync() if sync else raw.send_flush_request()
    raw.flush()


seen = {
    "no pipeline": left_alone(plain),
    "pipeline without Sync": left_alone(lambda client: pipeline(client, False)),
    "pipeline with Sync": left_alone(lambda client: pipeline(client, True)),
}
print(seen)
assert seen == {"no pipeline": None, "pipeline without Sync": "active", "pipeline with Sync": None}, seen
PYTHON
