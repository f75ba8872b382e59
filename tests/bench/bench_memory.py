#!/usr/bin/env python3
"""Memory of the server with 1,000 open TLS connections that have all been used, beside the limit."""
import http.client
import pathlib
import resource
import ssl

from filing_world import Alone, figure, file_commitments, prepare, say

CONNECTIONS = 1000
LIMIT = 150.0  # MB


def resident(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise SystemExit("bench: the server is gone")


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with Alone() as world:
        bodies = prepare(world)
        pid = world.server.process.pid
        file_commitments(world, bodies, 3)
        say(f"{resident(pid):.0f} MB after three seconds of filing")
        host, port = world.server.address.rsplit(":", 1)
        context = ssl.create_default_context(cafile=world.server.certificate)
        held = []
        for _ in range(CONNECTIONS):
            connection = http.client.HTTPSConnection(host, int(port), timeout=60, context=context)
            connection.request("GET", "/log/1/checkpoint")
            connection.getresponse().read()
            held.append(connection)
        ours = resident(pid)
        for connection in held:
            connection.close()
        figure("memory", round(ours), LIMIT, "MB with 1,000 connections (baseline: the limit)")


if __name__ == "__main__":
    main()
