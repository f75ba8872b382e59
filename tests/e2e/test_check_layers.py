"""The layer check finds every kind of breach in a bad tree, and nothing in a good one."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check_layers.py"

GOOD = {
    "server/base/fault.hpp": "#include <boost/system/result.hpp>\n#include <string>\n",
    "server/base/metrics_sink.cpp": "#include <prometheus/registry.h>\n",
    "text/json.hpp": "#include <string>\n",
    "crypto/digest.hpp": '#include "text/json.hpp"\n',
    "crypto/keys/signer.hpp": "#include <string>\n",
    "crypto/keys/signer.cpp": '#include "crypto/keys/signer.hpp"\n#include <openssl/evp.h>\n',
    "crypto/verify/main.cpp": '#include "crypto/digest.hpp"\n#include <CLI/CLI.hpp>\n#include <curl/curl.h>\n#include <unistd.h>\n',
    "server/domain/rule.hpp": '#include "server/base/fault.hpp"\n#include "crypto/digest.hpp"\n',
    "server/db/session.hpp": "#include <soci/soci.h>\n",
    "server/db/executor.hpp": '#include "server/base/fault.hpp"\n#include <boost/asio/awaitable.hpp>\n',
    "server/store/rows.cpp": '#include "server/db/session.hpp"\nchar const* q = "select a from b where c = 1";\n',
    "server/service/records/issue_service.cpp": '#include "crypto/keys/signer.hpp"\n#include "server/db/executor.hpp"\n',
    "server/service/unit/file.hpp": '#include "server/domain/rule.hpp"\n',
    "server/service/matters/service.cpp": '#include "server/service/unit/file.hpp"\n',
    "reference/front/front.hpp": '#include "text/json.hpp"\n',
    "reference/witness/witness.cpp": '#include "reference/front/front.hpp"\n#include "crypto/keys/signer.hpp"\n',
    "server/http/server.cpp": "#include <boost/beast/http.hpp>\n// select this from that: prose, not SQL\n",
    "server/api/file.cpp": '#include "server/service/unit/file.hpp"\nchar const* t = "choose a colour from the list of colours";\n',
    "server/app/main.cpp": '#include "crypto/keys/signer.hpp"\n#include "server/api/file.hpp"\n#include <CLI/CLI.hpp>\n',
    "server/api/file.hpp": '#include "server/service/unit/file.hpp"\n',
    "tests/unit/x.cpp": '#include "server/app/anything.hpp"\n#include "crypto/keys/signer.hpp"\n',
    "server/app/anything.hpp": "",
}

# What is put into the tree -> a part of the sentence that must come out.
BAD = [
    ("server/base/x.cpp", '#include "server/domain/rule.hpp"\n', "the room base may not include server/domain/rule.hpp"),
    ("server/base/x.hpp", "#include <prometheus/registry.h>\n", "the room base may not include prometheus"),
    ("crypto/x.cpp", '#include "server/base/fault.hpp"\n', "the room crypto may not include server/base/fault.hpp"),
    ("crypto/y.cpp", "#include <boost/json.hpp>\n", "the room crypto may not include boost/json"),
    ("text/x.cpp", '#include "crypto/digest.hpp"\n', "the room text may not include crypto/digest.hpp"),
    ("crypto/keys/x.cpp", '#include "crypto/draw/plan.hpp"\n', "within crypto, keys may not include crypto/draw/plan.hpp"),
    ("server/service/unit/x.cpp", '#include "server/service/tasks/case.hpp"\n', "within service, unit may not include"),
    ("server/service/draws/x.cpp", '#include "server/service/filing/x.hpp"\n', "which is not on a lower floor"),
    ("server/service/attic/x.cpp", '#include "server/service/unit/file.hpp"\n', "attic is no room within service"),
    ("reference/witness/x.cpp", '#include "server/service/unit/file.hpp"\n', "the room reference may not include server/service/unit/file.hpp"),
    ("crypto/z.cpp", '#include "crypto/verify/input.hpp"\n', "the room crypto may not include crypto/verify/input.hpp"),
    ("crypto/verify/x.cpp", '#include "server/base/fault.hpp"\n', "the room verify may not include server/base/fault.hpp"),
    ("crypto/verify/y.cpp", "#include <openssl/evp.h>\n", "the room verify may not include openssl"),
    ("crypto/verify/z.cpp", '#include "crypto/keys/signer.hpp"\n', "reaches private keys: crypto/keys/signer.hpp"),
    ("server/domain/x.cpp", "#include <openssl/evp.h>\n", "the room domain may not include openssl"),
    ("server/domain/y.cpp", "#include <boost/asio/post.hpp>\n", "the room domain may not include boost/asio"),
    ("server/domain/z.cpp", '#include "crypto/keys/signer.hpp"\n', "the room domain may not include crypto/keys/signer.hpp"),
    ("server/http/x.cpp", '#include "server/domain/rule.hpp"\n', "the room http may not include server/domain/rule.hpp"),
    ("server/store/x.cpp", '#include "server/service/unit/file.hpp"\n', "the room store may not include"),
    ("server/service/unit/y.cpp", "#include <soci/soci.h>\n", "the room service may not include soci"),
    ("server/service/unit/y.cpp", '#include "server/db/session.hpp"\n', "the room service may not include server/db/session.hpp"),
    ("server/api/x.cpp", '#include "server/store/rows.hpp"\n', '"server/store/rows.hpp" is no file'),
    ("server/api/y.cpp", 'auto q = "insert into "\n  "organisation values (1)";\n', "y.cpp:1: SQL belongs in db and store"),
    ("server/work/x.cpp", 'auto q = R"(\nupdate task set state = 1)";\n', "SQL belongs in db and store"),
    ("server/service/unit/file.hpp", '#include "server/service/unit/deep.hpp"\n', "reaches private keys: server/service/unit/deep.hpp -> crypto/keys/signer.hpp"),
    ("server/api/z.cpp", "#include <mystery/thing.hpp>\n", "may not include unknown library mystery/thing.hpp"),
    ("server/work/y.cpp", '#include "tests/support/fixture.hpp"\n', "the room work may not include tests"),
    ("server/cellar/x.cpp", "", "cellar is no room"),
]
BESIDE = {
    "crypto/draw/plan.hpp": "", "server/service/tasks/case.hpp": "", "server/service/filing/x.hpp": "",
    "crypto/verify/input.hpp": "", "server/service/unit/deep.hpp": '#include "crypto/keys/signer.hpp"\n', "tests/support/fixture.hpp": ""}


class LayerCheck(unittest.TestCase):
    def check(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            run = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False)
            return run.returncode, run.stdout

    def test_a_good_tree_passes_in_silence(self):
        self.assertEqual(self.check(GOOD), (0, ""))

    def test_every_breach_is_named(self):
        for name, text, sentence in BAD:
            with self.subTest(sentence):
                status, output = self.check(GOOD | BESIDE | {name: text})
                self.assertEqual(status, 1)
                self.assertIn(name, output)
                self.assertIn(sentence, output)

    def graph(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return subprocess.run([sys.executable, SCRIPT, "--graph", "server/service", folder], capture_output=True, text=True,
                                  check=True).stdout

    def test_the_graph_counts_rooms_floors_arrows_and_loops(self):
        self.assertIn("server/service: 3 rooms, 2 floors, 1 arrows, 0 loops\n", self.graph(GOOD))
        back = {"server/service/unit/file.cpp": '#include "server/service/matters/service.hpp"\n'}
        looped = self.graph(GOOD | back)
        self.assertIn("server/service: 3 rooms, 1 floors, 2 arrows, 1 loops\n", looped)
        self.assertIn("  loop: matters, unit\n", looped)

    def test_an_empty_tree_is_a_mistake(self):
        self.assertEqual(self.check({"README.md": "hello\n"})[0], 1)
