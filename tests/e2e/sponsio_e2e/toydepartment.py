"""A department's gateway in a few lines of Python, which signs with Debian's `jose` and can be told to answer wrongly."""
import base64
import http.server
import json
import pathlib
import ssl
import subprocess
import threading
import uuid

QUESTION, ANSWER = "sponsio-check+jwt", "sponsio-check-answer+jwt"


def run(*arguments, **options):
    return subprocess.run([str(a) for a in arguments], check=True, capture_output=True, timeout=60, **options).stdout


class JoseKey:
    """An ES256 key in a file, made and used by `jose`."""

    def __init__(self, path, kid):
        self.path, self.kid = pathlib.Path(path), kid
        run("jose", "jwk", "gen", "-i", json.dumps({"alg": "ES256", "kid": kid}), "-o", self.path)
        self.public = json.loads(run("jose", "jwk", "pub", "-i", self.path, "-o-"))

    def sign(self, payload, typ):
        template = json.dumps({"protected": {"alg": "ES256", "kid": self.kid, "typ": typ}})
        text = json.dumps(payload, ensure_ascii=False)
        return run("jose", "jws", "sig", "-c", "-I-", "-k", self.path, "-s", template, input=text.encode()).decode()


def payload_of(compact):
    body = compact.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


class ToyDepartment:
    """`script(question payload)` answers (status, body text); `answer()` makes a good body."""

    def __init__(self, folder, word):
        self.word, self.asked, self.script = word, [], None
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.key = JoseKey(folder / "key.jwk", f"{word}-1")
        self.certificate = folder / "certificate.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "tls.key",
            "-out", self.certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, folder / "tls.key")
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, question, word="match", key=None, typ=ANSWER, **changes):
        payload = {"iss": self.word, "aud": question["iss"], "jti": str(uuid.uuid4()), "in_reply_to": question["jti"],
                   "iat": question["iat"], "answer": word} | changes
        return 200, (key or self.key).sign(payload, typ)

    def _handler(self):
        toy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                token = self.rfile.read(int(self.headers["Content-Length"])).decode()
                toy.asked.append(token)
                status, text = toy.script(payload_of(token))
                self.send_response(status)
                self.send_header("Content-Type", "application/jose")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        return Handler

    def close(self):
        self.server.shutdown()
        self.server.server_close()
