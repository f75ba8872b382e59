"""A world to act in: the reference platform, Sponsio, the road between them, the calendar, organisations and people."""
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from . import people
from .calendars import invented_calendar
from .client import Client, Recorder
from .identifiers import citizen_number, uscc
from .program import Program, ProgramFailed, binaries
from .proxy import Road
from .receiver import Receiver

ROOT = pathlib.Path(os.environ.get("SPONSIO_ROOT", pathlib.Path(__file__).resolve().parents[3]))

# A Monday, nine o'clock in China, in a year whose official calendar is known.
BEGINNING = datetime.datetime(2026, 3, 2, 1, 0, tzinfo=datetime.timezone.utc)

DISTRICT = "110105"
GOVERNMENT = uscc("11110105000000011")  # the district's government, above the agency
AGENCY = uscc("12110105000000022")
OTHER_AGENCY = uscc("12110105000000033")
PLATFORM = uscc("12110105000000044")

# The name the platform knows the agency by. Sponsio has it under its old one, so that a first report is rejected.
AGENCY_NAME = "示例区住房保障中心"
REGISTERED_NAME = "示例区住房保障事务中心"

ORGANISATIONS = [
    {"uscc": GOVERNMENT, "name": "示例区人民政府", "kind": "government", "region_code": DISTRICT, "parent_uscc": None},
    {"uscc": AGENCY, "name": AGENCY_NAME, "kind": "public_institution", "region_code": DISTRICT, "parent_uscc": GOVERNMENT},
    {"uscc": OTHER_AGENCY, "name": "示例区公证处", "kind": "service_body", "region_code": DISTRICT, "parent_uscc": GOVERNMENT},
    {"uscc": PLATFORM, "name": "示例区信用信息共享平台", "kind": "platform", "region_code": DISTRICT, "parent_uscc": GOVERNMENT},
]

# Made up: the real one is announced at the end of 2026.
CALENDAR_2027 = invented_calendar(2027, worked=["2027-01-10"])

# login -> (organisation, name, roles). Two of them could take two steps of one finding, and are refused.
PEOPLE = {
    "zhang.clerk": (AGENCY, "张三", ["clerk"]),
    "li.verifier": (AGENCY, "李四", ["verifier", "reviewer"]),
    "wang.reviewer": (AGENCY, "王五", ["reviewer", "decider"]),
    "zhao.decider": (AGENCY, "赵六", ["decider"]),
    "qian.supervisor": (AGENCY, "钱七", ["supervisor"]),
    "sun.integrator": (PLATFORM, "孙八", ["integrator"]),
    "zhou.auditor": (GOVERNMENT, "周九", ["auditor"]),
    "wu.other": (OTHER_AGENCY, "吴十", ["clerk", "verifier", "supervisor"]),
}
ADMINISTRATOR = ("root.admin", "郑管理")
LAW = "示例区信用信息共享办法第三条（虚构）"

# The training clock jumps over half years in which nobody uses a token.
TOKENS = ["--token-idle-days", "366"]


def instant(moment):
    """RFC 3339 in UTC."""
    return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class TrainingClock:
    """The file from which the server takes its business time: it runs on from the instant in it, and a later instant
    moves it forward. So the periods of the law pass without anybody waiting for them."""

    def __init__(self, path, beginning=BEGINNING):
        self.path = pathlib.Path(path)
        self.set_at = None
        self.moment = beginning
        self.move_to(beginning)

    def now(self):
        """About what the server takes the time to be."""
        return self.moment + (datetime.datetime.now(datetime.timezone.utc) - self.set_at)

    def today(self):
        """In China, as 2026-03-02."""
        return f"{self.now() + datetime.timedelta(hours=8):%Y-%m-%d}"

    def move_to(self, moment):
        fresh = self.path.with_suffix(".new")
        fresh.write_text(instant(moment) + "\n", encoding="ascii")
        fresh.replace(self.path)
        self.moment = moment
        self.set_at = datetime.datetime.now(datetime.timezone.utc)


