"""The console as its users meet it: a real Chromium, real data, both languages, wide and narrow, by keyboard, and when things go wrong.
drive_console.mjs holds the cases; each is one here."""
import csv
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import threading
import unittest

from sponsio_e2e import people, sheets
from sponsio_e2e.case import filed, reported_case
from sponsio_e2e.filing import open_matter
from sponsio_e2e.identifiers import citizen_number
from sponsio_e2e.passkeys import base64url, code_for
from sponsio_e2e.world import AGENCY, World, instant, must

HERE = pathlib.Path(__file__).resolve().parent
CASES = re.findall(r"^  async (\w+)\(\) \{$", (HERE / "drive_console.mjs").read_text(encoding="utf-8"), re.MULTILINE)
WORLD = World()
# Of no log that is here.
OTHER_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def setUpModule():
    unittest.addModuleCleanup(WORLD.close)
    WORLD.start()
    WORLD.notice_id = open_matter(WORLD)
    WORLD.case = reported_case(WORLD)
    notice = {"matter_code": people.MATTER_CODE, "matter_version": 1, "channel": "web", "language": "zh-CN"}
    WORLD.fresh_notice_id = must(WORLD.client("zhang.clerk").post("/v1/notices", notice, key=True), 201).json["notice_id"]
    for login, name in (("wei.clerk", "卫一"), ("chen.clerk", "陈二")):
        WORLD.add_person(login, AGENCY, name, ["clerk"])


def table(rows):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([sheets.NAMES, *rows])
    return file.getvalue()


def tables():
    """A table of which one row is wrong, and the same mended."""
    good, other = ([*sheets.row_of(WORLD.fresh_notice_id, n)[:5], WORLD.clock.today(), f"第{n}件", None] for n in (501, 502))
    bad = list(other)
    number = sheets.NAMES.index("证件号码")
    bad[number] = other[number][:-1] + ("0" if other[number][-1] != "0" else "1")
    return {"table": table([good, bad]), "mended_table": table([good, other])}


def receipts(filing):
    """A good receipt within its answer, false ones of every kind, and what is none."""
    receipt = filing["receipt"]
    body, end = receipt["proof"].rstrip("\n")[:-8], receipt["proof"].rstrip("\n")[-7:]
    flipped = "A" if receipt["proof"].rstrip("\n")[-8] != "A" else "B"
    false = {
        "content": receipt | {"content": receipt["content"].replace("natural_person", "organisation")},
        "entry": receipt | {"entry": receipt["entry"].replace("commitment", "record")},
        "place": receipt | {"leaf_index": receipt["leaf_index"] + 1},
        "signature": receipt | {"proof": body + flipped + end + "\n"},
    }
    answer = filing | {"reason": "another reason"}
    return {
        "receipt": text_of(filing),
        "false_receipts": {name: text_of(one) for name, one in false.items()} | {"answer": text_of(answer)},
        "no_receipts": {"empty": "{}", "half": text_of(filing)[:200], "not logged": text_of(receipt | {"proof": None}), "note": "eyJ.x.y"},
    }


def records(token):
    """A good record and false ones: another payload, another disclosure, one too many, one twice."""
    jwt, *disclosures, _ = token.split("~")
    header, payload, signature = jwt.split(".")
    other = payload[:-2] + ("AA" if payload[-2:] != "AA" else "BB")
    stray = base64url(json.dumps(["salt", "severity", "minor"]).encode())
    parts = {"payload": [".".join([header, other, signature]), *disclosures], "disclosure": [jwt, *disclosures[:-1], stray],
             "stray": [jwt, *disclosures, stray], "twice": [jwt, *disclosures, disclosures[0]]}
    return {"record": token, "false_records": {name: "~".join([*one, ""]) for name, one in parts.items()}}


def text_of(value):
    return json.dumps(value, ensure_ascii=False)


class Driver:
    """The program that drives the browser, and what it asks of the world meanwhile."""

    def __init__(self, given):
        self.process = subprocess.Popen(["node", HERE / "drive_console.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        encoding="utf-8")
        self.reply(given)
        self.said, self.session = {}, None
        timer = threading.Timer(560, self.process.kill)
        timer.daemon = True
        timer.start()

    def reply(self, value):
        self.process.stdin.write(json.dumps(value, ensure_ascii=False) + "\n")
        self.process.stdin.flush()

    def run(self):
        for line in self.process.stdout:
            told = json.loads(line)
            if "case" in told:
                self.said[told["case"]] = None if told["ok"] else told["why"]
            elif "session" in told:
                self.session = told["session"]
            else:
                self.reply(self.give(told["need"]))
        self.process.wait(30)
        return self.said

    def give(self, need):
        if need == "stop":
            WORLD.server.stop()
        elif need == "start":
            WORLD.start_server(int(WORLD.server.address.rsplit(":", 1)[1]))
        elif need == "cookie elsewhere":
            stolen = {"Cookie": f"__Host-sponsio={self.session}"}
            assert WORLD.client().request("GET", "/v1/me", headers=stolen).status == 401
        elif need == "end sessions of li.verifier":
            for token in must(WORLD.client("li.verifier").get(f"/v1/accounts/{WORLD.accounts['li.verifier']}/tokens"), 200).json["items"]:
                if token["passkey_id"]:
                    must(WORLD.client("li.verifier").delete(f"/v1/tokens/{token['token_id']}"), 204)
        elif "code" in need:
            return code_for(WORLD, need["code"])
        else:
            clerk, path = WORLD.client("zhang.clerk"), f"/v1/findings/{need['noticed']}"
            WORLD.notify(clerk, path)
            must(clerk.post(f"{path}/defence", people.waiver(clerk, path)), 200)
        return None


class Console(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        filing = filed(WORLD, people.RESIDENT)
        public = WORLD.client()
        token = must(WORLD.client("sun.integrator").get("/v1/records"), 200).json["items"][0]["sd_jwt"]
        given = {
            "url": f"https://localhost:{WORLD.server.address.rsplit(':', 1)[1]}",
            "chromium": shutil.which("chromium"),
            "pictures": os.environ.get("SPONSIO_PICTURES"),  # a folder to keep pictures in, for a look
            "only": os.environ.get("SPONSIO_CASES", "").split() or None,
            "agency": AGENCY, "new_number": citizen_number("11010519800101901"), "task_id": filing["verification"]["task_id"],
            "now": instant(WORLD.clock.now()),
            "vkeys": public.get("/log/1/vkeys").body.decode(), "jwks": public.get("/.well-known/jwks.json").body.decode(),
            "other_vkey": OTHER_VKEY,
        } | receipts(filing) | records(token) | tables()
        cls.said = Driver(given).run()


def case(name):
    def test(self):
        self.assertIn(name, self.said, "it was never run")
        if self.said[name] is not None:
            self.fail(self.said[name])
    return test


for one in CASES:
    setattr(Console, f"test_{one}", case(one))

if __name__ == "__main__":
    unittest.main()
