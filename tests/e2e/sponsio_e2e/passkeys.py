"""An authenticator in software (WebAuthn Level 2), and a browser's part of signing in: what Chromium does in test_console.py, byte by
byte, so that each byte can be wrong. OpenSSL's command line makes the keys and signs."""
import base64
import hashlib
import json
import pathlib
import struct
import subprocess
import tempfile

from .world import ADMINISTRATOR, must

PRESENT, VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40
# Of the public: what the pages for people are, so that every one is asked for where every operation is.
PAGES = ("/console", "/window?q=%E4%BA%B2%E5%B1%9E", "/window/verify", "/window/publicity", "/window/draws?lang=en", "/window/log")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, given=b""):
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, timeout=30, check=True).stdout


class Authenticator:
    """One key, for one host."""

    def __init__(self, host, name=b"credential-of-a-test-0001"):
        self.rp_id, self.name, self.count = host.rsplit(":", 1)[0], name, 0
        self.key = openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout")

    def point(self):
        return openssl("ec", "-pubout", "-outform", "DER", given=self.key)[-64:]

    def data(self, flags=PRESENT | VERIFIED, rp_id=None, more=b""):
        self.count += 1
        return hashlib.sha256((rp_id or self.rp_id).encode()).digest() + struct.pack(">BI", flags, self.count) + more

    def made(self, flags=PRESENT | VERIFIED, **wrong):
        """authenticatorData of a new passkey. The key is a map in CTAP2 canonical CBOR: EC2, ES256, P-256, x, y."""
        point = self.point()
        cose = bytes.fromhex("a5010203262001215820") + point[:32] + bytes.fromhex("225820") + point[32:]
        return self.data(flags | HAS_CREDENTIAL, more=bytes(16) + struct.pack(">H", len(self.name)) + self.name + cose, **wrong)

    def sign(self, data, client_data):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "key.pem"
            path.write_bytes(self.key)
            return openssl("dgst", "-sha256", "-sign", path, given=data + hashlib.sha256(client_data).digest())


class Browser:
    """A browser on a page of the server, with a cookie or without."""

    def __init__(self, world, origin=None):
        self.public, self.host, self.cookie = world.client(), world.server.address, None
        self.origin = origin or f"https://{self.host}"

    def challenge(self):
        return must(self.public.post("/v1/sign-in-challenges"), 200).json["challenge"]

    def client_data(self, kind, challenge=None, **members):
        said = {"type": f"webauthn.{kind}", "challenge": challenge or self.challenge(), "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | members).encode()

    def enrol(self, code, authenticator, data=None, client_data=None, name="一号设备"):
        return self._kept(self.public.post("/v1/passkeys", {
            "code": code, "name": name, "client_data": base64url(client_data or self.client_data("create")),
            "authenticator_data": base64url(data or authenticator.made())}))

    def assertion(self, authenticator, data=None, client_data=None, **changed):
        data, client_data = data or authenticator.data(), client_data or self.client_data("get")
        return {"credential_id": base64url(authenticator.name), "client_data": base64url(client_data),
                "authenticator_data": base64url(data), "signature": base64url(authenticator.sign(data, client_data))} | changed

    def sign_in(self, assertion):
        return self._kept(self.public.post("/v1/sessions", assertion))

    def _kept(self, answer):
        if answer.status == 201:
            self.cookie = answer.headers["set-cookie"].split(";")[0]
        return answer

    def ask(self, method, target, body=None, **headers):
        """As a script of one of the server's own pages asks, unless told otherwise; None leaves a header out."""
        sent = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"} | ({"Origin": self.origin} if method != "GET" else {})
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent["Content-Type"] = "application/json"
        return self.public.request(method, target, None if body is None else json.dumps(body).encode(),
                                   {name: value for name, value in sent.items() if value is not None})


def code_for(world, login):
    """An enrolment code of that person."""
    administrator = world.client(ADMINISTRATOR[0])
    return must(administrator.post(f"/v1/accounts/{world.accounts[login]}/enrolments", key=True), 201).json["code"]


def enrolled(world, login, name=b"credential-of-a-test-0001"):
    """A browser in which that person is signed in, their authenticator, and the session."""
    browser = Browser(world)
    authenticator = Authenticator(browser.host, name)
    return browser, authenticator, must(browser.enrol(code_for(world, login), authenticator), 201).json


def exercise(world, login):
    """Every operation about passkeys, answered well, and the scripts that the pages load."""
    browser, authenticator, session = enrolled(world, login)
    must(browser.sign_in(browser.assertion(authenticator)), 201)
    must(world.client(login).get(f"/v1/accounts/{session['account_id']}/passkeys"), 200)
    must(world.client(login).delete(f"/v1/passkeys/{session['passkey_id']}"), 204)
    for line in world.client().get("/console").body.decode().split('"'):
        if line.startswith("/console/"):
            must(world.client().get(line), 200)
