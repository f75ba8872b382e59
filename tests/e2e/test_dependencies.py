"""scripts/common.sh installs what scripts/deps names and is missing or too old; apt and dpkg are played by scripts here."""
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])
# Installed packages are files with their version in them; apt-get replaces them by what its archive has.
PLAYED = {
    "dpkg-query": 'file="$PLAYED/installed/${!#}"; [ -e "$file" ] || exit 1; echo "installed $(cat "$file")"',
    "apt-get": 'echo "$*" >>"$PLAYED/asked"; [ "$1" = install ] || exit 0; for p in "${@:2}"; do '
               'case "$p" in -*) ;; *) cp "$PLAYED/archive/$p" "$PLAYED/installed/$p" || exit 100 ;; esac; done',
    "sudo": 'exec "$@"',
}


class Dependencies(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        for name in ("bin", "installed", "archive", "tree/scripts"):
            (self.folder / name).mkdir(parents=True)
        for name, body in PLAYED.items():
            path = self.folder / "bin" / name
            path.write_text(f"#!/bin/bash\n{body}\n", encoding="ascii")
            path.chmod(0o755)
        (self.folder / "tree/scripts/common.sh").write_bytes((ROOT / "scripts/common.sh").read_bytes())
        (self.folder / "tree/scripts/deps").write_text("build tool>=3.0.20  # why\nbuild other  # why\n", encoding="ascii")

    def install(self, installed, archive):
        for place, packages in (("installed", installed), ("archive", archive)):
            for name, version in packages.items():
                (self.folder / place / name).write_text(version, encoding="ascii")
        run = subprocess.run(["bash", "-c", "source scripts/common.sh; install_packages build"], cwd=self.folder / "tree",
                             env=os.environ | {"PLAYED": str(self.folder), "PATH": f"{self.folder}/bin:{os.environ['PATH']}"},
                             capture_output=True, text=True, timeout=60, check=False)
        asked = self.folder / "asked"
        return run, asked.read_text(encoding="ascii").split("\n")[-2].split()[-2:] if asked.exists() else []

    def test_nothing_is_asked_where_all_is_there(self):
        for version in ("3.0.20", "3.0.22-1~deb12u2", "1:1.0"):
            run, asked = self.install({"tool": version, "other": "1"}, {})
            self.assertEqual((run.returncode, asked), (0, []), run.stderr)

    def test_what_is_too_old_is_upgraded_beside_what_is_missing(self):
        run, asked = self.install({"tool": "3.0.17-1~deb12u2"}, {"tool": "3.0.20-1~deb12u2", "other": "1"})
        self.assertEqual((run.returncode, asked), (0, ["tool", "other"]), run.stderr)

    def test_an_archive_that_has_nothing_newer_is_said(self):
        run, _ = self.install({"tool": "3.0.17", "other": "1"}, {"tool": "3.0.19"})
        self.assertEqual(run.returncode, 1)
        self.assertIn("tool 3.0.19 at most, and tool>=3.0.20 is needed", run.stderr)


if __name__ == "__main__":
    unittest.main()