class World:
    """`with World(folder) as world:` starts everything below a folder and stops it at the end."""

    def __init__(self, folder=None, binary=None, port=0):
        self.binary = pathlib.Path(binary or os.environ["SPONSIO_BINARY"])
        self.folder = pathlib.Path(folder) if folder else None
        self.own_folder = folder is None
        self.port = port
        self.options = []  # further ones for `sponsio serve`
        self.platform_options = []  # and for `sponsio platform`
        self.platform_token = None  # what our own look at the platform bears
        self.beginning = BEGINNING  # what the training clock starts from
        self.on_exchange = None  # (who, method, target, headers, body, answer)
        self.recorder = Recorder()
        self.client_class = Client  # who asks Sponsio on somebody's behalf
        self.receives = False  # whether an integrator's receiver listens, too
        self.damaged = False  # whether rows were changed past the server on purpose; else it finds none such at the end
        self.clock = self.road = self.server = self.platform = self.registry = self.receiver = None
        self.tokens = {}
        self.people = dict(PEOPLE)
        self.accounts = {}  # login -> account_id
        self.numbers = {}  # login -> number of the person

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close(quietly=True)
            raise

    def __exit__(self, kind, value, trace):
        self.close(quietly=kind is not None)

    def close(self, quietly=False):
        """Stops everything and removes what it made. SPONSIO_KEEP in the environment keeps the folder for a look."""
        try:
            self.stop(quietly)
        finally:
            if self.own_folder and self.folder and not os.environ.get("SPONSIO_KEEP"):
                shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        self.folder = self.folder or pathlib.Path(make_folder())
        # A private cluster started by root runs as somebody else, who must be able to get here.
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.clock = TrainingClock(self.folder / "training-clock", self.beginning)
        self.start_platform(self.port + 1 if self.port else 0)
        self.road = Road(lambda: self.platform.address)
        if self.receives:
            self.receiver = Receiver(self.folder)
            self.options += self.receiver.options()
        self.start_server()
        self.found_everything()
        return self

    def start_platform(self, port=0):
        self.registry = self.folder / "platform-registry.json"
        if not self.registry.exists():
            self.register([])
        self.platform = Program(
            "the reference platform",
            [self.binary, "platform", "--data", self.folder / "platform", "--listen", f"127.0.0.1:{port}",
             "--registry", self.registry, "--training-clock", self.clock.path, *self.platform_options],
            self.folder / "platform.log",
        ).start()

    def start_server(self, port=None):
        port = self.port if port is None else port
        self.server = Program(
            "sponsio",
            [self.binary, "serve", "--data", self.folder / "sponsio", "--listen", f"127.0.0.1:{port}",
             "--ops", f"127.0.0.1:{port + 2 if port else 0}",
             "--platform", f"https://{self.road.address}", "--platform-ca", self.platform.certificate,
             "--training-clock", self.clock.path,
             "--handshakes-per-address", "100000",  # one address plays everybody, and each request is a connection
             *TOKENS, *self.options],
            self.folder / "sponsio.log",
        ).start()

    def register(self, units):
        """Who may report to the platform, under which name and with which key; it reads this anew for every batch."""
        fresh = self.registry.with_suffix(".new")
        fresh.write_text(json.dumps({"units": units}, ensure_ascii=False), encoding="utf-8")
        fresh.replace(self.registry)

    def found_everything(self):
        """The first administrator comes from the command line, everything else from the interface."""
        home = ORGANISATIONS[0]
        login, name = ADMINISTRATOR
        self.command("organisation", "add", "--uscc", home["uscc"], "--name", home["name"], "--kind", home["kind"],
                     "--region", home["region_code"])
        self.command("account", "add", "--organisation", home["uscc"], "--login", login, "--name", name,
                     "--role", "administrator")
        far = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=360)
        self.tokens[login] = self.command("account", "token", "--login", login, "--expires", instant(far))["token"]
        self.accounts[login] = must(self.client(login).get("/v1/me"), 200).json["account"]["account_id"]
        must(self.client(login).post(f"/v1/accounts/{self.accounts[login]}/person", {"document": self.document_of(login)}, key=True), 200)
        for organisation in ORGANISATIONS[1:]:
            if organisation["kind"] == "platform":  # which only the operator enters
                self.command("organisation", "add", "--uscc", organisation["uscc"], "--name", organisation["name"], "--kind", "platform",
                             "--region", organisation["region_code"], "--superior", organisation["parent_uscc"])
            else:
                self.add_organisation(organisation)
        for login, (organisation, name, roles) in PEOPLE.items():
            self.add_person(login, organisation, name, roles)
        self.grant("sun.integrator", "integrator", "sharing")
        key = must(Client(self.server, recorder=self.recorder).get("/.well-known/sm2-public.pem"), 200).body.decode()
        self.register([{"uscc": AGENCY, "name": REGISTERED_NAME, "sm2_public_key": key}])

    def add_organisation(self, organisation):
        return must(self.client(ADMINISTRATOR[0]).post("/v1/organisations", organisation, key=True), 201).json

    def add_person(self, login, organisation, name, roles, document=None):
        """An account of a person of its own, or of the one with that document, and the token that the person fetched. What only
        the operator gives comes from the command line."""
        if "integrator" in roles:
            account = self.command("account", "add", "--organisation", organisation, "--login", login, "--name", name,
                                   *(word for role in roles for word in ("--role", role)))
        else:
            account = must(self.client(ADMINISTRATOR[0]).post(
                "/v1/accounts", {"organisation_uscc": organisation, "login": login, "name": name, "roles": roles,
                                 "document": document or self.document_of(login)}, key=True), 201).json
        self.people[login] = (organisation, name, roles)
        self.accounts[login] = account["account_id"]
        self.tokens[login] = self.enrolled(account["account_id"], expires_at=self.token_end())["token"]

    def enrolled(self, account, **wish):
        """What the person is given for the code that the administrator made for them."""
        code = must(self.client(ADMINISTRATOR[0]).post(f"/v1/accounts/{account}/enrolments", key=True), 201).json["code"]
        return must(self.client().post("/v1/enrolments", {"code": code} | wish), 201).json

    def document_of(self, login):
        """Each login is a person of its own."""
        number = self.numbers.setdefault(login, len(self.numbers) + 1)
        return {"type": "citizen_id", "number": citizen_number(f"11010519800101{number:03}")}

    def grant(self, login, role, purpose, scope=None, by=ADMINISTRATOR[0]):
        """A right beyond the own tree: the operator gives it, somebody else confirms it."""
        words = ["--scope", scope] if scope else []
        given = self.command("grant", "add", "--login", login, "--role", role, "--purpose", purpose, "--basis", LAW, "--from", instant(self.clock.now()),
                             "--until", instant(self.clock.now() + datetime.timedelta(days=3650)), *words)
        return must(self.client(by).post(f"/v1/grants/{given['grant_id']}/confirmation"), 200).json

    def token_end(self):
        """Nearly a year on, as far as a token may reach; the whole story takes less by the training clock."""
        return instant(self.clock.now() + datetime.timedelta(days=360))

    def after_all_that(self):
        """An instant after everything that happened so far, and already past for the server."""
        moment = self.clock.now() + datetime.timedelta(minutes=1)
        self.clock.move_to(moment + datetime.timedelta(minutes=1))
        return instant(moment)

    def notify(self, clerk, path):
        """Composes the prior notice of a finding and serves it: the finding."""
        composed = must(clerk.post(f"{path}/prior-notice", people.PRIOR_NOTICE), 200).json
        return must(clerk.post(f"{path}/prior-notice/service", people.notice_service(clerk, path, self.after_all_that(), composed)), 200).json

    def command(self, *arguments):
        """Runs a subcommand on the server's data directory and answers its JSON."""
        full = [self.binary, *arguments, "--data", self.folder / "sponsio", "--json"]
        run = subprocess.run([str(a) for a in full], capture_output=True, text=True, timeout=120, check=False)
        if run.returncode != 0:
            raise ProgramFailed(f"sponsio {' '.join(arguments)} ended with {run.returncode}: {run.stderr.strip()}")
        return json.loads(run.stdout)

    def stored(self):
        """Table -> digest of all its rows, straight from the database: what is equal before and after was not touched.
        That a token was used, that a sign-in was refused and that somebody looked is noted whatever became of the request; keys
        of requests are forgotten when their time is over, receivers are told, batches are sent and removals go on, of their own accord; the history before it may still be on its way into the log, where the server says of itself what its keys, rules and shards are."""
        digests = (r"""select format('select %L, md5(coalesce(string_agg(md5(t::text), %L order by t::text), %L)) from %s t', tablename, '', '',
            case tablename when 'event' then $$(select * from event where lifecycle not in ('sign-in', 'removal', 'query trail'))$$
            when 'log_leaf' then $$(select leaf_id, kind, subject, entry, content, created_at from log_leaf where kind not in ('audit', 'key', 'rules', 'shard'))$$ else quote_ident(tablename) end)
            from pg_tables where schemaname = 'public' and tablename not in ('token_use', 'used_key', 'personal_query', 'sealing_process', 'subscription', 'delivery', 'delivery_attempt', 'submission_batch', 'submission_exchange', 'submission_record', 'submission_serial', 'removal', 'removal_receiver', 'record_holder', 'case_attempt', 'case_session', 'audit_run', 'log_shard', 'log_run', 'log_tile')
            order by tablename \gexec""")
        return dict(line.split("|") for line in self.sql(digests))

    def sql(self, statements):
        """What psql answers as the owner of the cluster, a row each. ProgramFailed with what it refuses."""
        words = next((self.folder / "sponsio").rglob("postmaster.pid")).read_text().split("\n")
        where = f"host={words[4]} port={words[3]} dbname=sponsio user=sponsio_cluster"
        run = subprocess.run([binaries() / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", where], input=statements, capture_output=True, text=True,
                             timeout=60, check=False)
        if run.returncode != 0:
            raise ProgramFailed(run.stderr)
        return run.stdout.splitlines()

    def client(self, login=None, language="zh-CN"):
        """That person's way to Sponsio; without a login, the public's."""
        token = self.tokens[login] if login else None
        return self.client_class(self.server, token, self.recorder, "sponsio", language, self._seen_by(self.who(login)))

    def at_platform(self):
        return Client(self.platform, self.platform_token, self.recorder, "platform", on_exchange=self._seen_by("platform 平台"))

    def who(self, login):
        """A name and roles to show beside a request."""
        if login is None or login == ADMINISTRATOR[0]:
            return login and "administrator"
        _, name, roles = self.people[login]
        return f"{name} {'+'.join(roles)}"

    def _seen_by(self, who):
        if self.on_exchange is None:
            return None
        return lambda *exchange: self.on_exchange(who, *exchange)

    def stop(self, quietly=False):
        """Stops what runs, Sponsio first, and complains if it did not end well."""
        bad = []
        for program in (self.server, self.platform):
            if program is None:
                continue
            try:
                status = program.stop()
                if status not in (0, None, -9):
                    bad.append(f"{program.name} ended with {status}: {program.last_words()}")
            except ProgramFailed as why:
                bad.append(str(why))
        for listener in (self.road, self.receiver):
            if listener:
                listener.close()
        log = self.folder and self.folder / "sponsio.log"
        if log and log.exists() and not self.damaged:
            bad += [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if '"log.damaged"' in line]
        if bad and not quietly:
            raise ProgramFailed("; ".join(bad))


def make_folder():
    """A folder for one world; below TMPDIR, and short enough for a socket's path inside."""
    return tempfile.mkdtemp(prefix="sponsio-")


def must(answer, status):
    """The answer, if it has that status."""
    if answer.status != status:
        raise AssertionError(f"expected {status}, got {answer.status}: {answer.body[:2000].decode(errors='replace')}")
    return answer
