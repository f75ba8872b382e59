"""What the public window checks in a browser, held to the vectors of others that sponsio-verify is held to."""
import os
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])


class Vectors(unittest.TestCase):
    def test_inclusion_and_sd_jwt(self):
        run = subprocess.run(["node", ROOT / "tests/e2e/window_vectors.mjs", ROOT], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertGreater(int(run.stdout), 50)


if __name__ == "__main__":
    unittest.main()
