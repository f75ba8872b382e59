"""What a stranger finds who knows only the address: what this is, the contract in its forms, the pages, the refusals."""
import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import unittest

from sponsio_e2e.contract import begin
from sponsio_e2e.world import World, must

ROOT = pathlib.Path(os.environ["SPONSIO_ROOT"])
BINARY = pathlib.Path(os.environ["SPONSIO_BINARY"])
WORLD = World()
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


def setUpModule():
    WORLD.options = ["--security-contact", "mailto:security@sponsio.example"]
    begin(WORLD)


def refs(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from refs(value)
    elif isinstance(node, list):
        for value in node:
            yield from refs(value)


def keys_in(node):
    """Every member that stands in a place for schemas."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in ("example", "examples"):
                yield key, value
                yield from keys_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from keys_in(value)


class Front(unittest.TestCase):
    def setUp(self):
        self.public = WORLD.client()

    def test_the_first_page_says_what_this_is(self):
        told = must(self.public.get("/"), 200)
        self.assertEqual(told.headers["content-type"], "application/json")
        self.assertEqual(told.json["name"], "Sponsio")
        version = subprocess.run([BINARY, "--version"], check=True, capture_output=True, text=True).stdout.strip()
        self.assertEqual(told.json["version"], version)
        for path in told.json["links"].values():
            must(self.public.get(path), 200)

    def test_for_a_browser_it_is_a_page_in_its_language(self):
        for language, word in (("zh-CN", "告知承诺制"), ("en", "commitment-notification")):
            page = must(WORLD.client(None, language).get("/", BROWSER), 200)
            self.assertTrue(page.headers["content-type"].startswith("text/html"))
            self.assertIn(word, page.body.decode())
            self.assertIn("Accept", page.headers["vary"])

    def test_pages_run_nothing_and_load_nothing(self):
        for path in ("/", "/docs", "/problems", "/problems/wrong-step"):
            page = must(self.public.get(path, BROWSER), 200)
            text = page.body.decode()
            with self.subTest(path):
                self.assertNotIn("<script", text)
                self.assertEqual(re.findall(r'(?:src|action|data|poster)="|<(?:link|img|iframe|object|form)\b|@import|url\(', text), [])
                style = re.search("<style>(.*?)</style>", text, re.DOTALL)[1]
                digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
                policy = page.headers["content-security-policy"]
                self.assertEqual(policy, f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
                                         "frame-ancestors 'none'")
                self.assertEqual([link for link in re.findall('href="([^"]*)"', text) if not link.startswith(("/", "#"))], [])

    def test_the_contract_is_the_one_of_the_sources(self):
        source = must(self.public.get("/openapi.yaml"), 200)
        self.assertEqual(source.body, (ROOT / "schema/openapi.yaml").read_bytes())
        new = must(self.public.get("/openapi.json"), 200).json
        self.assertEqual(new["openapi"], "3.1.0")
        node = "const Y=require('yaml');const f=require('fs');console.log(JSON.stringify(Y.parse(f.readFileSync(process.argv[1],'utf8'))))"
        read = subprocess.run(["node", "-e", node, ROOT / "schema/openapi.yaml"], cwd=ROOT / "tests/e2e", check=True, capture_output=True, text=True)
        self.assertEqual(new, json.loads(read.stdout))

    def test_the_older_form_has_every_operation_and_no_newer_word(self):
        new, old = (must(self.public.get(f"/{name}"), 200).json for name in ("openapi.json", "openapi-3.0.json"))
        self.assertEqual(old["openapi"], "3.0.3")
        self.assertEqual({path: sorted(item) for path, item in old["paths"].items()}, {path: sorted(item) for path, item in new["paths"].items()})
        self.assertEqual(set(old["components"]["schemas"]), set(new["components"]["schemas"]))
        for key, value in keys_in([old["paths"], old["components"]]):
            self.assertNotIn(key, ("const", "unevaluatedProperties", "patternProperties", "prefixItems", "$defs", "contentEncoding"))
            if key == "type" and not isinstance(value, dict):  # a property may be called type
                self.assertIn(value, ("string", "integer", "number", "boolean", "array", "object", "http", "apiKey"))
        for ref in refs(old):
            at = old
            for step in ref.split("/")[1:]:
                at = at[step]

    def test_bodies_of_bytes_are_named(self):
        old = must(self.public.get("/openapi-3.0.json"), 200).json
        binary = {"type": "string", "format": "binary"}
        evidence = old["paths"]["/v1/verifications/{task_id}/evidence"]["post"]["requestBody"]["content"]
        self.assertEqual([media["schema"] for media in evidence.values()], [binary])
        signature = old["paths"]["/v1/submissions/{batch_no}/signature"]["get"]["responses"]["200"]["content"]
        self.assertEqual(signature["application/octet-stream"]["schema"], binary)

    def test_the_documentation_has_every_operation(self):
        page = must(self.public.get("/docs"), 200).body.decode()
        contract = must(self.public.get("/openapi.json"), 200).json
        for item in contract["paths"].values():
            for operation in item.values():
                self.assertIn(f'<h3 id="{operation["operationId"]}">', page)
        for name in contract["components"]["schemas"]:
            self.assertIn(f'<h3 id="schema-{name}">', page)
        anchors = set(re.findall(r'id="([^"]+)"', page))
        self.assertEqual([link for link in re.findall('href="#([^"]*)"', page) if link not in anchors], [])

    def test_a_refusal_leads_to_its_page(self):
        refused = WORLD.client("zhang.clerk").get("/v1/commitments?limit=0")
        slug = refused.json["type"].rsplit(":", 1)[1]
        kind = must(self.public.get(f"/problems/{slug}"), 200).json
        self.assertEqual((kind["type"], kind["status"]), (refused.json["type"], refused.status))
        self.assertEqual(kind["title"]["zh"], refused.json["title"])
        page = must(WORLD.client(None, "en").get(f"/problems/{slug}", BROWSER), 200).body.decode()
        self.assertIn(kind["title"]["en"], page)
        listed = [one["type"] for one in must(self.public.get("/problems"), 200).json["items"]]
        self.assertIn(kind["type"], listed)
        self.assertEqual(self.public.get("/problems/no-such-kind").problem, "not-found")

    def test_who_finds_a_weakness_knows_whom_to_tell(self):
        told = must(self.public.get("/.well-known/security.txt"), 200)
        self.assertTrue(told.headers["content-type"].startswith("text/plain"))
        fields = dict(line.split(": ", 1) for line in told.body.decode().splitlines())
        self.assertEqual(fields["Contact"], "mailto:security@sponsio.example")
        self.assertRegex(fields["Expires"], r"^\d{4}-\d\d-\d\dT00:00:00Z$")
        self.assertGreater(fields["Expires"], WORLD.clock.today())
        self.assertEqual(fields["Preferred-Languages"], "zh, en")

    def test_crawlers_are_asked_to_stay_away(self):
        self.assertEqual(must(self.public.get("/robots.txt"), 200).body, b"User-agent: *\nDisallow: /\n")


class Command(unittest.TestCase):
    def test_a_contact_that_reaches_nobody_is_refused(self):
        run = subprocess.run([BINARY, "serve", "--data", WORLD.folder / "nowhere", "--security-contact", "security@sponsio.example"],
                             capture_output=True, text=True, check=False)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("mailto:", run.stderr)
