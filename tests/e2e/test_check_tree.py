"""The tree check finds what does not belong, and a page that forgot a package."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check_tree.py"
GOOD = {
    "scripts/deps": "# list\nbuild cmake>=3.25  # builds\n",
    "docs/dependencies.md": "| `cmake` | builds |\n",
    "server/app/main.cpp": "// docs/dependencies.md says more; tests/bench/bench_<name>.cpp is a pattern\nint main() {}\n",
}
BAD = [
    ({"server/app/main.cpp": "int a;\n" * 501}, "501 lines"),
    ({"server/app/main.cpp": "// TO" + "DO: later\n"}, "promises nothing"),
    ({"tests/unit/a.cpp": "TEST(A, DISA" + "BLED_b) {}\n"}, "a test that does not run is no test"),
    ({"docs/dependencies.md": "| `cmake` | see /home/" + "somebody/src |\n"}, "names a machine's path"),
    ({"server/app/main.cpp": "// as docs/gone.md says\n"}, "names docs/gone.md, which is not in the tree"),
    ({"server/app/main.cpp": 'char const* source = "gone.md 2.4";\n'}, "names gone.md, which is not in the tree"),
    ({"server/app/main.cpp": "int a;  // see server/old/part.hpp\n"}, "names server/old/part.hpp"),
    ({"docs/dependencies.md": "| `cmake` | [b](law.md#a) |\n"}, "names law.md"),
    ({"docs/dependencies.md": "| `cmake` | builds `tests/old/` |\n"}, "names tests/old/"),
    ({"docs/law.md": "| A1 | x |\n", "server/app/main.cpp": 'char const* source = "docs/law.md A2";\n'}, "cites A2, which docs/law.md"),
    ({"server/app/main.cpp": "int a; \n"}, "blanks at the end"),
    ({"server/app/main.cpp": "int a;"}, "no newline at the end"),
    ({"run.log": "what a tool left\n"}, "does not belong at the top"),
    ({"tools/a.txt": "a new folder\n"}, "does not belong at the top"),
    ({"scripts/deps": "build cmake\nbuild gold  # x\n"}, "says nothing of gold"),
    ({"docs/dependencies.md": "| `cmake` | b |\n| `silver` | c |\n"}, "speaks of silver"),
    ({"tests/package.json": '{"overrides": {"b": "2.0.0"}}\n',
      "tests/package-lock.json": '{"packages": {"node_modules/a": {"dependencies": {"b": "^1.0.0"}}}}\n'}, "write 2.0.0 there"),
]


class TreeCheck(unittest.TestCase):
    def check(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            run = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False)
            return run.returncode, run.stdout + run.stderr

    def test_a_good_tree_passes_in_silence(self):
        self.assertEqual(self.check(GOOD), (0, ""))

    def test_every_breach_is_named(self):
        for change, sentence in BAD:
            with self.subTest(sentence):
                status, output = self.check(GOOD | change)
                self.assertEqual(status, 1)
                self.assertIn(sentence, output)
