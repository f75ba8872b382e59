#!/usr/bin/env python3
"""Reading one signed record over HTTPS, beside nginx serving the same bytes from disk with the same certificate."""
import pathlib
import re
import subprocess
import tempfile

from filing_world import SECONDS, WITHOUT_LIMITS, figure, say

from sponsio_e2e.program import wait_until
from sponsio_e2e.story import Story
from sponsio_e2e.telling import Silence
from sponsio_e2e.world import World

CONNECTIONS = 32

NGINX = """
daemon off;
user root;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    keepalive_requests 1000000000;
    open_file_cache max=10;
    types {{ application/dc+sd-jwt bin; }}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        root {folder}/files;
    }}
}}
"""


def requests_a_second(url, token=None):
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(SECONDS // 2, 3)}s", "-H", "Accept: application/dc+sd-jwt"]
    if token:
        command += ["-H", f"Authorization: Bearer {token}"]
    run = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    if "Non-2xx" in run.stdout or "Socket errors" in run.stdout:
        raise SystemExit(f"bench: GET {url}:\n{run.stdout}")
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", run.stdout).group(1))


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve_by_nginx(folder, body, certificate):
    (folder / "files").mkdir()
    (folder / "files" / "record.bin").write_bytes(body)
    port = free_port()
    key = pathlib.Path(certificate).with_suffix(".key")
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, certificate=certificate, key=key))
    server = subprocess.Popen(["/usr/sbin/nginx", "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    wait_until("nginx answers", lambda: subprocess.run(["curl", "-sk", "-o", "/dev/null", f"https://127.0.0.1:{port}/record.bin"]).returncode == 0)
    return server, f"https://127.0.0.1:{port}/record.bin"


def main():
    world = World()
    world.options = WITHOUT_LIMITS
    with tempfile.TemporaryDirectory() as name, world:
        folder = pathlib.Path(name)
        story = Story(world, folder / "artefacts", Silence())
        story.tell()
        path = f"/v1/records/{story.record_id}"
        body = (folder / "artefacts" / "record.sd-jwt").read_bytes()
        ours = requests_a_second(f"https://{world.server.address}{path}", world.tokens["sun.integrator"])
        say(f"{ours:,.0f} records of {len(body)} bytes a second")
        nginx, url = serve_by_nginx(folder, body, world.server.certificate)
        try:
            baseline = requests_a_second(url)
        finally:
            nginx.terminate()
            nginx.wait()
        figure("reading a record", round(ours), round(baseline), f"requests/s at {CONNECTIONS} connections (baseline: nginx)")


if __name__ == "__main__":
    main()
