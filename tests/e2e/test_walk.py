"""docs/operations.md and docs/keeping.md, block for block, on a machine that was just booted."""
import datetime
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

from sponsio_e2e import people
from sponsio_e2e.identifiers import citizen_number, uscc
from sponsio_e2e.machine import Machine, why_not
from sponsio_e2e.pages import Page

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])
USCC = uscc("11110108000000011")
SPONSIO = pathlib.Path(os.environ["SPONSIO_BINARY"])


def make_package(folder):
    """The package of the build under test, or the one that $SPONSIO_PACKAGE names."""
    if os.environ.get("SPONSIO_PACKAGE"):
        return pathlib.Path(os.environ["SPONSIO_PACKAGE"])
    subprocess.run([ROOT / "scripts/package", "--from", SPONSIO.parents[2], "--into", folder], capture_output=True, timeout=600, check=True)
    (package,) = pathlib.Path(folder).glob("*.deb")
    return package


class Walk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if why_not():
            raise unittest.SkipTest(why_not())
        folder = tempfile.TemporaryDirectory(prefix="sponsio-walk-")
        cls.addClassCleanup(folder.cleanup)
        package = make_package(folder.name + "/made")
        cls.machine = cls.enterClassContext(Machine())
        shutil.copy(package, cls.machine.root() / "srv")

    def page(self, name):
        """A function that runs the next block of the page."""
        page = Page(ROOT, name, __file__)
        self.addCleanup(page.hold_all_ran)
        turn = iter(range(len(page.blocks)))

        def following(**variables):
            number = next(turn)
            page.ran.append(number)
            try:
                return self.machine.run(page.blocks[number].text, **variables)
            except AssertionError as why:
                raise AssertionError(f"{page.blocks[number]} {why}") from None

        return following

    def test_the_walk(self):
        self.install(self.page("docs/operations.md"))
        block = self.page("docs/keeping.md")
        watched = block()
        self.assertIn("log_size{", watched)
        self.assertIn("rules found", watched)
        self.assertEqual(block().split(), ["sponsio.log", "sponsio.log.1"])
        filed = [self.file(n) for n in range(3)]
        block()  # a copy
        self.assertIn("manifest.json", self.machine.run("ls /var/backups/sponsio/*/"))
        block()  # every commit on two disks
        filed += [self.file(n) for n in range(3, 6)]
        self.machine.run("systemctl kill -s KILL postgresql@15-sponsio; rm -rf /var/lib/postgresql/15/sponsio")
        self.assertIn("Everything that is stored fits", block())
        self.hold(filed)
        filed.append(self.file(6))
        block()  # a newer version
        filed.append(self.file(7))
        self.assertIn("Everything that is stored fits", block())  # another machine
        filed.append(self.file(8))
        self.hold(filed)
        self.assertIn("/log/2", block())  # only last night's copy is left
        answer = self.file(9)
        self.assertNotEqual(answer["receipt"]["shard"], 1)
        for number, shown in enumerate([*filed, answer]):
            (self.machine.root() / f"srv/filed-{number}.json").write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")
            shard = shown["receipt"]["shard"]
            self.machine.run(f"curl -fsS --cacert /etc/sponsio/tls/chain.pem https://sponsio.example.org:8443/log/{shard}/vkeys >vkeys.{shard}; "
                             f"sponsio-verify receipt --receipt filed-{number}.json --vkey vkeys.{shard}")

    def install(self, block):
        for _ in range(6):  # package, database, logins, passphrase, certificate, configuration
            block()
        started = block()
        self.assertRegex(started, r'"(ok|ready)":\s*true')
        missing = re.findall(r"^fail +(\w+):.*", block(), re.M)
        # Towards the end of a year the official calendar of the next may not be known; the clock is the kernel's, which is not this machine's.
        self.assertLessEqual(set(missing), {"calendar_next_year", "clock"})
        self.assertEqual(self.machine.run("stat -c '%U:%G %a' /etc/sponsio/passphrase /etc/sponsio/database /var/lib/sponsio").splitlines(),
                         ["root:sponsio 640", "root:sponsio 640", "sponsio:sponsio 700"])
        self.token = re.search(r"spn_\S+", block())[0].rstrip('",')
        self.assertIn("郑管理", block(TOKEN=self.token))
        self.checkpoint = None

    # ------------------------------------------------------------------------------------ as others would, with curl
    def ask(self, method, path, body=None, token=None, key=None):
        words = ["curl", "-sS", "--retry", "10", "--fail-with-body", "--cacert", "/etc/sponsio/tls/chain.pem", "-X", method, "-H", f"Authorization: Bearer {token or self.token}"]
        if body is not None:
            words += ["-H", "Content-Type: application/json", "--data-binary", "@-"]
        if key:
            words += ["-H", f"Idempotency-Key: {key}"]
        words.append(f"https://sponsio.example.org:8443{path}")
        text = " ".join(map(shlex.quote, words))
        return json.loads(self.machine.run(f"{text} <<'END'\n{json.dumps(body, ensure_ascii=False)}\nEND\n" if body is not None else text))

    def clerk(self):
        """The tokens of a supervisor and a clerk, and a notice that can be answered any number of times; made once."""
        if not hasattr(self, "people"):
            self.people = {}
            for number, (login, role) in enumerate((("chief", "supervisor"), ("clerk", "clerk"))):
                account = self.ask("POST", "/v1/accounts", {"organisation_uscc": USCC, "login": login, "name": "张三", "roles": [role],
                                                             "document": {"type": "citizen_id", "number": citizen_number(f"110105198001010{number}0")}}, key=login)
                end = f"{datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
                self.people[login] = self.ask("POST", "/v1/enrolments", {"expires_at": end, "code": self.ask(
                    "POST", f"/v1/accounts/{account['account_id']}/enrolments", key=f"t-{login}")["code"]})["token"]
            self.ask("POST", "/v1/matters", {"matter_code": people.MATTER_CODE} | people.matter_version(), self.people["chief"], "matter")
            notice = {"matter_code": people.MATTER_CODE, "matter_version": 1, "channel": "web", "language": "zh-CN"}
            self.people["notice"] = self.ask("POST", "/v1/notices", notice, self.people["clerk"], "notice")["notice_id"]
        return self.people

    def file(self, number):
        """A commitment's answer; its receipt is what must be good for ever."""
        known = self.clerk()
        today = f"{datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8):%Y-%m-%d}"
        answer = self.ask("POST", "/v1/commitments", people.commitment(known["notice"], today), known["clerk"], f"filing-{number}")
        return answer

    def hold(self, filed):
        """Every receipt is good, every commitment is there, and the log goes on from each checkpoint that was ever shown."""
        folder = self.machine.root() / "srv"
        shown = "curl -fsS --cacert /etc/sponsio/tls/chain.pem https://sponsio.example.org:8443/log/1"
        self.machine.run(f"{shown}/vkeys >vkeys; {shown}/checkpoint >checkpoint.now")
        for number, answer in enumerate(filed):
            (folder / f"filed-{number}.json").write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
            self.machine.run(f"sponsio-verify receipt --receipt filed-{number}.json --vkey vkeys")
            self.ask("GET", f"/v1/commitments/{answer['commitment_code']}", token=self.people["clerk"])
        old = "--old checkpoint.then" if (folder / "checkpoint.then").exists() else ""
        said = self.machine.run("sponsio-verify log https://sponsio.example.org:8443/log/1 --ca /etc/sponsio/tls/chain.pem --vkey vkeys --json "
                                f"{old}; mv checkpoint.now checkpoint.then")
        self.assertGreaterEqual(json.loads(said)["entries"]["commitment"], len(filed))
