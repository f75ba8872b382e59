"""The page check finds a command that nobody runs, and a page notices a block that its test left out."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

from sponsio_e2e.pages import Page

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check_pages.py"
RUN = "<!-- Run as it stands by tests/e2e/test_a.py -->\n"
SAME = "<!-- The same block as in docs/a.md -->\n"
GOOD = {
    "README.md": "# A\n\n<!-- Not run by a test: it is the test itself -->\n```sh\nmake\n```\n\n```text\nout\n```\n",
    "docs/a.md": f"# A\n\n{RUN}```sh\necho 1\n```\n\n{RUN}```sh\necho \"$WORD\"\n```\n",
    "docs/zh-CN/a.md": f"# A\n\n{SAME}```sh\necho 1\n```\n",
    "tests/e2e/test_a.py": 'Page(ROOT, "docs/a.md", __file__)\n',
}
BAD = [
    ({"docs/b.md": "```sh\nls\n```\n"}, "docs/b.md:1: no test runs these commands"),
    ({"docs/adr/b.md": "```\nls\n```\n"}, "docs/adr/b.md:1: a block without a language"),
    ({"docs/b.md": "<!-- Not run by a test: -->\n```sh\nls\n```\n"}, "docs/b.md:2: no test runs"),
    ({"docs/b.md": f"{RUN}```sh\nls\n```\n"}, "tests/e2e/test_a.py does not open this page"),
    ({"docs/zh-CN/a.md": SAME + "```sh\necho 2\n```\n"}, "docs/zh-CN/a.md:2: docs/a.md has no such block"),
    ({"README.zh-CN.md": SAME.replace("a.md", "c.md") + "```sh\necho 1\n```\n"}, "README.zh-CN.md:2: docs/c.md is not there"),
    ({"docs/b.md": f"{RUN.replace('_a', '_b')}```sh\nls\n```\n"}, "tests/e2e/test_b.py is not there"),
]


class PageCheck(unittest.TestCase):
    def tree(self, files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        for name, text in (GOOD | files).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        return root

    def check(self, files):
        run = subprocess.run([sys.executable, SCRIPT, self.tree(files)], capture_output=True, text=True, timeout=60, check=False)
        return run.returncode, run.stdout + run.stderr

    def test_a_good_tree(self):
        self.assertEqual(self.check({}), (0, ""))

    def test_each_breach(self):
        for files, words in BAD:
            with self.subTest(words):
                code, said = self.check(files)
                self.assertEqual(code, 1)
                self.assertIn(words, said)

    def test_a_block_that_was_left_out(self):
        root = self.tree({})
        page = Page(root, "docs/a.md", root / "tests/e2e/test_a.py")
        self.assertEqual(page.run(1, root, WORD="two"), "two\n")
        with self.assertRaisesRegex(AssertionError, "docs/a.md:4"):
            page.hold_all_ran()
        page.run(0, root)
        page.hold_all_ran()

    def test_a_command_that_fails(self):
        root = self.tree({"docs/a.md": f"{RUN}```sh\nfalse | true\necho on\n```\n"})
        with self.assertRaisesRegex(AssertionError, "docs/a.md:2 ended with 1"):
            Page(root, "docs/a.md", root / "tests/e2e/test_a.py").run(0, root)
