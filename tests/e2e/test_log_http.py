"""How the log is served and proven: what may be cached, what never changes, proofs against any checkpoint, and the
operator's commands."""
import concurrent.futures
import json
import subprocess
import unittest
import urllib.request

from sponsio_e2e import judges, people
from sponsio_e2e.client import Client
from sponsio_e2e.contract import begin
from sponsio_e2e.filing import open_matter
from sponsio_e2e.program import binaries, wait_until
from sponsio_e2e.world import World, must

WORLD = World()
FOR_EVER = "public, max-age=31536000, immutable"


def setUpModule():
    WORLD.options = ["--writers", "1"]
    begin(WORLD)
    WORLD.notice_id = open_matter(WORLD)


def try_to_file(_=None):
    draft = people.commitment(WORLD.notice_id, "2026-03-02")
    return WORLD.client("zhang.clerk").post("/v1/commitments", draft, key=True)


def file_one():
    return must(try_to_file(), 201).json


def file_many(count):
    with concurrent.futures.ThreadPoolExecutor(16) as filers:
        return [must(answer, 201).json for answer in filers.map(try_to_file, range(count))]


def get(name, headers=None):
    return WORLD.client().request("GET", f"/log/1/{name}", headers=headers)


def checkpoint():
    return must(get("checkpoint"), 200).body.decode()


def size_of(signed):
    return int(signed.split("\n")[1])


def vkey():
    return must(get("vkey"), 200).body.decode()


def grow_to(size):
    while size_of(checkpoint()) < size:
        file_many(min(64, size - size_of(checkpoint())))


def tile_text(kind, number, width):
    return f"tile/{kind}/{number:03}" + ("" if width == 256 else f".p/{width}")


