"""What keeps an installation: `sponsio backup`, `sponsio restore`, `sponsio doctor`."""
import json
import pathlib
import shutil
import subprocess
import unittest

from sponsio_e2e import people
from sponsio_e2e.client import Client
from sponsio_e2e.cluster import Cluster
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import MADE_ON, open_matter
from sponsio_e2e.program import Program
from sponsio_e2e.world import World, must

WORLD = World()
CODES = []  # of what was filed: three before the backup, three after it
WOULD_OVERWRITE = 73


def setUpModule():
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)
    file_some("before")
    must_run("backup", backup(), "--data", WORLD.folder / "sponsio")
    file_some("after")


def backup():
    return WORLD.folder / "backup"


def file_some(word):
    clerk = WORLD.client("zhang.clerk")
    for i in range(3):
        filed = must(clerk.post("/v1/commitments", people.commitment(WORLD.notice_id, MADE_ON), key=f"{word}-{i}"), 201)
        CODES.append(filed.json["commitment_code"])


def sponsio(*arguments):
    return subprocess.run([str(a) for a in (WORLD.binary, *arguments)], capture_output=True, text=True, timeout=240, check=False)


def must_run(*arguments):
    run = sponsio(*arguments)
    if run.returncode != 0:
        raise AssertionError(f"sponsio {arguments[0]} ended with {run.returncode}: {run.stderr[-2000:]}")
    return run.stdout


def heads(*place):
    """(origin, size, root) of each shard."""
    return [(h["origin"], h["size"], h["root"]) for h in map(json.loads, must_run("log", "list", *place, "--json").splitlines())]


class Keeping(unittest.TestCase):
    def assert_is_the_backup(self, *place):
        """Everything is there, sound and signed, and ends where the manifest says; no head goes with it."""
        manifest = json.loads((backup() / "manifest.json").read_text())
        self.assertEqual(heads(*place), [(h["origin"], h["size"], h["root"]) for h in manifest["heads"]])
        self.assertIn("Everything that is stored fits", must_run("log", "check", *place))

    def test_it_is_put_back(self):
        new = WORLD.folder / "restored"
        must_run("restore", backup(), "--data", new)
        self.assertFalse((WORLD.folder / "restored.partial").exists())
        self.assertEqual(list(new.rglob("*.head")), [])
        self.assert_is_the_backup("--data", new)
        # The server that goes on has more than that.
        self.assertGreater(sum(h[1] for h in heads("--data", WORLD.folder / "sponsio")), sum(h[1] for h in heads("--data", new)))
        run = sponsio("restore", backup(), "--data", new)
        self.assertEqual(run.returncode, WOULD_OVERWRITE, run.stderr)

    def test_what_was_put_back_goes_on_in_another_shard(self):
        """Never by itself: the heads of the server that goes on tell what the backup lacks."""
        new = WORLD.folder / "going-on"
        said = must_run("restore", backup(), "--data", new)
        serve = (WORLD.binary, "serve", "--data", new, "--listen", "127.0.0.1:0", "--ops", "127.0.0.1:0", "--training-clock",
                 WORLD.clock.path)
        refused = sponsio(*serve[1:])
        self.assertIn("nobody outside the database confirms", refused.stderr)
        survivors = ["--from", WORLD.folder / "sponsio/log"]
        self.assertIn("older than what was published", sponsio("log", "resume", "--data", new, *survivors).stderr)
        printed = next(line for line in said.splitlines() if line.startswith("  sponsio log resume")).split()[1:]
        told = must_run(*printed, *survivors)
        self.assertIn("has ended", told)
        program = Program("the one put back", serve, WORLD.folder / "going-on.log").start()
        try:
            old = must(Client(program).get("/log/1/checkpoint"), 200).body.decode()
            self.assertIn("\nended 20", old)
            self.assertIn("\npublished ", old)
            number = old.split("\ncontinues ")[1].split("\n")[0].rsplit("/", 1)[1]
            must(Client(program).get(f"/log/{number}/checkpoint"), 200)
            clerk = Client(program, WORLD.tokens["zhang.clerk"])
            must(clerk.get(f"/v1/commitments/{CODES[0]}"), 200)
            must(clerk.get(f"/v1/commitments/{CODES[-1]}"), 404)
        finally:
            self.assertEqual(program.stop(), 0)

    def test_it_is_put_back_into_a_server_of_ones_own(self):
        cluster = Cluster(WORLD.folder / "pg").create()
        try:
            address = WORLD.folder / "database"
            address.write_text(cluster.uri + "\n")
            place = ["--database-file", address, "--state", WORLD.folder / "state"]
            # Nothing is applied yet: that is an answer, and no command but `migrate` changes it.
            pending = sponsio("migrate", "--status", "--database-file", address)
            self.assertEqual((pending.returncode, cluster.sql("select count(*) from pg_tables where schemaname = 'public'")), (1, ["0"]), pending.stderr)
            must_run("restore", backup(), *place)
            self.assertEqual(sponsio("migrate", "--status", "--database-file", address).returncode, 0)
            self.assertIn("Everything that is stored fits", must_run("log", "check", *place))
            self.assertEqual(cluster.sql("select count(*) from pg_tables where schemaname = 'public' and tableowner <> 'sponsio_owner'"), ["0"])
            # What is granted has come along: the program's own rights suffice, and no more.
            self.assertEqual(cluster.sql("select has_table_privilege('sponsio_app', 'commitment', 'insert'), "
                                         "has_table_privilege('sponsio_app', 'commitment', 'delete')"), ["t|f"])
            shutil.rmtree(WORLD.folder / "state")
            run = sponsio("restore", backup(), *place)
            self.assertEqual(run.returncode, WOULD_OVERWRITE, run.stderr)
            self.assertIn("not empty", run.stderr)
            self.assertFalse((WORLD.folder / "state").exists())
        finally:
            cluster.stop("immediate")

    def test_it_overwrites_nothing(self):
        before = (backup() / "manifest.json").read_bytes()
        run = sponsio("backup", backup(), "--data", WORLD.folder / "sponsio")
        self.assertEqual(run.returncode, WOULD_OVERWRITE, run.stderr)
        self.assertEqual((backup() / "manifest.json").read_bytes(), before)

    def test_half_a_backup_is_none(self):
        def damaged(change):
            copy = WORLD.folder / "damaged"
            shutil.copytree(backup(), copy)
            change(copy)
            run = sponsio("restore", copy, "--data", WORLD.folder / "from-damaged")
            shutil.rmtree(copy)
            self.assertNotEqual(run.returncode, 0)
            self.assertIn("is not a whole backup", run.stderr)
            self.assertEqual(list(WORLD.folder.glob("from-damaged*")), [])

        def cut(path):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

        def outside(copy):
            manifest = json.loads((copy / "manifest.json").read_text())
            manifest["files"].append({"path": "../x", "size": 0, "sha256": ""})
            (copy / "manifest.json").write_text(json.dumps(manifest))

        for change in (lambda c: (c / "manifest.json").unlink(), lambda c: cut(c / "database.dump"), lambda c: (c / "database.dump").unlink(),
                       lambda c: cut(next((c / "keys").iterdir())), lambda c: cut(c / "manifest.json"), outside):
            damaged(change)

    def test_only_the_owner_reads_it(self):
        for path in (backup(), *backup().rglob("*")):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)


