"""Checks of signed things by programs that nobody here wrote: Debian's `jose` and `openssl`, Python's hashlib, Go's
sumdb packages in tests/judges/tlogcheck, and libraries from npm in tests/judges/*.cjs.

A record is judged from two files alone (record.sd-jwt, jwks.json), a batch from four (manifest.json, records.jsonl,
manifest.sm2, sm2-public.pem): whoever holds them can do the same.
"""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile

SM2_DISTINGUISHING_ID = "1234567812345678"  # GM/T 0009, GB/T 32918


class Refused(Exception):
    """A judge did not accept; the text says what."""


def _unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _run(arguments, what):
    try:
        run = subprocess.run([str(a) for a in arguments], capture_output=True, timeout=120, check=False)
    except FileNotFoundError as missing:
        raise Refused(f"{what}: the program {missing.filename} is not installed; scripts/deps names all that are needed") from missing
    if run.returncode != 0:
        raise Refused(f"{what}: {(run.stderr + run.stdout).decode(errors='replace').strip()}")
    return run.stdout


def verify_es256(compact, jwks_path):
    """The payload of a JWS, if Debian's `jose` finds it signed by a key of the set."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "record.jws"
        path.write_text(compact, encoding="ascii")
        return _run(["jose", "jws", "ver", "-i", path, "-k", jwks_path, "-O-"], "jose refuses the signature")


def _names(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise Refused("an object names a member twice")
    return dict(pairs)


def _put_back(node, by_digest, used, seen):
    """The node with disclosed claims in their places (RFC 9901 §7.1); digests nobody disclosed vanish."""
    if isinstance(node, list):
        kept = []
        for item in node:
            if isinstance(item, dict) and set(item) == {"..."}:
                disclosure = _take(item["..."], 2, by_digest, used, seen)
                if disclosure is not None:
                    kept.append(_put_back(disclosure[1], by_digest, used, seen))
            else:
                kept.append(_put_back(item, by_digest, used, seen))
        return kept
    if not isinstance(node, dict):
        return node
    whole = {}
    for name, value in node.items():
        if name not in ("_sd", "_sd_alg"):
            whole[name] = _put_back(value, by_digest, used, seen)
    for digest in node.get("_sd", []):
        disclosure = _take(digest, 3, by_digest, used, seen)
        if disclosure is None:
            continue
        _, name, value = disclosure
        if name in whole or name in ("_sd", "..."):
            raise Refused(f"the claim {name} collides")
        whole[name] = _put_back(value, by_digest, used, seen)
    return whole


def _take(digest, length, by_digest, used, seen):
    if digest in seen:
        raise Refused("a digest stands twice")
    seen.add(digest)
    if digest not in by_digest:
        return None
    disclosure = by_digest[digest]
    if len(disclosure) != length:
        raise Refused("a disclosure is in the wrong kind of place")
    used.add(digest)
    return disclosure


def verify_record(sd_jwt, jwks_path):
    """Answers (header, payload as signed, claims with all disclosures in place); Refused if anything is wrong."""
    parts = sd_jwt.strip().split("~")
    if len(parts) < 2 or parts[-1] != "":
        raise Refused("not an SD-JWT without key binding: it must end with ~")
    compact, disclosures = parts[0], parts[1:-1]
    header = json.loads(_unpadded(compact.split(".")[0]), object_pairs_hook=_names)
    if header.get("typ") != "dc+sd-jwt" or header.get("alg") != "ES256":
        raise Refused(f"typ or alg is wrong: {header}")
    payload = json.loads(verify_es256(compact, jwks_path), object_pairs_hook=_names)
    if payload.get("_sd_alg", "sha-256") != "sha-256":
        raise Refused("the digests are not SHA-256")
    by_digest = {}
    for disclosure in disclosures:
        digest = base64.urlsafe_b64encode(hashlib.sha256(disclosure.encode()).digest()).rstrip(b"=").decode()
        if digest in by_digest:
            raise Refused("a disclosure stands twice")
        by_digest[digest] = json.loads(_unpadded(disclosure), object_pairs_hook=_names)
    used = set()
    claims = _put_back(payload, by_digest, used, set())
    if used != set(by_digest):
        raise Refused(f"{len(by_digest) - len(used)} disclosures belong to no digest of the signed payload")
    return header, payload, claims


def sm3(path):
    """The SM3 digest of a file in hex, by `openssl`."""
    return _run(["openssl", "dgst", "-sm3", "-r", path], "openssl cannot digest").split()[0].decode()


def verify_sm2(message, signature, public_key, distinguishing_id=SM2_DISTINGUISHING_ID):
    """Refused unless `openssl` finds the DER signature good over the message, under that distinguishing id."""
    _run(
        ["openssl", "dgst", "-sm3", "-verify", public_key, "-sigopt", f"distid:{distinguishing_id}", "-signature",
         signature, message],
        "openssl refuses the SM2 signature",
    )


def verify_submission(folder):
    """Judges the four files of a batch and answers (manifest, records)."""
    folder = pathlib.Path(folder)
    manifest = json.loads((folder / "manifest.json").read_bytes(), object_pairs_hook=_names)
    verify_sm2(folder / "manifest.json", folder / "manifest.sm2", folder / "sm2-public.pem")
    digest = sm3(folder / "records.jsonl")
    if digest != manifest["digest_sm3"]:
        raise Refused(f"the manifest names the digest {manifest['digest_sm3']}, the records have {digest}")
    lines = (folder / "records.jsonl").read_bytes().decode().splitlines()
    records = [json.loads(line, object_pairs_hook=_names) for line in lines]
    if len(records) != manifest["record_count"]:
        raise Refused(f"the manifest counts {manifest['record_count']} records, there are {len(records)}")
    return manifest, records


def built_judges():
    """Where CMake puts the judges it builds: beside the tests of the binary under test."""
    return pathlib.Path(os.environ["SPONSIO_BINARY"]).resolve().parents[2] / "tests/judges"


def _tlogcheck(command, options, vkey, files=None):
    """The answer of tlogcheck. `vkey`: a key to a line; `files`: option -> contents to be handed over as files."""
    arguments = [built_judges() / "tlogcheck.bin", command, *options]
    for key in vkey.split():
        arguments += ["--vkey", key]
    with tempfile.TemporaryDirectory() as folder:
        for option, contents in (files or {}).items():
            for number, content in enumerate(contents):
                path = pathlib.Path(folder) / f"{option}.{number}"
                path.write_bytes(content.encode() if isinstance(content, str) else content)
                arguments += [f"--{option}", path]
        return json.loads(_run(arguments, "tlogcheck refuses"))


def _witnesses(keys):
    return [part for key in keys for part in ("--witness", key)]


def tlogcheck_log(base, vkey, ca, old=(), witnesses=()):
    """Reads the whole log at `base` over HTTPS and answers {"origin", "size", "root", "tiles", ...}; Refused unless
    every signature, tile, entry, header and refusal is as it must be, and the log goes on from the `old` checkpoints
    (their signed text)."""
    return _tlogcheck("log", ["--base", base, "--ca", ca, *_witnesses(witnesses)], vkey, {"old": old})


def tlogcheck_dir(folder, vkey, old=(), witnesses=()):
    """The same for a folder laid out like a log."""
    return _tlogcheck("dir", ["--dir", folder, *_witnesses(witnesses)], vkey, {"old": old})


def tlogcheck_proof(proof, entry, vkey, witnesses=()):
    """Refused unless the tlog-proof (its text) shows the entry (its bytes) in the log; answers {"index", "size", ...}."""
    return _tlogcheck("proof", _witnesses(witnesses), vkey, {"proof": [proof], "entry": [entry]})


def unseal(manifest, sealing, passphrase, values):
    """What the sealing keys open of the values (texts of the files that tests/judges/unseal.cjs reads)."""
    return _node("unseal.cjs", {}, {"manifest": manifest, "sealing": sealing, "passphrase": passphrase, "values": values})


def _node(script, options, files=None):
    """The answer of one of tests/judges/*.cjs. `files`: option -> content to be handed over as a file."""
    arguments = ["node", pathlib.Path(__file__).resolve().parents[2] / "judges" / script]
    with tempfile.TemporaryDirectory() as folder:
        for option, content in (files or {}).items():
            path = pathlib.Path(folder) / option
            path.write_text(content, encoding="utf-8")
            arguments += [f"--{option}", path]
        for option, value in options.items():
            if value is not None:
                arguments += [f"--{option}", value]
        return json.loads(_run(arguments, f"{script} refuses"))


def sd_jwt_check(sd_jwt, jwks_path, now=None, issuer=None, vct=None, hidden=()):
    """Judges a record by npm's jose and @sd-jwt/core under all of RFC 9901 section 7.1, and its `status` claim if it has
    one. `now`: seconds since 1970, else the clock's; `hidden`: pointers of claims that may only stand in disclosures. Answers
    {"header", "payload", "claims", "disclosed"}."""
    options = {"jwks": jwks_path, "now": now, "iss": issuer, "vct": vct, "hidden": ",".join(hidden) or None}
    return _node("sd_jwt.cjs", options, {"token": sd_jwt})


def sd_jwt_vc_check(sd_jwt, jwks_path, status_list, uri, type_metadata, accept=None, leave_out=(), now=None):
    """One call of npm's @sd-jwt/sd-jwt-vc, which looks at the status too. `accept`: the statuses with which a record stands, else
    the library's own rule; `leave_out`: options of the library that are not given. Answers {"claims", "status"}."""
    options = {"jwks": jwks_path, "uri": uri, "now": now, "leave-out": ",".join(leave_out) or None,
               "accept": None if accept is None else ",".join(map(str, accept))}
    return _node("sd_jwt_vc.cjs", options, {"token": sd_jwt, "status-list": status_list, "type": type_metadata})


def expiry(token):
    """`exp` of a compact JWS, unverified."""
    return json.loads(_unpadded(token.decode().split(".")[1]))["exp"]


def status_list_check(token, jwks_path, uri, expected, now=None):
    """Judges a Token Status List (a JWT) of that address and holds it to `expected`, index -> status. Answers {"bits",
    "size", "statuses", "iat", "exp", "ttl"}."""
    at = ",".join(str(index) for index in expected) or None
    answer = _node("status_list.cjs", {"jwks": jwks_path, "uri": uri, "now": now, "at": at}, {"token": token})
    found = {int(index): status for index, status in answer["statuses"].items()}
    if found != dict(expected):
        raise Refused(f"the list says {found}, not {dict(expected)}")
    return answer


def department_message(token, jwks_path, kind, now=None):
    """Judges a question to a department (`kind` "question") or its answer ("answer"), a compact JWS. Answers {"header",
    "payload"}."""
    return _node("check.cjs", {"jwks": jwks_path, "kind": kind, "now": now}, {"token": token})


def sm2_check(message, signature, public_key, distinguishing_id=SM2_DISTINGUISHING_ID):
    """Like verify_sm2, by npm's sm-crypto-v2: refused unless the DER signature is good over the file."""
    _node("sm2.cjs", {"message": message, "signature": signature, "key": public_key, "id": distinguishing_id})


def webhook(secret, headers, body):
    """The message, if standardwebhooks, the library of the specification, believes its signature; else Refused."""
    return _node("webhook.cjs", {}, {"secret": secret, "headers": json.dumps(headers), "body": body.decode()})


def webhook_by_key(public_key, headers, body):
    """The message, if OpenSSL believes one of its `v1a` signatures by that key (whpk_...); else Refused."""
    raw = base64.b64decode(public_key.removeprefix("whpk_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + raw)  # SubjectPublicKeyInfo, RFC 8410
        (folder / "signed").write_bytes(signed)
        for one in headers["webhook-signature"].split(" "):
            scheme, _, signature = one.partition(",")
            if scheme != "v1a":
                continue
            (folder / "signature").write_bytes(base64.b64decode(signature))
            verdict = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", folder / "key.der", "-rawin",
                                      "-in", folder / "signed", "-sigfile", folder / "signature"], capture_output=True, check=False)
            if verdict.returncode == 0:
                return json.loads(body)
    raise Refused("no signature by that key")


def replay_draw(statement, pool, jwks, *full):
    """A program written from docs/draw.md alone draws again from the published files; Refused if anything differs."""
    _run(["node", pathlib.Path(__file__).resolve().parents[2] / "judges/draw.cjs", statement, pool, jwks, *full], "draw.cjs refuses")