def with_sql(statement):
    """As the owner of everything: what the server's own role may not do."""
    words = next((WORLD.folder / "sponsio").rglob("postmaster.pid")).read_text().split("\n")
    where = f"host={words[4]} port={words[3]} dbname=sponsio user=sponsio_cluster"
    subprocess.run([binaries() / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", where], input=statement, text=True, check=True,
                   capture_output=True, timeout=60)


def log_command(*arguments):
    """(exit code, one value a line, what was complained about)"""
    full = [WORLD.binary, "log", *arguments, "--data", WORLD.folder / "sponsio", "--json"]
    run = subprocess.run([str(a) for a in full], capture_output=True, text=True, timeout=120, check=False)
    return run.returncode, run.stdout.splitlines(), run.stderr


class Serving(unittest.TestCase):
    def test_a_checkpoint_is_asked_for_anew_and_sent_only_if_it_is_new(self):
        file_one()

        def looked_twice():
            """The head of the history may come into the log between two looks."""
            answer = must(get("checkpoint"), 200)
            again = get("checkpoint", {"If-None-Match": answer.headers["etag"]})
            return (answer, again) if again.status == 304 else None

        answer, again = wait_until("the log stands still for two looks", looked_twice)
        self.assertEqual(answer.headers["content-type"], "text/plain; charset=utf-8")
        self.assertEqual(answer.headers["cache-control"], "no-cache")
        self.assertEqual(again.body, b"")
        file_one()
        self.assertNotEqual(must(get("checkpoint", {"If-None-Match": answer.headers["etag"]}), 200).body, answer.body)

    def test_head_says_what_get_would(self):
        file_one()
        for name in ("checkpoint", "vkey", "tile/0/000.p/1"):
            got = must(get(name), 200)
            head = must(Client(WORLD.server).request("HEAD", f"/log/1/{name}"), 200)
            self.assertEqual(head.body, b"")
            self.assertEqual(head.headers["content-length"], str(len(got.body)))
            self.assertEqual(head.headers["cache-control"], got.headers["cache-control"])

    def test_what_was_once_served_is_served_for_ever(self):
        """Each width that was the present one, while the tile fills, when it is full and afterwards."""
        seen = {}
        border = -(-size_of(checkpoint()) // 256) * 256
        for size in (border + 3, border + 100, border + 255, border + 256, border + 257):
            grow_to(size)
            reached = size_of(checkpoint())
            full, rest = divmod(reached, 256)
            number, width = (full, rest) if rest else (full - 1, 256)
            for name in [tile_text("0", number, width), tile_text("entries", number, width)] + \
                    ([tile_text("1", 0, full)] if full else []):
                answer = must(get(name), 200)
                self.assertEqual(answer.headers["content-type"], "application/octet-stream")
                self.assertEqual(answer.headers["cache-control"], FOR_EVER)
                seen[name] = answer.body
            for name, bytes_then in seen.items():
                self.assertEqual(must(get(name), 200).body, bytes_then, name)
        self.assertGreaterEqual(len(seen), 10)
        whole = must(get("tile/0/000"), 200).body
        self.assertEqual(len(whole), 256 * 32)
        for width in (1, 17, 255):
            self.assertEqual(must(get(f"tile/0/000.p/{width}"), 200).body, whole[:width * 32])
        entries = must(get("tile/entries/000"), 200).body
        self.assertTrue(entries.startswith(must(get("tile/entries/000.p/200"), 200).body))

    def test_nothing_is_served_beyond_the_newest_checkpoint(self):
        file_one()
        full, rest = divmod(size_of(checkpoint()) + 64, 256)  # the head of the history may come into the log meanwhile
        for kind in ("0", "entries"):
            must(get(tile_text(kind, full, rest + 1)), 404)
            must(get(f"tile/{kind}/{full:03}"), 404)
            must(get(tile_text(kind, full + 1, 1)), 404)
        must(get(tile_text("1", 0, full + 1)), 404)
        must(get("tile/5/000.p/1"), 404)

    def test_there_is_one_spelling_of_a_path_and_of_a_shard(self):
        file_one()
        must(get("tile/0/000.p/1"), 200)
        for name in ("tile/0/%30%300.p/1", "tile/0/000.p/01", "tile/0/0.p/1", "tile/0/x000/000.p/1", "tile/0/000.p/1/",
                     "tile/0/000%2Ep/1", "tile", "tile/", "tile/entries", "Tile/0/000.p/1", "tile/6/000.p/1"):
            self.assertIn(get(name).status, (400, 404), name)
        for shard in ("0", "01", "2", "-1", "+1", "1.0", "32768", "65537", "99999999999999999999", "one", "%31%00"):
            for name in ("checkpoint", "vkey", "vkeys", "tile/0/000.p/1"):
                self.assertIn(WORLD.client().get(f"/log/{shard}/{name}").status, (400, 404), shard)
        must(get("checkpoint?newest"), 422)
        must(WORLD.client().request("POST", "/log/1/checkpoint", b"", {"Content-Length": "0"}), 405)

    def test_the_keys_of_the_log_are_among_those_it_ever_had(self):
        answer = must(get("vkeys"), 200)
        self.assertIn(vkey(), answer.body.decode().splitlines(keepends=True))

    def test_public_leaves_are_listed_by_kind(self):
        public = WORLD.client()
        for kind in ("key", "rules", "draw"):
            for leaf in must(public.get(f"/public/v1/log-leaves?kind={kind}"), 200).json["items"]:
                self.assertEqual(leaf["kind"], kind)
        self.assertEqual(must(public.get("/public/v1/log-leaves"), 422).pointers(), {"query:kind": "required"})
        for kind in ("commitment", "record", "status", ""):
            must(public.get(f"/public/v1/log-leaves?kind={kind}"), 422)


class Proving(unittest.TestCase):
    def proof(self, filed, checkpoint_named=None, who="zhang.clerk"):
        query = "" if checkpoint_named is None else f"?checkpoint={checkpoint_named}"
        return WORLD.client(who).get(f"/v1/commitments/{filed['commitment_code']}/proof{query}")

    def test_a_proof_against_any_later_checkpoint_holds(self):
        filed = file_one()
        receipt, known = filed["receipt"], [checkpoint()]
        for _ in range(3):
            file_many(70)
            known.append(checkpoint())
        for signed in known:
            answer = must(self.proof(filed, size_of(signed)), 200)
            self.assertEqual(answer.headers["content-type"], "text/plain; charset=utf-8")
            self.assertEqual(answer.headers["cache-control"], "no-store")
            text = answer.body.decode()
            self.assertEqual(text.split("\n\n", 1)[1], signed)
            judged = judges.tlogcheck_proof(text, receipt["entry"], vkey())
            self.assertEqual((judged["index"], judged["size"]), (receipt["leaf_index"], size_of(signed)))
        for named in (None, "newest"):  # the log grows by itself, so that it is at least the last one seen
            newest = must(self.proof(filed, named), 200).body.decode()
            size = size_of(newest.split("\n\n", 1)[1])
            self.assertGreaterEqual(size, size_of(known[-1]))
            self.assertEqual(newest, must(self.proof(filed, size), 200).body.decode())
        self.assertIn(receipt["proof"].split("\n\n", 1)[1].split("\n")[1], {signed.split("\n")[1] for signed in known})

    def test_a_checkpoint_that_cannot_be_used_is_said_so(self):
        before = size_of(checkpoint())
        filed = file_many(40)[-1]
        index = filed["receipt"]["leaf_index"]
        for size in {0, 1, before, index}:
            refused = must(self.proof(filed, size), 409)
            self.assertEqual(refused.problem, "conflict")
        must(self.proof(filed, size_of(checkpoint()) + 64), 404)
        must(self.proof(filed, 2 ** 48 - 1), 404)
        for nonsense in ("", "oldest", "-1", "01", "1e3", "%201", "18446744073709551616", 2 ** 48):
            self.assertEqual(list(must(self.proof(filed, nonsense), 422).pointers()), ["query:checkpoint"])

    def test_only_who_may_read_it_gets_a_proof(self):
        filed = file_one()
        for who in ("zhang.clerk", "qian.supervisor", "zhao.decider"):
            must(self.proof(filed, who=who), 200)
        must(self.proof(filed, who="wu.other"), 404)
        must(self.proof(filed, who="sun.integrator"), 403)
        must(self.proof(filed, who=None), 401)
        must(WORLD.client("zhang.clerk").get("/v1/commitments/11010520260302999999/proof"), 404)


class Operating(unittest.TestCase):
    def test_shards_are_listed_as_they_were_signed(self):
        file_one()

        def listed():
            """The head of the history may come into the log between two looks."""
            signed = checkpoint().split("\n")
            looks = [log_command("list"), log_command("list", "--shard", "1")]
            return (signed, looks) if checkpoint().split("\n") == signed else None

        signed, looks = wait_until("the log stands still for four looks", listed)
        for code, lines, _ in looks:
            shards = [json.loads(line) for line in lines]
            self.assertEqual([code, *([s["origin"], str(s["size"]), s["root"], s["frozen"]] for s in shards)], [0, signed[:3] + [None]])
        code, lines, complaint = log_command("list", "--shard", "2")
        self.assertEqual((code, lines), (1, []))
        self.assertIn("no shard 2", complaint)

    def test_its_size_can_be_watched(self):
        file_one()
        wait_until("the metrics say how large the log is", lambda: self.metrics().get('log_size{shard="1"}') == size_of(checkpoint()))
        self.assertEqual(self.metrics()["log_pending"], 0)

    def metrics(self):
        with urllib.request.urlopen(f"http://{WORLD.server.ops}/metrics", timeout=20) as answer:
            lines = [line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in lines}

    def test_a_sound_log_is_found_sound_while_it_grows(self):
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            growing = beside.submit(file_many, 100)
            self.assertEqual(log_command("check")[0::2], (0, ""))
            growing.result()

    def test_a_frozen_shard_goes_on_only_after_a_check(self):
        filed = file_one()
        self.addCleanup(with_sql, "update log_shard set frozen_why = null;")
        with_sql("update log_shard set frozen_why = 'a test' where shard = 1;")
        self.assertIn("retry-after", must(try_to_file(), 503).headers)
        self.assertEqual(self.why_frozen(), "a test")
        must(get("checkpoint"), 200)  # what was signed stays signed
        self.falsify(filed, "0" * 64)
        code, _, complaint = log_command("thaw", "--shard", "1")
        self.assertEqual(code, 1)
        self.assertIn("damaged", complaint)
        self.assertEqual(log_command("check")[0], 1)
        self.assertEqual(self.why_frozen(), "a test")
        self.falsify(filed, filed["receipt"]["digest_sha256"])
        self.assertEqual(log_command("thaw", "--shard", "1")[0::2], (0, ""))
        self.assertIsNone(self.why_frozen())
        file_one()
        self.assertIn("not frozen", log_command("thaw", "--shard", "1")[2])

    def test_rows_that_another_program_wrote_are_answered_for(self):
        WORLD.damaged = True
        code, _, complaint = log_command("vouch", "--reason", "looked at")
        self.assertEqual(code, 1)
        self.assertIn("no row", complaint)
        with_sql("insert into notice select (jsonb_populate_record(n, jsonb_build_object('notice_id', '019cac0f-4291-7e49-a613-d8a229eb7bd4'))).* from notice n limit 1;")
        code, told, _ = log_command("check")
        self.assertEqual(code, 1)
        self.assertIn("row notice 019cac0f-4291-7e49-a613-d8a229eb7bd4 is not as this server wrote it", "".join(told))
        self.assertEqual(log_command("vouch", "--reason", "looked at")[:2], (0, ['{"row":"notice 019cac0f-4291-7e49-a613-d8a229eb7bd4"}']))
        self.assertEqual(log_command("check")[0::2], (0, ""))

    def why_frozen(self):
        return json.loads(log_command("list")[1][0])["frozen"]

    def falsify(self, filed, digest):
        """Past every rule of the database, as only its owner can."""
        with_sql("set session_replication_role = replica; "
                 f"update commitment set content_digest = '\\x{digest}' where code = '{filed['commitment_code']}';")
