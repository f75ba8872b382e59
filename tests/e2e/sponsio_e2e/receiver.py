"""Where an integrator wants to be told: an HTTPS server that keeps what it got, and answers as a test says."""
import http.server
import ssl
import subprocess
import threading

from .program import wait_until


class Receiver:
    """Listens from the beginning until close(). Answers 204, or what `answers` holds next: (status, headers)."""

    def __init__(self, folder):
        self.certificate = folder / "receiver.pem"
        key = folder / "receiver.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                        "-subj", "/CN=receiver", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.certificate],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.got = []  # (path, headers with names in lower case, body)
        self.answers = []
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with outer.lock:
                    outer.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                    status, headers = outer.answers.pop(0) if outer.answers else (204, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.server.server_address[1]}/hooks"

    def options(self):
        """For `sponsio serve`, which else tells nobody within its own network."""
        return ["--webhook-ca", self.certificate, "--webhook-private-targets"]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def seen(self):
        with self.lock:
            return list(self.got)


def disabled_and_back(integrator, receiver):
    """The one subscription of that account, replayed to a receiver that says it is gone; resumed, and ended."""
    one, = integrator.all_items("/v1/subscriptions")
    where = f"/v1/subscriptions/{one['subscription_id']}"
    assert integrator.all_items(f"{where}/deliveries?limit=1"), "it should have been told of something"
    receiver.answers.append((410, {}))
    queued = integrator.post(f"{where}/replay", {"position": 1})
    assert queued.status == 200 and queued.json["queued"] > 0, queued.body
    wait_until("it is disabled", lambda: integrator.get(where).json["state"] == "disabled")
    rotated = integrator.post(f"{where}/secret", {"overlap_hours": 1}, key=True)
    assert rotated.status == 201 and rotated.json["secret"].startswith("whsec_"), rotated.body
    for step in ("resume", "end"):
        answer = integrator.post(f"{where}/{step}")
        assert answer.status == 200, answer.body
