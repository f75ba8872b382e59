"""A library that cannot compute: here OpenSSL under a policy that leaves no algorithm, as a real configuration can. Both
programs say which algorithm, library and version, and end with the exit codes of docs/exit-codes.md and docs/verify.md."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from sponsio_e2e.verifier import VERIFY

SPONSIO = pathlib.Path(os.environ["SPONSIO_BINARY"])
POLICY = """openssl_conf = everything
[everything]
alg_section = algorithms
[algorithms]
default_properties = fips=yes
"""
LIBRARY = re.compile(r"SHA-256 \(FIPS 180-4\).*OpenSSL 3\.\d+\.\d+ .*libssl3")


class SelfTestFails(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.policy = self.folder / "openssl.cnf"
        self.policy.write_text(POLICY, encoding="ascii")

    def run_under_policy(self, *command):
        environment = {**os.environ, "OPENSSL_CONF": str(self.policy)}
        return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120, env=environment,
                              check=False)

    def test_the_server_does_not_begin(self):
        data = self.folder / "data"
        run = self.run_under_policy(SPONSIO, "serve", "--data", data)
        self.assertEqual(run.returncode, 69, run.stderr)
        self.assertRegex(run.stderr, LIBRARY)
        self.assertNotIn("unexpected", run.stderr)
        self.assertFalse(data.exists(), "nothing is made before the test")

    def test_a_command_that_needs_keys_says_the_same(self):
        run = self.run_under_policy(SPONSIO, "key", "create", "--new", "--data", self.folder / "keys")
        self.assertEqual(run.returncode, 69, run.stderr)
        self.assertRegex(run.stderr, LIBRARY)

    def test_the_verifier_judges_nothing(self):
        command = [VERIFY, "proof", "--proof", self.policy, "--entry", self.policy, "--vkey", self.policy]
        for language in ("en", "zh-CN"):
            with self.subTest(language):
                run = self.run_under_policy(*command, "--lang", language)
                self.assertEqual(run.returncode, 2, run.stderr)
                self.assertRegex(run.stderr, LIBRARY)
                self.assertNotRegex(run.stderr, "unexpected|意外")


if __name__ == "__main__":
    unittest.main()
