"""What a release build is protected by, judged by Debian's hardening-check; and what a running server keeps to itself."""
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import unittest

from sponsio_e2e.program import Program

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])
BINARY = pathlib.Path(os.environ["SPONSIO_BINARY"])
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="sponsio-hardening-"))
# Something for each protection to protect.
PROBE = """
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>
int main(int count, char** words) {
    char text[64];
    std::strcpy(text, words[count - 1]);
    char large[1 << 16];
    std::memset(large, count, sizeof large);
    std::vector<int> numbers(3);
    std::printf("%s %d %d\\n", text, large[count], numbers[static_cast<unsigned>(count)]);
}
"""


def setUpModule():
    unittest.addModuleCleanup(shutil.rmtree, FOLDER)
    FOLDER.chmod(0o755)


class Release(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A program of a few lines, compiled and linked exactly as the server of the preset release."""
        build = FOLDER / "release"
        subprocess.run(["cmake", "--preset", "release", "-B", build, "-DSPONSIO_TESTS=OFF"], cwd=ROOT, capture_output=True, check=True)
        commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
        main = next(c["command"] for c in commands if c["file"].endswith("server/app/main.cpp"))
        flags = [word for word in shlex.split(main)[1:] if word.startswith(("-O", "-f", "-D_", "-std", "-m"))]
        link = subprocess.run(["ninja", "-C", build, "-t", "commands", "-s", "server/app/sponsio"], capture_output=True, text=True, check=True).stdout
        flags += [word for word in shlex.split(link) if word.startswith(("-Wl,-z", "-fuse-ld"))]
        source = FOLDER / "probe.cpp"
        source.write_text(PROBE, encoding="ascii")
        cls.probe = FOLDER / "probe"
        subprocess.run(["clang++-16", *flags, source, "-o", cls.probe], capture_output=True, check=True)

    def test_it_has_all_that_a_debian_package_has(self):
        # Debian 12 links start files without the note that it would look for after -fcf-protection; see below.
        run = subprocess.run(["hardening-check", "--nocfprotection", self.probe], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stdout)
        for protection in ("Position Independent Executable", "Stack protected", "Fortify Source functions", "Read-only relocations", "Immediate binding"):
            self.assertIn(f"{protection}: yes", run.stdout)

    def test_the_stack_is_probed_and_branches_have_marks(self):
        """As clang writes them, which hardening-check does not know."""
        code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", self.probe], capture_output=True, text=True, check=True).stdout
        main = code.split("<main>:")[1].split("\n\n")[0]
        self.assertRegex(main.splitlines()[1], r"endbr64")
        self.assertRegex(main, r"sub +\$0x1000,%rsp\n.*mov[ql] +\$0x0,\(%rsp\)")

    def test_the_library_looks_after_its_bounds(self):
        run = subprocess.run([self.probe, "a", "b", "c"], capture_output=True, text=True, check=False)
        self.assertIn("Assertion", run.stderr)


class Running(unittest.TestCase):
    """As a user without rights, as in service."""

    @classmethod
    def setUpClass(cls):
        cls.data = FOLDER / "home" / "data"
        cls.data.parent.mkdir()
        user = []
        if os.geteuid() == 0:
            shutil.chown(cls.data.parent, "nobody")
            user = ["setpriv", "--reuid", "nobody", "--clear-groups"]
        cls.server = Program("sponsio", [*user, BINARY, "serve", "--data", cls.data, "--listen", "127.0.0.1:0", "--ops", "127.0.0.1:0", "--log",
                                         cls.data.parent / "log"], FOLDER / "serve.log").start()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_nobody_may_look_into_it(self):
        process = pathlib.Path(f"/proc/{self.server.process.pid}")
        self.assertEqual((process / "environ").stat().st_uid, 0)  # proc(5): of a process that may not be dumped
        status = dict(line.split(":\t", 1) for line in (process / "status").read_text(encoding="ascii").splitlines() if ":\t" in line)
        self.assertNotEqual(status["Uid"].split()[0], "0")
        self.assertGreaterEqual(int(status["VmLck"].split()[0]), 4096)
        limits = (process / "limits").read_text(encoding="ascii")
        core = next(line.split()[4:6] for line in limits.splitlines() if line.startswith("Max core file size"))
        self.assertEqual(core, ["0", "0"])

    def test_what_it_writes_is_the_owners(self):
        for path in (self.data, self.data / "keys", *(self.data / "keys").iterdir(), self.data.parent / "log"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)


if __name__ == "__main__":
    unittest.main()
