"""Departments that are asked: reference gateways of a world, and how Sponsio is told of them."""
import json

from . import people
from .client import Client
from .program import Program
from .world import OTHER_AGENCY

HOLDINGS = {people.RESIDENT["document"]["number"]: {"name": people.RESIDENT["name"], "facts": {
    "kinship": {"answer": "match", "held_as_of": "2026-03-01"},
    "household_registration": {"answer": "mismatch", "note": "登记地址不同"},
    "adoption": {"answer": "ask_in_writing"},
}}}


class Department:
    """A reference gateway that can be killed and comes back on its port."""

    def __init__(self, world, word, *options, jwks=None, holdings=HOLDINGS):
        self.world, self.word, self.options, self.port = world, word, options, 0
        self.jwks = jwks or ["--asker-jwks", f"{world.server.url}/.well-known/jwks.json", "--asker-ca", world.server.certificate]
        self.holdings = world.folder / f"{word}.json"
        self.holdings.write_text(json.dumps(holdings, ensure_ascii=False), encoding="utf-8")
        self.start()
        self.port = int(self.program.address.rsplit(":", 1)[1])

    def start(self):
        folder = self.world.folder
        self.program = Program(
            self.word, [self.world.binary, "department", "--data", folder / self.word, "--department", self.word,
                        "--listen", f"127.0.0.1:{self.port}", "--holdings", self.holdings, "--training-clock",
                        self.world.clock.path, *self.jwks, *self.options], folder / f"{self.word}.log", 60).start()

    def kill(self):
        self.program.kill()

    def given(self):
        """The answers it keeps, one file each."""
        return list((self.world.folder / self.word / "answers").glob("*.json"))

    def ask(self, token):
        client = Client(self.program, None, self.world.recorder, "department")
        return client.request("POST", "/checks", token.encode(), {"Content-Type": "application/jose"})

    def configured(self):
        return entry(self.word, self.program.url, self.program.certificate, self.program.ready["public_key"])


def entry(word, url, certificate, key):
    """A department in the file of --departments."""
    return {"department": word, "name": people.both(f"示例区{word}", f"{word}, example district"), "url": url,
            "ca_file": str(certificate), "public_key": key, "attempts": 2, "timeout_ms": 10000,
            "assist_unit_uscc": OTHER_AGENCY, "assist_days": 3}


def tell_server(world, entries):
    """It begins anew, at the same address, knowing these departments."""
    file = world.folder / "departments.json"
    file.write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    world.options = [*world.options, "--departments", file]
    port = int(world.server.address.rsplit(":", 1)[1])
    world.server.stop()
    world.start_server(port)
