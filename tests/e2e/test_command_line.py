"""The command line as an operator meets it: what a slip of the hand does, where values come from, what a refusal says."""
import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

import manual
from sponsio_e2e.identifiers import uscc
from sponsio_e2e.program import Program

BINARY = pathlib.Path(os.environ["SPONSIO_BINARY"])
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="sponsio-"))
STORE = FOLDER / "store"
ISSUER = "https://sponsio.example.org"
USAGE, NOTHING_THERE, WOULD_OVERWRITE, CONFIGURATION = 64, 66, 73, 78
AGENCY = ["--uscc", uscc("12110105000000022"), "--name", "示例", "--kind", "public_institution", "--region", "110105"]


def setUpModule():
    FOLDER.chmod(0o755)
    made = sponsio("init", "--data", STORE, "--issuer", ISSUER, "--log-name", "log.example.org/s")
    assert made.returncode == 0, made.stderr


def tearDownModule():
    shutil.rmtree(FOLDER, ignore_errors=True)


def sponsio(*arguments, program="sponsio", **environment):
    return subprocess.run([str(BINARY.parent / program), *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8", **environment})




def options_of(*command):
    """name -> the line of its help, for every option of a command."""
    told = sponsio(*command, "--help").stdout
    return dict(re.findall(r"^ +(?:-\w,)?--([a-z0-9-]+)(.*)$", told, re.MULTILINE))


COMMANDS = [["serve"], ["init"], ["migrate"], ["organisation", "add"], ["organisation", "list"], ["account", "add"], ["account", "token"],
            ["account", "list"], ["account", "revoke"], ["account", "change"], ["account", "close"], ["account", "vouch"], ["account", "disown"], ["account", "enrol"], ["organisation", "rename"], ["grant", "add"], ["grant", "list"], ["grant", "end"], ["erase", "request"], ["erase", "list"], ["audit", "export"], ["key", "list"], ["key", "create"], ["key", "rotate"],
            ["key", "attach"], ["log", "list"], ["log", "check"], ["log", "thaw"], ["log", "vouch"], ["record", "status"], ["platform"], ["department"],
            ["witness"], ["doctor"], ["backup"], ["restore"]]


class People(unittest.TestCase):
    """What changes about accounts and organisations before there is anybody with a token."""

    def done(self, *arguments):
        run = sponsio(*arguments, "--data", STORE, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def test_accounts_change_and_units_are_renamed(self):
        code, other = uscc("12110105000000088"), uscc("12110105000000099")
        for one in (code, other):
            self.done("organisation", "add", "--uscc", one, "--name", "旧名中心", "--kind", "public_institution", "--region", "110105")
        self.done("account", "add", "--organisation", code, "--login", "changing", "--name", "张三", "--role", "clerk")
        changed = self.done("account", "change", "--login", "changing", "--role", "verifier", "--role", "reviewer", "--name", "张三丰")
        self.assertEqual((changed["roles"], changed["name"], changed["organisation_uscc"]), (["verifier", "reviewer"], "张三丰", code))
        self.assertEqual(self.done("account", "change", "--login", "changing", "--organisation", other)["organisation_uscc"], other)
        self.assertEqual(self.done("organisation", "rename", "--uscc", code, "--name", "新名中心")["name"], "新名中心")
        self.assertEqual(self.done("organisation", "list")[code], "新名中心")
        far = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=400)
        run = sponsio("account", "token", "--login", "changing", "--expires", f"{far:%Y-%m-%dT%H:%M:%SZ}", "--data", STORE)
        self.assertEqual(run.returncode, 1)
        self.assertIn("--expires", run.stderr)
        self.assertIsNotNone(self.done("account", "close", "--login", "changing")["closed_at"])


class Cases(unittest.TestCase):
    def refused(self, code, says, *arguments, **environment):
        run = sponsio(*arguments, **environment)
        self.assertEqual(run.returncode, code, run.stderr)
        for words in [says] if isinstance(says, str) else says:
            self.assertIn(words, run.stderr)
        self.assertEqual(run.stdout, "")
        return run.stderr


class MistypedPlaces(Cases):
    """Only `serve` and `init` make a store."""

    def test_a_mistyped_directory_is_not_made(self):
        wrong = FOLDER / "stoer"
        for command in (["organisation", "list"], ["account", "token", "--login", "x"], ["log", "list"], ["log", "check"], ["migrate"],
                        ["migrate", "--status"], ["log", "thaw", "--shard", "1"]):
            with self.subTest(command):
                self.refused(NOTHING_THERE, ["There is no Sponsio store at", f"did you mean {STORE}?"], *command, "--data", wrong)
        for command in (["key", "list"], ["key", "rotate", "--purpose", "record"], ["key", "create", "--purpose", "x", "--algorithm", "sm2"]):
            with self.subTest(command):
                self.assertNotEqual(sponsio(*command, "--data", wrong).returncode, 0)
        self.refused(NOTHING_THERE, "--new", "key", "create", "--data", wrong)
        self.assertFalse(wrong.exists())
        far = FOLDER / "elsewhere"
        self.refused(NOTHING_THERE, "sponsio init", "log", "list", "--data", far)
        self.assertFalse(far.exists())

    def test_servers_make_one_directory_and_not_a_path(self):
        deep = FOLDER / "tpyo" / "data"
        logs = FOLDER / "logs"
        logs.write_text("")
        holdings = FOLDER / "holdings.json"
        holdings.write_text("{}")
        for command in (["serve"], ["init"], ["key", "create", "--new"], ["platform"], ["witness", "--name", "w", "--logs", logs],
                        ["department", "--department", "x", "--holdings", holdings, "--asker-jwks", holdings]):
            with self.subTest(command):
                self.refused(NOTHING_THERE, str(deep.parent), *command, "--data", deep)
        self.assertFalse(deep.parent.exists())

    def test_init_overwrites_nothing(self):
        before = sorted(STORE.rglob("*"))
        self.refused(WOULD_OVERWRITE, "already", "init", "--data", STORE)
        self.assertEqual(sorted(STORE.rglob("*")), before)

    def test_what_is_made_is_the_owners(self):
        for place in (STORE / "keys", *(STORE / "keys").iterdir()):
            self.assertEqual(place.stat().st_mode & 0o077, 0, place)


class Numbers(Cases):
    def test_every_whole_number_is_decimal(self):
        found = 0
        for command in COMMANDS:
            for name, rest in options_of(*command).items():
                self.assertNotRegex(rest, r"^ U?INT", f"{command} --{name} is read by CLI11 itself")
                if not re.match(r"^ (N|HOURS|MS|SECONDS)\b", rest):
                    continue
                found += 1
                # The refusals are one mechanism: all forms at one option, two at each of the others.
                every = ("+5", "-5", " 5", "1e3", "5.0", "", "五", "99999999999999999999") if name == "overlap" else ()
                for wrong in ("0x10", "1e3", *every):
                    with self.subTest(command=command, option=name, value=wrong):
                        self.refused(USAGE, f"--{name}", *command, f"--{name}={wrong}")
        self.assertGreaterEqual(found, 10)

    def test_a_leading_zero_is_no_octal(self):
        clock = FOLDER / "clock"
        clock.write_text("2030-01-01T00:00:00Z")
        run = sponsio("key", "rotate", "--data", STORE, "--purpose", "check", "--overlap", "010", "--training-clock", clock, "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn('"signs_from":"2030-01-01T10:00:0', run.stdout)

    def test_sponsio_verify_has_the_same(self):
        for wrong in ("0x1", "+1", "1e0"):
            run = sponsio("receipt", "--receipt", "x", "--vkey", "x", "--quorum", wrong, program="sponsio-verify")
            self.assertEqual(run.returncode, 2)
            self.assertIn("--quorum", run.stderr + run.stdout)


class Sentences(Cases):
    def test_a_mistyped_command_or_option(self):
        self.refused(USAGE, "did you mean serve?", "sevre")
        self.refused(USAGE, "did you mean token?", "account", "tokn")
        self.refused(USAGE, ["'--lisen", "did you mean --listen?"], "serve", "--data", STORE, "--lisen", "x")
        self.refused(USAGE, "--shard", "log", "thaw", "--data", STORE)

    def test_an_option_without_a_value_takes_no_other_for_it(self):
        self.refused(USAGE, "--log-name= has no value", "init", "--data", "nowhere", "--log-name=", "--json")

    def test_a_loss_is_accepted_with_a_reason_only(self):
        self.refused(USAGE, "--reason", "log", "resume", "--data", STORE, "--accept-loss")

    def test_a_key_file_that_is_lost_is_noticed_at_once(self):
        file = next(STORE.glob("keys/*.pem"))
        away = file.rename(STORE / "lost.pem")
        try:
            self.refused(1, "Put its file back from a backup", "key", "list", "--data", STORE)
            self.refused(1, "is lacking, so a backup could not be used", "backup", STORE.parent / "no-backup", "--data", STORE)
            self.assertFalse((STORE.parent / "no-backup").exists())
        finally:
            away.rename(file)

    def test_a_successor_is_missed_before_its_day_and_a_retired_key_never(self):
        keys = FOLDER / "rotated" / "keys"
        clock = FOLDER / "rotating-clock"

        def rotated(overlap):
            """The files of the new key and of the one before it."""
            before = {*keys.glob("*.pem")}
            new = json.loads(sponsio("key", "rotate", "--data", keys.parent, "--purpose", "record", "--overlap", overlap, "--training-clock", clock,
                                     "--json").stdout)
            self.assertIn(keys / f"{new['kid']}.pem", {*keys.glob("*.pem")} - before)
            return keys / f"{new['kid']}.pem"

        clock.write_text("2020-01-01T00:00:00Z")
        self.assertEqual(sponsio("key", "create", "--new", "--data", keys.parent, "--training-clock", clock).returncode, 0)
        current = rotated("0")
        retired = next(keys / f"{key['kid']}.pem" for line in sponsio("key", "list", "--data", keys.parent, "--json").stdout.splitlines()
                       if (key := json.loads(line))["purpose"] == "record" and key["signs_until"])
        retired.unlink()
        self.assertEqual(sponsio("key", "list", "--data", keys.parent).returncode, 0)
        told = json.loads(sponsio("doctor", "--data", keys.parent, "--json").stdout)["checks"]
        self.assertEqual([(c["state"], retired.stem in c["found"]) for c in told if c["name"] == "retired_keys"], [("warn", True)])
        clock.write_text("2035-01-01T00:00:00Z")  # its successor signs only then
        successor = rotated("24")
        self.assertNotEqual(successor, current)
        away = successor.rename(FOLDER / "successor.pem")
        self.refused(1, "Put its file back from a backup", "key", "list", "--data", keys.parent)
        away.rename(successor)

    def test_the_callers_language(self):
        for environment in ({"LANG": "zh_CN.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}, {"LC_ALL": "zh_TW.UTF-8", "LANG": "en_US.UTF-8"}):
            with self.subTest(environment):
                self.refused(NOTHING_THERE, [f"处没有 Sponsio 数据目录；是否应为 {STORE}？"], "log", "list", "--data", FOLDER / "stoer", **environment)
                self.refused(CONFIGURATION, ["选项不符合要求：", "平台地址须为 https 网址：ftp://x"], "serve", "--data", STORE, "--check", "--platform", "ftp://x",
                             **environment)
                self.refused(1, ["--uscc 格式不正确：18 位统一社会信用代码"], "organisation", "add", "--data", STORE, "--uscc", "1", *AGENCY[2:], **environment)
        self.refused(NOTHING_THERE, "There is no Sponsio store", "log", "list", "--data", FOLDER / "stoer", LC_ALL="C", LANG="zh_CN.UTF-8")

    def test_help_is_in_the_language_of_the_locale(self):
        """Every description of every command and option. Who adds one adds its Chinese to server/app/help_in_chinese.cpp."""
        english_left = []
        for command in manual.Command(BINARY).below():
            told = sponsio(*command.words, "--help", LC_ALL="zh_CN.UTF-8")
            self.assertEqual(told.returncode, 0, told.stderr)
            self.assertIn("用法：sponsio", told.stdout)
            for text in [*command.about, *(option.about for option in [*command.options, *command.positionals])]:
                if text and text in told.stdout:
                    english_left.append((" ".join(command.words), text))
        self.assertEqual(english_left, [])

    def test_the_same_commands_and_options_in_both_languages(self):
        for command in (["serve"], ["log", "resume"], ["account"]):
            both = [re.findall(r"^ +(?:-\w,)?(--[a-z0-9-]+|[a-z]+) ", sponsio(*command, "--help", LC_ALL=locale).stdout, re.MULTILINE)
                    for locale in ("C.UTF-8", "zh_CN.UTF-8")]
            self.assertEqual(both[0], both[1])
            self.assertGreater(len(both[0]), 3)

    def test_refusals_of_usage_are_in_the_language_of_the_locale(self):
        chinese = {"LC_ALL": "zh_CN.UTF-8"}
        self.refused(USAGE, ["没有命令“sevre”", "是否为 serve", "用法见：sponsio --help"], "sevre", **chinese)
        self.refused(USAGE, ["此处不应有“--lisen”", "--listen"], "serve", "--data", STORE, "--lisen", "x", **chinese)
        self.refused(USAGE, "缺少必填的", "account", "token", "--data", STORE, **chinese)
        self.refused(USAGE, "请指明数据所在：--data DIR", "log", "list", **chinese, SPONSIO_CONFIG=os.devnull)
        self.refused(USAGE, "“0”不是 8 至 65536", "serve", "--data", STORE, "--connections", "0", **chinese)

    def test_no_store_is_named(self):
        if not pathlib.Path("/etc/sponsio/sponsio.conf").exists():
            self.refused(USAGE, "--data DIR", "log", "list")
        self.refused(USAGE, "--state", "serve", "--database", "postgresql:///x?host=/nowhere")

    def test_words_and_options_are_named(self):
        self.refused(USAGE, ["--kind", "public_institution", "grassroots"], "organisation", "add", "--data", STORE, *AGENCY[:4], "--kind", "agency",
                     "--region", "110105")
        self.refused(USAGE, ["--role", "clerk", "auditor"], "account", "add", "--data", STORE, "--organisation", AGENCY[1], "--login", "x",
                     "--name", "x", "--role", "boss")
        said = self.refused(1, ["--uscc", "--region"], "organisation", "add", "--data", STORE, "--uscc", "1", *AGENCY[2:6], "--region", "x")
        self.assertNotIn("/uscc", said)

    def test_what_a_start_would_refuse_a_check_refuses(self):
        """And both with the code after which no service manager tries again."""
        broken = FOLDER / "broken.crt"
        broken.write_text("not a certificate")
        for says, *options in (("https URL", "--platform", "ftp://x"), (str(FOLDER / "no-logs"), "--log", FOLDER / "no-logs" / "sponsio.log"),
                               ("cannot be written", "--log", FOLDER), ("no readable PEM", "--certificate", broken, "--certificate-key", broken)):
            for check in (["--check"], []):
                with self.subTest(options=options, check=check):
                    self.refused(CONFIGURATION, says, "serve", "--data", STORE, "--listen", "127.0.0.1:0", "--ops", "127.0.0.1:0", *options, *check)
        unit = (pathlib.Path(os.environ["SPONSIO_ROOT"]) / "scripts/package.d/sponsio.service").read_text(encoding="utf-8")
        self.assertIn(str(CONFIGURATION), re.search(r"^RestartPreventExitStatus=(.*)$", unit, re.MULTILINE)[1].split())

    def test_codes_are_documented(self):
        page = pathlib.Path(os.environ["SPONSIO_ROOT"]) / "docs/exit-codes.md"
        self.assertEqual(sponsio("exit-codes").stdout, page.read_text(encoding="utf-8"))

    def test_migrate_status_tells(self):
        self.assertEqual(sponsio("migrate", "--status", "--data", STORE).returncode, 0)


class ConfigurationFile(Cases):
    def written(self, *lines):
        file = FOLDER / "sponsio.conf"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    def test_the_sample_has_every_option(self):
        sample = sponsio("config", "sample").stdout
        names = re.findall(r"^#([a-z0-9-]+) = .+$", sample, re.MULTILINE)
        self.assertEqual(sorted(names), sorted(set(options_of("serve")) - {"help", "config", "check"}))
        with_store = sample + f"data = {STORE}\n"
        run = sponsio("serve", "--config", self.written(with_store), "--check")
        self.assertEqual((run.returncode, run.stderr), (0, ""))

    def test_it_serves_and_the_command_line_wins(self):
        file = self.written("# a comment", "", f"data = {STORE}", "listen = 127.0.0.1:1", "  ops=127.0.0.1:0  ", "name = [::1]", "name = localhost",
                            "io-threads = 02")
        server = Program("sponsio", [BINARY, "serve", "--config", file, "--listen", "127.0.0.1:0"], FOLDER / "serve.log").start()
        try:
            self.assertNotEqual(server.address, "127.0.0.1:1")
            alternative = subprocess.run(["openssl", "x509", "-in", server.certificate, "-noout", "-ext", "subjectAltName"], capture_output=True,
                                         text=True, check=True).stdout
            self.assertIn("DNS:localhost", alternative)
            self.assertNotIn("DNS:[", alternative)
            # Other commands find the store by it, and by the environment.
            self.assertEqual(sponsio("log", "list", "--config", file).returncode, 0)
            self.assertIn("log.example.org/s/log/1", sponsio("log", "list", SPONSIO_CONFIG=str(file)).stdout)
        finally:
            self.assertEqual(server.stop(), 0)

    def test_a_rate_is_somebodys_and_of_something(self):
        for wrong in ("account.read", "account.read=0", "account.write=1", "clerk.read=1", "address.read=1"):
            with self.subTest(wrong):
                self.refused(USAGE, ["--rate", "account.read=50"], "serve", "--data", STORE, "--check", "--rate", wrong)
        file = self.written(f"data = {STORE}", "rate = account.read=5", "rate = 192.0.2.1.open=unlimited", "rate=019cac0f-0000-7000-8000-000000000000.costly=1")
        run = sponsio("serve", "--config", file, "--check")
        self.assertEqual((run.returncode, run.stderr), (0, ""))

    def test_mistakes_have_a_line(self):
        for line, says in (("lisen = x", "did you mean 'listen'?"), ("listen", "option = value"), ("listen =", "no value"),
                           ("data = /other", "stands already in line 1"), ("io-threads = 0x2", "decimal"), ("io-threads = 65", "from 1 to 64"),
                           ("help = true", "no option"), ("config = x", "no option"), ("profile = test", "production"), ("[serve]", "option = value")):
            with self.subTest(line):
                self.refused(CONFIGURATION, ["sponsio.conf:3: ", says], "serve", "--config", self.written(f"data = {STORE}", "# 注", line))
        self.refused(NOTHING_THERE, "none.conf", "serve", "--config", FOLDER / "none.conf")


class Names(Cases):
    """Issuer and log name stand in everything that was signed."""

    def test_another_one_is_refused(self):
        for option in (["--issuer", "https://other.example.org"], ["--log-name", "other.example.org"]):
            with self.subTest(option):
                run = sponsio("serve", "--data", STORE, "--listen", "127.0.0.1:0", "--ops", "127.0.0.1:0", *option)
                self.assertEqual(run.returncode, CONFIGURATION)
                self.assertIn("can never change", run.stderr)

    def test_wrong_forms_are_refused(self):
        for issuer in ("http://sponsio.example.org", f"{ISSUER}/", "https://Sponsio.example.org", f"{ISSUER}:443", f"{ISSUER}/path", "sponsio.example.org",
                       "https://", f"{ISSUER}:0", "https://a..b", "https://user@sponsio.example.org", f"{ISSUER}?x"):
            with self.subTest(issuer):
                self.refused(CONFIGURATION, "--issuer", "serve", "--data", STORE, "--check", "--issuer", issuer)
        for name in ("https://log.example.org", "Log.example.org", "log example", "log+name", "/log", "log/"):
            with self.subTest(name):
                self.refused(CONFIGURATION, "--log-name", "serve", "--data", STORE, "--check", "--log-name", name)


class Production(Cases):
    def test_everything_is_refused_at_once(self):
        clock = FOLDER / "clock"
        clock.write_text("2030-01-01T00:00:00Z")
        said = self.refused(CONFIGURATION, ["--issuer", "--log-name", "--certificate", "--passphrase-file", "--training-clock", "--ops",
                                            "sslmode=verify-full", "password", "http://platform.example.org"],
                            "serve", "--database", "postgresql://sponsio:secret@db.example.org/sponsio", "--state", STORE, "--listen", "0.0.0.0:0",
                            "--ops", "0.0.0.0:0", "--training-clock", clock, "--platform", "http://platform.example.org", "--check")
        self.assertEqual("root" in said, os.geteuid() == 0)
        self.assertNotIn("secret", said)

    def test_it_accepts_what_is_fit(self):
        place = FOLDER / "production"
        place.mkdir(mode=0o755)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", place / "key.pem", "-out", place / "cert.pem",
                        "-subj", "/CN=sponsio.example.org", "-days", "2"], check=True, capture_output=True)
        (place / "passphrase").write_text("korrekt-pferd-batterie-klammer\n")
        (place / "database").write_text("postgresql://sponsio:secret@db.example.org/sponsio?sslmode=verify-full\n")
        (place / "state").mkdir()
        for file in ("key.pem", "passphrase", "database"):
            (place / file).chmod(0o600)
        user = "nobody" if os.geteuid() == 0 else None
        if user:
            for file in place.iterdir():
                shutil.chown(file, user)
        fit = [str(a) for a in (BINARY, "serve", "--database-file", place / "database", "--state", place / "state", "--listen", "0.0.0.0:0", "--issuer",
                                ISSUER, "--log-name", "log.example.org", "--certificate", place / "cert.pem", "--certificate-key", place / "key.pem",
                                "--passphrase-file", place / "passphrase", "--check")]
        run = subprocess.run(fit, capture_output=True, text=True, timeout=60, check=False, user=user, cwd="/")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        (place / "passphrase").write_text("a\n")
        run = subprocess.run(fit, capture_output=True, text=True, timeout=60, check=False, user=user, cwd="/")
        self.assertEqual(run.returncode, CONFIGURATION)
        self.assertIn("can be guessed", run.stderr)
        (place / "passphrase").chmod(0o644)
        run = subprocess.run(fit, capture_output=True, text=True, timeout=60, check=False, user=user, cwd="/")
        self.assertEqual(run.returncode, CONFIGURATION)
        self.assertIn(f"chmod 600 {place}/passphrase", run.stderr)


class ServiceManager(unittest.TestCase):
    def test_it_is_told(self):
        """What systemd would hear: ready, alive, reloading and ready again, stopping."""
        path = FOLDER / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(path))
            manager.settimeout(60)
            path.chmod(0o777)
            full = ["env", f"NOTIFY_SOCKET={path}", "WATCHDOG_USEC=200000", BINARY, "serve", "--data", STORE, "--listen", "127.0.0.1:0", "--ops",
                    "127.0.0.1:0"]
            server = Program("sponsio", full, FOLDER / "serve.log").start()
            try:
                self.assertEqual(manager.recv(100), b"READY=1")
                self.assertEqual([manager.recv(100) for _ in range(3)], [b"WATCHDOG=1"] * 3)
                server.process.send_signal(signal.SIGHUP)
                told = [word for word in iter(lambda: manager.recv(100), b"READY=1") if word != b"WATCHDOG=1"]
                self.assertEqual(len(told), 1)
                self.assertRegex(told[0], rb"^RELOADING=1\nMONOTONIC_USEC=\d+$")
                # The end is told while the last datagrams are still read: the buffer of a socket is short.
                heard = []
                listener = threading.Thread(target=lambda: [heard.append(word) for word in iter(lambda: manager.recv(100), b"STOPPING=1")])
                listener.start()
            finally:
                self.assertEqual(server.stop(), 0)
            listener.join(60)
            self.assertFalse(listener.is_alive())
            self.assertLessEqual(set(heard), {b"WATCHDOG=1"})
