"""The Debian package of the present build, judged by lintian, systemd, promtool, mandoc, bash and dpkg; nothing of it is installed here."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from sponsio_e2e.verifier import VERIFY

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])
SPONSIO = pathlib.Path(os.environ["SPONSIO_BINARY"])
SOURCES = ROOT / "scripts/package.d"
PACKAGE = None  # what setUpModule made
TREE = None  # its files


def setUpModule():
    global PACKAGE, TREE
    folder = tempfile.TemporaryDirectory(prefix="sponsio-package-")
    unittest.addModuleCleanup(folder.cleanup)
    into = pathlib.Path(folder.name) / "made"
    run("scripts/package", "--from", SPONSIO.parents[2], "--into", into)
    (PACKAGE,) = into.glob("*.deb")
    TREE = pathlib.Path(folder.name) / "tree"
    run("dpkg-deb", "-x", PACKAGE, TREE)


def run(*arguments, **more):
    """Standard output of a command that has to succeed."""
    done = subprocess.run([str(a) for a in arguments], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False, **more)
    if done.returncode != 0:
        raise AssertionError(f"{arguments[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


class Contents(unittest.TestCase):
    def test_what_is_in_it(self):
        listed = {line.split()[5].removeprefix("."): line.split()[:2] for line in run("dpkg-deb", "-c", PACKAGE).splitlines()}
        for name, mode in {"/usr/bin/sponsio": "-rwxr-xr-x", "/usr/bin/sponsio-verify": "-rwxr-xr-x", "/etc/sponsio/sponsio.conf": "-rw-r--r--",
                           "/lib/systemd/system/sponsio.service": "-rw-r--r--", "/usr/lib/sysusers.d/sponsio.conf": "-rw-r--r--",
                           "/usr/lib/tmpfiles.d/sponsio.conf": "-rw-r--r--", "/etc/logrotate.d/sponsio": "-rw-r--r--",
                           "/usr/share/man/man1/sponsio-serve.1.gz": "-rw-r--r--", "/usr/share/bash-completion/completions/sponsio": "-rw-r--r--",
                           "/usr/share/sponsio/alerts.yml": "-rw-r--r--", "/usr/share/sponsio/roles.sql": "-rw-r--r--", "/usr/share/sponsio/sponsio.cdx.json": "-rw-r--r--",
                           "/usr/share/doc/sponsio/operations.md": "-rw-r--r--", "/usr/share/doc/sponsio/changelog.gz": "-rw-r--r--"}.items():
            self.assertEqual(listed.get(name), [mode, "root/root"], name)

    def test_what_dpkg_is_told(self):
        self.assertEqual(run("dpkg-deb", "-I", PACKAGE, "conffiles").split(), ["/etc/logrotate.d/sponsio", "/etc/sponsio/sponsio.conf"])
        depends = run("dpkg-deb", "-f", PACKAGE, "Depends")
        for package in ("libssl3", "libpq5", "libsoci-core4.0", "libjemalloc2", "postgresql-client-15", "ca-certificates", "systemd"):
            self.assertRegex(depends, rf"\b{re.escape(package)}\b")

    def test_lintian(self):
        root = ["--allow-root"] if os.geteuid() == 0 else []
        self.assertEqual(run("lintian", *root, "--fail-on", "error,warning,info", PACKAGE), "")

    def test_installed_and_removed_in_an_empty_root(self):
        if os.geteuid() != 0:
            self.skipTest("only root can install a package")
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "var/lib/dpkg/info").mkdir(parents=True)
            (root / "var/lib/dpkg/updates").mkdir()
            (root / "var/lib/dpkg/status").touch()
            (root / "etc").mkdir()
            (root / "etc/group").write_text("adm:x:4:\n", encoding="ascii")
            dpkg = ["dpkg", f"--root={root}", "--log=/dev/null", "--force-depends", "--force-script-chrootless"]
            run(*dpkg, "-i", PACKAGE)
            user = re.search(r"^sponsio:x:(\d+):(\d+):Sponsio:/var/lib/sponsio:/usr/sbin/nologin$",
                             (root / "etc/passwd").read_text(encoding="ascii"), re.M)
            for name, mode, group in [("var/lib/sponsio", 0o700, int(user[2])), ("var/backups/sponsio", 0o700, int(user[2])),
                                      ("var/log/sponsio", 0o750, 4)]:
                found = (root / name).stat()
                self.assertEqual((found.st_mode & 0o7777, found.st_uid, found.st_gid), (mode, int(user[1]), group), name)
            (root / "etc/sponsio/sponsio.conf").write_text("# mine\n", encoding="ascii")
            (root / "var/lib/sponsio/keys").mkdir()
            run(*dpkg, "--force-confold", "-i", PACKAGE)
            self.assertEqual((root / "etc/sponsio/sponsio.conf").read_text(encoding="ascii"), "# mine\n")
            run(*dpkg, "--purge", "sponsio")
            self.assertFalse((root / "usr/bin/sponsio").exists())
            # What cannot be made again is never removed by a package.
            self.assertTrue((root / "var/lib/sponsio/keys").is_dir())


class BillOfMaterials(unittest.TestCase):
    def setUp(self):
        self.path = TREE / "usr/share/sponsio/sponsio.cdx.json"
        self.bill = json.loads(self.path.read_text(encoding="utf-8"))

    def test_cyclonedx_takes_it(self):
        self.assertEqual(run("node", ROOT / "tests/judges/sbom.cjs", self.path), "")

    def test_the_judge_refuses_what_is_none(self):
        for damage in ({"bomFormat": "SPDX"}, {"components": [{"type": "library"}]}, {"serialNumber": "1"}, {"mine": 1}):
            wrong = self.path.with_suffix(".wrong")
            wrong.write_text(json.dumps(self.bill | damage), encoding="utf-8")
            with self.assertRaises(AssertionError, msg=damage):
                run("node", ROOT / "tests/judges/sbom.cjs", wrong)

    def test_it_names_what_is_loaded_linked_and_compiled_in(self):
        named = {part["name"]: part for part in self.bill["components"]}
        for use, packages in {"loaded": ["libssl3", "libpq5", "libsoci-core4.0", "libjemalloc2", "libcurl4", "zlib1g"],
                              "compiled in": ["libboost1.81-dev", "libcli11-dev", "libstdc++-12-dev"]}.items():
            for package in packages:
                version = run("dpkg-query", "-W", "-f", "${Version}", package)
                self.assertEqual(named[package]["version"], version)
                self.assertEqual(named[package]["properties"][0], {"name": "sponsio:use", "value": use})
        self.assertEqual(self.bill["metadata"]["component"]["version"], run(SPONSIO, "--version").strip())
        self.assertEqual(self.bill["dependencies"], [{"ref": "sponsio", "dependsOn": [part["bom-ref"] for part in self.bill["components"]]}])


class Unit(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # What the unit names of others has to be in the root that it is verified in.
        shutil.copytree("/lib/systemd/system", TREE / "lib/systemd/system", symlinks=True, dirs_exist_ok=True)
        (TREE / "bin").mkdir()
        shutil.copy("/bin/kill", TREE / "bin/kill")

    def test_systemd_takes_it(self):
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", f"--root={TREE}", "sponsio.service"], capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_it_is_shut_off(self):
        said = run("systemd-analyze", "security", "--offline=true", f"--root={TREE}", "--threshold=25", "sponsio.service")
        exposure = float(re.search(r"Overall exposure level for sponsio.service: ([\d.]+)", said)[1])
        self.assertLessEqual(exposure, 2.5)
        unit = (TREE / "lib/systemd/system/sponsio.service").read_text(encoding="utf-8")
        for line in ("Type=notify", "User=sponsio", "ProtectSystem=strict", "NoNewPrivileges=yes", "LimitCORE=0", "SystemCallFilter=@system-service"):
            self.assertIn(f"\n{line}\n", unit)
        self.assertTrue(set(re.search(r"^RestartPreventExitStatus=(.*)$", unit, re.M)[1].split()) >= {"64", "78"})

    def test_logrotate_takes_its_file(self):
        """In a folder of its own and under the present user, for there is no sponsio here."""
        folder = TREE / "rotated"
        folder.mkdir(mode=0o750)
        (folder / "sponsio.log").write_text("{}\n", encoding="ascii")
        text = (TREE / "etc/logrotate.d/sponsio").read_text(encoding="ascii")
        self.assertIn("systemctl --quiet reload sponsio.service", text)
        text = text.replace("/var/log/sponsio", str(folder)).replace("sponsio adm", "").replace("systemctl", "true systemctl")
        (TREE / "rotate.conf").write_text(text, encoding="ascii")
        (TREE / "rotate.conf").chmod(0o644)
        run("/usr/sbin/logrotate", "--force", "--state", TREE / "rotate.state", TREE / "rotate.conf")
        self.assertEqual(sorted(path.name for path in folder.iterdir()), ["sponsio.log", "sponsio.log.1"])
        self.assertEqual((folder / "sponsio.log").stat().st_mode & 0o777, 0o640)


def known_metrics():
    """name -> labels, as the program says."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|(.*?)\|", run(SPONSIO, "metrics"), re.M)
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def metrics_in(expression):
    """Names of series in a PromQL expression: what is followed by a selector, a range or nothing, and is no function or label."""
    bare = re.sub(r'"[^"]*"|\b(by|without|on|ignoring)\s*\([^)]*\)', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare)
    return set(re.findall(r"\b[a-z][a-z_]*_[a-z_]+\b(?!\s*\()", bare)) - {"label_values"}


