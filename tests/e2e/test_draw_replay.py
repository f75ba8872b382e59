"""Draws by three programs that share no code: Python makes them up, sponsio-verify and the 60 lines of JavaScript draw again."""
import json
import os
import pathlib
import random
import re
import subprocess
import tempfile
import unittest

from sponsio_e2e import draws
from sponsio_e2e.pages import Page
from sponsio_e2e.verifier import verify

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])
GOLDEN, OLD = ROOT / "tests/golden/crypto/draw-v2", ROOT / "tests/golden/crypto/draw"
JUDGES = ROOT / "tests/judges"
POOLS = 100


class Phantom(draws.Pool):
    """A pool in whose list a lot stands in place of somebody's."""

    def text(self):
        last = max(lot for one in self.of("ordinary") for lot in self.lots(one))
        return "".join(("f" * 64 if line == last else line) + "\n" for line in super().text().splitlines())


class Replay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = pathlib.Path(temporary.name)
        (cls.folder / "thief").mkdir()
        cls.key, cls.thief = draws.Key(cls.folder), draws.Key(cls.folder / "thief")
        cls.notary, cls.liar = draws.Notary(cls.folder, "drand"), draws.Notary(cls.folder / "thief", "drand")

    def judged(self, folder=None, full=True):
        """What each of the two says: (sponsio-verify's exit code and code, the judge's exit code and word)."""
        folder = folder or self.folder
        files = [folder / name for name in ("draw.json", "draw-pool.txt", "jwks.json", "draw-full.txt")[:4 if full else 3]]
        code, answer = verify("draw", files[0], "--pool", files[1], "--jwks", files[2], *(["--full", files[3]] if full else []))
        judge = subprocess.run(["node", JUDGES / "draw.cjs", *files], capture_output=True, text=True, timeout=60, check=False)
        return (code, answer.get("code")), (judge.returncode, judge.stdout.strip() or judge.stderr)

    def hold(self, folder=None):
        """By what is published, and by the full pool."""
        for full in (False, True):
            self.assertEqual(self.judged(folder, full), ((0, None), (0, "ok")), full)

    def refuse(self, code, what, exit_code=1, full=True):
        self.assertEqual(self.judged(full=full), ((exit_code, code), (1, what)))


class Good(Replay):
    def test_the_golden_draw(self):
        self.hold(GOLDEN)
        pool, seed, public_input, recusals = draws.golden(random.Random(20260302))
        self.assertEqual(pool.text().encode(), (GOLDEN / "draw-pool.txt").read_bytes())
        self.assertEqual(pool.full().encode(), (GOLDEN / "draw-full.txt").read_bytes())
        said = json.loads((GOLDEN / "draw.json").read_text(encoding="utf-8"))
        self.assertEqual(said["result"], draws.Again(pool, seed, public_input).result(recusals))
        self.assertGreater(len(said["repeats"]), 0)

    def test_a_draw_whose_pool_was_published_whole_stays_verifiable(self):
        code, answer = verify("draw", OLD / "draw.json", "--pool", OLD / "draw-pool.txt", "--jwks", OLD / "jwks.json")
        self.assertEqual((code, answer["ok"], answer["draw_id"]), (0, True, "0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b"))

    def test_whoever_was_given_the_opening_finds_their_lots(self):
        pool, seed, public_input, recusals = draws.golden(random.Random(20260302))
        drawn = {row["object"] for row in draws.Again(pool, seed, public_input).result(recusals)}
        told = set()
        for one in pool.objects[:12]:
            (self.folder / "opening").write_text(pool.opening(one) + "\n", encoding="ascii")
            code, answer = verify("draw", GOLDEN / "draw.json", "--pool", GOLDEN / "draw-pool.txt", "--opening", self.folder / "opening")
            self.assertEqual((code, answer["opened_drawn"]), (0, not drawn.isdisjoint(pool.lots(one))))
            told.add(answer["opened_drawn"])
            heavier = pool.opening(one).replace(f" {one[2]} ", f" {one[2] + 1} ")
            (self.folder / "opening").write_text(heavier, encoding="ascii")
            code, answer = verify("draw", GOLDEN / "draw.json", "--pool", GOLDEN / "draw-pool.txt", "--opening", self.folder / "opening")
            self.assertEqual((code, answer["code"]), (1, "not_opened"))
        self.assertEqual(told, {True, False})

    def test_nothing_that_is_published_depends_on_a_person(self):
        pool, *_ = draws.golden(random.Random(20260302))
        text = pool.text()
        self.assertRegex(text, r"\A(sponsio-draw-pool/v2\n)((draw|assign|inspectors|full|public|weight|stratum) .*\n)+([0-9a-f]{64}\n)+\Z")
        for ref in pool.inspectors:
            self.assertNotIn(ref, text + (GOLDEN / "draw.json").read_text(encoding="utf-8"))

    def test_random_draws(self):
        drawn, recused, empty = 0, 0, 0
        for n in range(POOLS):
            pool, seed, public_input, recusals = draws.made_up(random.Random(n))
            notary = self.notary if pool.beacon and pool.beacon[0] == "drand" else None
            said = draws.statement(pool, seed, public_input, self.key, recusals, notary=notary)
            draws.write(self.folder, pool, said, self.key)
            with self.subTest(seed=n):
                self.hold()
            drawn += len(said["result"])
            recused += len(recusals)
            empty += sum(row["inspectors"].count(None) for row in said["result"])
        # What was made up is worth the name.
        self.assertGreater(drawn, 5 * POOLS)
        self.assertGreater(recused, POOLS / 4)
        self.assertGreater(empty, POOLS)

    def test_the_re_implementation_has_sixty_lines_and_no_libraries(self):
        text = (JUDGES / "draw_again.cjs").read_text(encoding="utf-8")
        code = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("//")]
        self.assertLessEqual(len(code), 60)
        self.assertLessEqual(max(map(len, code)), 130)
        self.assertEqual(re.findall(r"require\('(\w+)'\)", text), ["crypto"])

    def test_openssl_finds_the_tickets(self):
        """The commands of docs/draw.md as they stand."""
        page = Page(ROOT, "docs/draw.md", __file__)
        pool, *_ = draws.golden(random.Random(20260302))
        tickets = {row["object"]: row["ticket"] for row in json.loads((GOLDEN / "draw.json").read_text(encoding="utf-8"))["result"]}
        rows = [(one, tickets[lot]) for one in pool.objects if one[2] == 1 for lot in pool.lots(one) if lot in tickets]
        self.assertGreater(len(rows), 2)
        for one, expected in rows:
            lot, ticket = page.run(0, GOLDEN, OPENING=pool.opening(one)).splitlines()
            self.assertEqual((lot, ticket), (pool.lots(one)[0], expected))
        page.hold_all_ran()