class Doctor(unittest.TestCase):
    def examined(self, *options):
        run = sponsio("doctor", "--data", WORLD.folder / "sponsio", "--json", *options)
        told = json.loads(run.stdout)
        self.assertEqual(run.returncode, 0 if told["ok"] else 1, run.stderr)
        states = {}
        for check in told["checks"]:
            self.assertTrue(check["found"].endswith(".") or "chmod" in check["found"], check)
            if check["state"] != "ok" and check["name"] not in ("production", "options"):
                self.assertIn("do", check, check)
            states.setdefault(check["name"], set()).add(check["state"])
        return told, states

    def test_it_looks_and_changes_nothing(self):
        before = WORLD.stored(), sorted(pathlib.Path(WORLD.folder / "sponsio" / "keys").iterdir())
        _, states = self.examined()
        self.assertEqual((WORLD.stored(), sorted(pathlib.Path(WORLD.folder / "sponsio" / "keys").iterdir())), before)
        for sound in ("algorithm", "database", "durability", "roles", "grants", "pooler", "migrations", "keys", "key_permissions", "log_shard_1", "backup"):
            self.assertEqual(states[sound], {"ok"}, sound)
        self.assertEqual(states["witnesses"], {"warn"})
        self.assertEqual(states["production"], {"warn"})  # on the loopback

    def test_it_tells_what_production_lacks(self):
        told, states = self.examined("--profile", "production", "--training-clock", WORLD.clock.path)
        self.assertFalse(told["ok"])
        self.assertEqual(states["production"], {"fail"})
        found = " ".join(c["found"] for c in told["checks"])
        for word in ("--issuer", "--log-name", "--certificate", "--passphrase-file", "--training-clock"):
            self.assertIn(word, found)

    def test_a_certificate(self):
        place = WORLD.folder / "certificate"
        place.mkdir()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", place / "key.pem", "-out", place / "cert.pem", "-subj",
                        "/CN=other.example.org", "-addext", "subjectAltName=DNS:other.example.org", "-days", "3"], check=True, capture_output=True)
        _, states = self.examined("--certificate", place / "cert.pem", "--certificate-key", place / "key.pem", "--issuer", "https://sponsio.example.org")
        self.assertEqual([states[f"certificate_{w}"] for w in ("end", "name", "chain", "issuer")], [{"warn"}, {"fail"}, {"ok"}, {"warn"}])

    def test_what_is_not_there(self):
        missing = WORLD.folder / "missing"
        run = sponsio("doctor", "--data", missing, "--json")
        self.assertEqual(run.returncode, 1)
        self.assertIn("There is no Sponsio store", run.stdout)
        run = sponsio("doctor", "--database", f"postgresql:///x?host={WORLD.folder}", "--state", missing, "--json")
        states = {c["name"]: c["state"] for c in json.loads(run.stdout)["checks"]}
        self.assertEqual((states["database"], states["keys"]), ("fail", "fail"))
        self.assertFalse(missing.exists())