class Monitoring(unittest.TestCase):
    def hold(self, expression):
        known = known_metrics()
        names = metrics_in(expression)
        self.assertTrue(names or "up{" in expression, expression)
        for name in names:
            family = re.sub(r"_(bucket|sum|count)$", "", name)
            self.assertIn(name if name in known else family, known, expression)
            if name not in known:
                self.assertEqual(known[family][0], "histogram", expression)

    def test_the_alert_rules(self):
        run("promtool", "check", "rules", SOURCES / "alerts.yml")
        run("promtool", "test", "rules", SOURCES / "alerts_test.yml")
        text = (SOURCES / "alerts.yml").read_text(encoding="utf-8")
        names = re.findall(r"- alert: (\w+)", text)
        self.assertEqual(sorted(re.findall(r'alertname="(\w+)"', (SOURCES / "alerts_test.yml").read_text(encoding="utf-8"))), sorted(names))
        expressions = re.findall(r"expr: (?:\|\n((?: {10,}.*\n)+)|(.*)\n)", text)
        self.assertEqual(len(expressions), len(names))
        for several, one in expressions:
            self.hold(several or one)
        self.assertEqual(len(re.findall(r"^ +do: ", text, re.M)), len(names))

    def test_the_dashboard(self):
        board = json.loads((SOURCES / "grafana.json").read_text(encoding="utf-8"))
        panels = board["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
        self.assertEqual(len(places), len(panels))
        shown = set()
        for panel in panels:
            for target in panel["targets"]:
                self.hold(target["expr"])
                shown |= metrics_in(target["expr"])
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                self.assertIn(re.fullmatch(r"label_values\((\w+), instance\)", variable["query"])[1], known_metrics())
        # Whoever is woken by an alert sees its number on the board.
        alerts = (SOURCES / "alerts.yml").read_text(encoding="utf-8")
        for name in known_metrics():
            if re.search(rf"\b{name}\b", alerts.split("groups:")[1]) and not re.search(rf"do: .*{name}", alerts):
                self.assertTrue(any(series.startswith(name) for series in shown), name)

    def test_a_metric_that_is_not_there_is_found(self):
        with self.assertRaises(AssertionError):
            self.hold("rate(log_sizes_total[5m]) > 0")


class Manual(unittest.TestCase):
    def test_the_pages(self):
        pages = sorted((SPONSIO.parents[2] / "manual").glob("*.1"))
        self.assertGreater(len(pages), 15)
        self.assertEqual(run("mandoc", "-Tlint", "-Wwarning", *pages), "")
        for program, command in [(SPONSIO, "serve"), (SPONSIO, "log"), (VERIFY, "record")]:
            shown = run("mandoc", "-Tutf8", SPONSIO.parents[2] / f"manual/{program.name}-{command}.1")
            shown = re.sub(r".\x08", "", shown)
            for flag in re.findall(r"--[a-z][a-z-]+", run(program, command, "--help")):
                self.assertIn(flag, shown)

    def completed(self, *words):
        """What bash offers for the last of the words."""
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); "_${1//-/_}"; printf "%s\\n" "${COMPREPLY[@]}"')
        completions = TREE / "usr/share/bash-completion/completions" / words[0]
        return run("bash", "-c", script, "bash", completions, *words).split()

    def test_completion(self):
        self.assertEqual(self.completed("sponsio", "se"), ["serve"])
        self.assertEqual(self.completed("sponsio", "log", "ch"), ["check"])
        self.assertEqual(self.completed("sponsio", "serve", "--witness-q"), ["--witness-quorum"])
        self.assertIn("README.md", self.completed("sponsio", "serve", "--certificate", "READ"))
        self.assertEqual(self.completed("sponsio-verify", "batch", "--k"), ["--key"])
        for program in ("sponsio", "sponsio-verify"):
            run("shellcheck", TREE / "usr/share/bash-completion/completions" / program)
