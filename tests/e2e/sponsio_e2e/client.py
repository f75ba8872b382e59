"""An HTTPS client that keeps every exchange for the judges."""
import base64
import dataclasses
import http.client
import json
import ssl
import threading
import uuid


@dataclasses.dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict  # names in lower case
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def problem(self):
        """The slug of a refusal, or None."""
        if not self.headers.get("content-type", "").startswith("application/problem+json"):
            return None
        return self.json["type"].removeprefix("urn:sponsio:problem:")

    def pointers(self):
        """The fields a refusal complains about: pointer -> reason."""
        return {error["pointer"]: error["reason"] for error in self.json.get("errors", [])}


class Recorder:
    """Exchanges in the order they ended, as JSON lines that tests/e2e/validate_answers.cjs reads."""

    def __init__(self):
        self.lines = []
        self.lock = threading.Lock()

    def add(self, server, method, target, headers, body, answer):
        line = {
            "server": server,
            "method": method,
            "target": target,
            # Whether a token was shown matters to the contract; which one matters to nobody.
            "headers": {k: ("Bearer spn_..." if k.lower() == "authorization" else v) for k, v in headers.items()},
            "body": base64.b64encode(body or b"").decode(),
            "status": answer.status,
            "answer_headers": answer.headers,
            "answer_body": base64.b64encode(answer.body).decode(),
        }
        with self.lock:
            self.lines.append(line)

    def save(self, path):
        with self.lock, open(path, "w", encoding="utf-8") as file:
            for line in self.lines:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")


class Client:
    """One account's way to one server. `on_exchange(method, target, headers, body, answer)` sees every exchange."""

    def __init__(self, program, token=None, recorder=None, server="sponsio", language="zh-CN", on_exchange=None):
        self.program = program
        self.token = token
        self.recorder = recorder
        self.server = server
        self.language = language
        self.on_exchange = on_exchange

    def request(self, method, target, body=None, headers=None, timeout=30):
        """Sends exactly what it is given and answers exactly what came back. One connection per request: a server
        that was restarted in between is nobody's problem here."""
        sent = {"Accept-Language": self.language}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        sent.update(headers or {})
        host, port = self.program.address.rsplit(":", 1)
        context = ssl.create_default_context(cafile=self.program.certificate)
        connection = http.client.HTTPSConnection(host, int(port), timeout=timeout, context=context)
        try:
            connection.connect()
            try:
                connection.request(method, target, body=body, headers=sent)
            except (ConnectionError, ssl.SSLError):
                pass  # refused before all was sent; the answer is there to be read
            response = connection.getresponse()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()
        if self.recorder:
            self.recorder.add(self.server, method, target, sent, body, answer)
        if self.on_exchange:
            self.on_exchange(method, target, sent, body, answer)
        return answer

    def get(self, target, accept=None):
        return self.request("GET", target, headers={"Accept": accept} if accept else None)

    def delete(self, target):
        return self.request("DELETE", target)

    def post(self, target, value=None, key=None, headers=None):
        """POST of a JSON value, or of nothing. `key` is the Idempotency-Key; True makes a fresh one."""
        sent = dict(headers or {})
        body = b""
        if value is not None:
            body = json.dumps(value, ensure_ascii=False).encode()
            sent.setdefault("Content-Type", "application/json")
        if key is not None:
            sent["Idempotency-Key"] = str(uuid.uuid4()) if key is True else key
        return self.request("POST", target, body, sent)

    def post_bytes(self, target, body, content_type, key=None):
        sent = {"Content-Type": content_type}
        if key is not None:
            sent["Idempotency-Key"] = str(uuid.uuid4()) if key is True else key
        return self.request("POST", target, body, sent)

    def all_items(self, target):
        """Every item of a list, page after page."""
        items, cursor = [], None
        while True:
            joint = "&" if "?" in target else "?"
            page = self.get(target + (f"{joint}cursor={cursor}" if cursor else ""))
            if page.status != 200:
                raise AssertionError(f"GET {target} answered {page.status}: {page.body[:500]!r}")
            items += page.json["items"]
            if not page.json["next_cursor"] or page.json["next_cursor"] == cursor or not page.json["items"]:
                return items
            cursor = page.json["next_cursor"]