class Tampered(Replay):
    """Whatever is changed in a good draw is signed anew with the right key, unless it is the signature that is wrong."""

    def setUp(self):
        self.pool, self.seed, self.public_input, _ = draws.golden(random.Random(7))
        self.recusals = []
        self.said = draws.statement(self.pool, self.seed, self.public_input, self.key)
        self.write()
        self.hold()

    def write(self, said=None):
        draws.write(self.folder, self.pool, said or self.said, self.key)

    def reseal(self, change=lambda said, result: None, digest=True):
        said = json.loads(json.dumps(self.said))
        result = said.pop("result")
        del said["statement"]
        change(said, result)
        if digest:
            said["result_digest_sha256"] = draws.sha256(draws.canonical(result))
        self.write(draws.seal(said, result, self.key))

    def test_a_row_in_place_of_another(self):
        self.reseal(lambda said, result: result.insert(0, result.pop()))
        self.refuse("result_differs", "result differs")

    def test_a_row_less(self):
        self.reseal(lambda said, result: result.pop())
        self.refuse("result_differs", "result differs")

    def test_another_inspector(self):
        self.reseal(lambda said, result: result[2]["inspectors"].reverse())
        self.refuse("result_differs", "result differs")

    def test_another_digest_of_the_result(self):
        self.reseal(lambda said, result: said.update(result_digest_sha256="0" * 64), digest=False)
        self.refuse("result_differs", "result differs")

    def test_another_seed(self):
        self.reseal(lambda said, result: said.update(seed="11" * 32))
        self.refuse("seed_differs", "seed differs")

    def test_another_seed_with_its_commitment(self):
        other = draws.statement(self.pool, bytes(32), self.public_input, self.key)
        other["committed_leaf"] = self.said["committed_leaf"]
        result, _ = other.pop("result"), other.pop("statement")
        self.write(draws.seal(other, result, self.key))
        self.refuse("leaf_differs", "committed content differs")

    def test_other_dice(self):
        self.reseal(lambda said, result: said.update(public_input=self.public_input.replace("dice=3,5", "dice=5,3")))
        self.refuse("result_differs", "result differs")

    def test_more_dice_than_promised(self):
        self.reseal(lambda said, result: said.update(public_input=self.public_input.replace("dice=3", "dice=3,3")))
        self.refuse("bad_public_input", "public input differs")

    def test_a_lighter_object(self):
        was = self.pool.full()
        path = self.folder / "draw-full.txt"
        path.write_text(was.replace("object 1/3 ordinary 4", "object 1/3 ordinary 1"), encoding="ascii")
        self.assertNotEqual(path.read_text(encoding="ascii"), was)
        self.refuse("pool_changed", "full pool differs")

    def test_a_lot_in_place_of_another(self):
        path = self.folder / "draw-pool.txt"
        lines = path.read_text(encoding="ascii").splitlines()
        lines[-1] = "f" * 64
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
        self.refuse("pool_changed", "pool differs", full=False)

    def test_a_lot_that_is_nobody_s(self):
        """The public cannot see that; whoever may see the full pool does."""
        self.pool.__class__ = Phantom
        self.said = draws.statement(self.pool, self.seed, self.public_input, self.key)
        self.write()
        self.assertEqual(self.judged(full=False), ((0, None), (0, "ok")))
        self.refuse("pool_differs", "full pool differs")

    def test_another_pool_with_its_digest(self):
        del self.pool.objects[5]
        other = draws.statement(self.pool, self.seed, self.public_input, self.key)
        other["committed_leaf"] = self.said["committed_leaf"]
        result, _ = other.pop("result"), other.pop("statement")
        self.write(draws.seal(other, result, self.key))
        self.refuse("leaf_differs", "committed content differs")

    def test_a_value_that_the_beacon_did_not_sign(self):
        self.said = draws.statement(self.pool, self.seed, self.public_input, self.key, notary=self.notary)
        self.write()
        self.hold()
        value = self.public_input.rsplit(":", 1)[1]
        for note in (self.liar.note(4_711, value, "2026-03-02T01:59:00Z"), self.notary.note(4_712, value, "2026-03-02T01:59:00Z"),
                     self.notary.note(4_711, "00", "2026-03-02T01:59:00Z"), self.notary.note(4_711, value, "2026-03-02T00:59:00Z")):
            self.reseal(lambda said, result, note=note: said.update(beacon_note=note))
            self.refuse("bad_public_input", "beacon differs")

    def test_another_beacon_than_was_named(self):
        self.said = draws.statement(self.pool, self.seed, self.public_input, self.key, notary=self.notary)
        note = self.liar.note(4_711, self.public_input.rsplit(":", 1)[1], "2026-03-02T01:59:00Z")
        self.reseal(lambda said, result: said.update(beacon_key=self.liar.vkey, beacon_note=note))
        self.refuse("leaf_differs", "committed content differs")

    def test_a_recusal_of_one_without_a_seat(self):
        row = self.said["result"][0]
        seen = [self.pool.seen(row["object"], ref) for ref in self.pool.inspectors]
        absent = next(ref for ref in seen if ref not in row["inspectors"])
        self.reseal(lambda said, result: said["recusals"].append({"object": row["object"], "inspector": absent}))
        self.refuse("not_seated", f"recusal ({absent} has no seat at {row['object']}) differs")

    def test_a_recusal_that_is_kept_quiet(self):
        row = self.said["result"][0]
        recusals = [{"object": row["object"], "inspector": row["inspectors"][0]}]
        self.said = draws.statement(self.pool, self.seed, self.public_input, self.key, recusals)
        self.write()
        self.hold()
        self.reseal(lambda said, result: said["recusals"].clear())
        self.refuse("result_differs", "result differs")

    def test_a_later_promise(self):
        self.reseal(lambda said, result: said.update(reveal_by="2026-04-01T00:00:00Z"))
        self.refuse("leaf_differs", "committed content differs")

    def test_public_input_from_before_the_commitment(self):
        self.reseal(lambda said, result: said.update(public_input_at="2026-03-02T01:00:06.547935Z"))
        self.refuse("wrong_order", "order of times differs")

    def test_a_payload_that_says_something_else(self):
        said = json.loads(json.dumps(self.said))
        said["revision"] = 2
        self.write(said)
        self.refuse("payload_differs", "signed statement differs")

    def test_a_foreign_signature(self):
        said = {name: value for name, value in self.said.items() if name not in ("result", "statement")}
        self.write(draws.seal(said, self.said["result"], self.thief))
        self.refuse("bad_signature", "signature differs")

    def test_another_layout(self):
        (self.folder / "draw.json").write_text(json.dumps(self.said, indent=1, sort_keys=True), encoding="utf-8")
        self.refuse("malformed_draw", "form differs", exit_code=2)  # laid out anew on the way, it shows nothing about the draw


if __name__ == "__main__":
    unittest.main()
