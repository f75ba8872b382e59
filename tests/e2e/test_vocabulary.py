"""GET /v1/vocabulary has every word that the server speaks, in Chinese and English: closed lists, problems, reasons, forms, units."""
import json
import os
import pathlib
import re
import subprocess
import unittest

from sponsio_e2e.contract import begin
from sponsio_e2e.world import World, must

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])
BINARY = pathlib.Path(os.environ["SPONSIO_BINARY"])
WORLD = World()
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def setUpModule():
    begin(WORLD)
    WORLD.vocabulary = must(WORLD.client().get("/v1/vocabulary"), 200).json


def printed(*command):
    return subprocess.run([BINARY, *command], check=True, capture_output=True, text=True).stdout


def sources():
    for folder in ("server", "reference"):
        for path in sorted((ROOT / folder).rglob("*.?pp")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


class Vocabulary(unittest.TestCase):
    def test_the_lists_are_those_that_the_program_prints(self):
        lists = {one["name"]: [row["word"] for row in one["words"]] for one in WORLD.vocabulary["lists"]}
        self.assertEqual(lists, {one["name"]: one["words"] for one in json.loads(printed("words", "--json"))["lists"]})

    def test_every_word_has_a_label_in_both_languages(self):
        """A word that server/app/word_labels.cpp does not know is shown as itself."""
        without = [f"{one['name']}: {row['word']}" for one in WORLD.vocabulary["lists"] for row in one["words"]
                   if not CHINESE.search(row["label"]["zh"]) or not re.match(r"[A-Z]", row["label"]["en"])]
        self.assertEqual(without, [], "server/app/word_labels.cpp lacks these words")

    def test_every_reason_of_the_sources_is_explained(self):
        explained = [one["reason"] for one in WORLD.vocabulary["reasons"]]
        self.assertEqual(explained, sorted(set(explained)))
        used = {}
        for name, text in sources():
            for word in re.findall(r'\bReason\s+\w+\{\s*"([a-z0-9_]+)"', text):
                used.setdefault(word, name)
        self.assertGreater(len(used), 50)
        self.assertEqual({word: name for word, name in used.items() if word not in explained}, {},
                         "server/app/reason_list.cpp does not explain these reasons")
        self.assertEqual(sorted(set(explained) - set(used)), [], "nothing gives these reasons")

    def test_every_label_is_there_twice(self):
        for part in ("reasons", "forms", "units"):
            for one in WORLD.vocabulary[part]:
                self.assertTrue(CHINESE.search(one["label"]["zh"]), one)
                self.assertTrue(one["label"]["en"], one)

    def test_the_page_of_refusals_says_the_same(self):
        page = printed("problems")
        self.assertEqual(page, (ROOT / "docs/errors.md").read_text(encoding="utf-8"))
        for part, name in (("problems", "type"), ("reasons", "reason"), ("forms", "name"), ("units", "unit")):
            for one in WORLD.vocabulary[part]:
                self.assertIn(f"| `{one[name]}` |", page)

    def test_a_stored_copy_need_not_be_sent_again(self):
        first = must(WORLD.client().get("/v1/vocabulary"), 200)
        again = WORLD.client().request("GET", "/v1/vocabulary", headers={"If-None-Match": first.headers["etag"]})
        self.assertEqual(again.status, 304)
