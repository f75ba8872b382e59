"""The check of the contract names what is missing, so that whoever adds a path knows what to write."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])
CONTRACT = (ROOT / "schema/openapi.yaml").read_text(encoding="utf-8")


def complaints(text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "openapi.yaml"
        path.write_text(text, encoding="utf-8")
        run = subprocess.run(["node", ROOT / "tests/e2e/check_contract.cjs", ROOT, path], capture_output=True, text=True, check=False)
    assert run.returncode == (1 if run.stdout else 0), run.stderr
    return run.stdout.splitlines()


def changed(pattern, by):
    text, count = re.subn(pattern, by, CONTRACT, count=1, flags=re.DOTALL)
    assert count == 1, pattern
    return text


class Contract(unittest.TestCase):
    def test_it_is_whole(self):
        self.assertEqual(complaints(CONTRACT), [])

    def test_an_enumeration_without_a_description(self):
        text = changed(r"(    Role: \{[^\n]*?\]), description: [^\n]*\n", "\\1}\n")
        self.assertEqual(complaints(text), ["#/components/schemas/Role: the enumeration clerk, verifier, reviewer … has no description"])

    def test_an_answer_without_an_example(self):
        text = changed(r"(    ProblemKinds:.*?)      example:\n        items: [^\n]*\n", r"\1")
        self.assertEqual(complaints(text), ["get /problems (listProblems) 200 application/json: no example; give one to ProblemKinds"])

    def test_an_example_that_is_wrong(self):
        said = complaints(changed(r"(    ProblemKind:.*?        status: )409", r"\g<1>200"))
        self.assertEqual(said, ["#/components/schemas/ProblemKind: the example is not as its schema says: /status must be >= 400"])


if __name__ == "__main__":
    unittest.main()
