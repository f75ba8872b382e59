"""Draws made up for tests: pools, results by docs/draw.md, and signed statements, with nothing but the standard library and OpenSSL.

    python3 draws.py FOLDER [SEED]      writes draw-pool.txt, draw.json, jwks.json of one made-up draw
"""
import base64
import hashlib
import hmac
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import uuid


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def mac(key, text):
    return hmac.digest(key, text.encode(), "sha256")


class Pool:
    """A pool as lists and dictionaries; `text` is the file."""

    def __init__(self, draw_id, assign, dice=None, beacon=None, strata=(), inspectors=(), objects=()):
        self.draw_id, self.assign, self.dice, self.beacon = draw_id, assign, dice, beacon
        self.strata = list(strata)          # (name, numerator, denominator, minimum)
        self.inspectors = sorted(inspectors)
        self.objects = sorted(objects)      # ((shard, leaf), stratum, weight, [barred])

    def promises(self):
        return ([f"dice {self.dice}"] if self.dice else []) + ([f"beacon {self.beacon[0]} {self.beacon[1]}"] if self.beacon else [])

    def text(self):
        count = {name: sum(1 for o in self.objects if o[1] == name) for name, *_ in self.strata}
        lines = ["sponsio-draw-pool/v1", f"draw {self.draw_id}", f"assign {self.assign}"]
        lines += [f"public {promise}" for promise in self.promises()]
        lines += [f"stratum {name} {count[name]} {n}/{d} {minimum}" for name, n, d, minimum in self.strata]
        lines += [f"inspector {ref}" for ref in self.inspectors]
        lines += [" ".join([f"object {shard}/{leaf} {stratum} {weight}", *sorted(barred)])
                  for (shard, leaf), stratum, weight, barred in self.objects]
        return "\n".join(lines) + "\n"


class Again:
    """The result of a draw and its redraws."""

    def __init__(self, pool, seed, public_input):
        self.pool = pool
        chance = mac(seed, f"sponsio-draw/v1\n{sha256(pool.text())}\n{public_input}\n")
        self.object_key, self.inspector_key = mac(chance, "objects"), mac(chance, "inspectors")

    def ticket(self, name, weight):
        return min(mac(self.object_key, name if lot == 1 else f"{name}#{lot}") for lot in range(1, weight + 1))

    def ranking(self, name, barred):
        return sorted((ref for ref in self.pool.inspectors if ref not in barred), key=lambda ref: mac(self.inspector_key, f"{name} {ref}"))

    def result(self, recusals=()):
        rows = []
        for stratum, numerator, denominator, minimum in self.pool.strata:
            members = [o for o in self.pool.objects if o[1] == stratum]
            share = -(-len(members) * numerator // denominator)
            tickets = sorted((self.ticket(f"{o[0][0]}/{o[0][1]}", o[2]), o[0], o[3]) for o in members)
            for ticket, place, barred in tickets[:min(len(members), max(minimum, share))]:
                rows.append(self.row(f"{place[0]}/{place[1]}", stratum, ticket, barred, recusals))
        return rows

    def row(self, name, stratum, ticket, barred, recusals):
        ranking = iter(self.ranking(name, barred))
        seats = [next(ranking, None) for _ in range(self.pool.assign)]
        for recusal in recusals:
            if recusal["object"] == name:
                seats[seats.index(recusal["inspector"])] = next(ranking, None)
        return {"inspectors": seats, "object": name, "stratum": stratum, "ticket": ticket.hex()}


class Key:
    """A P-256 key in a file, which OpenSSL signs with."""

    def __init__(self, folder):
        self.pem, self.kid = pathlib.Path(folder) / "draw-key.pem", "draw-test"
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.pem],
                       check=True, capture_output=True)
        public = subprocess.run(["openssl", "pkey", "-in", self.pem, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout
        self.jwk = {"kty": "EC", "crv": "P-256", "x": b64url(public[-64:-32]), "y": b64url(public[-32:]), "kid": self.kid, "alg": "ES256",
                    "use": "sig"}

    def sign(self, payload):
        head = canonical({"alg": "ES256", "kid": self.kid, "typ": "sponsio-draw+jws"})
        signing_input = f"{b64url(head.encode())}.{b64url(payload.encode())}"
        der = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.pem], input=signing_input.encode(), check=True,
                             capture_output=True).stdout
        first = der[4:4 + der[3]]
        second = der[6 + der[3]:]
        return f"{signing_input}.{b64url(b''.join(part[-32:].rjust(32, bytes(1)) for part in (first, second)))}"


def statement(pool, seed, public_input, key, recusals=(), revision=1):
    """draw.json as an object."""
    result = Again(pool, seed, public_input).result(recusals)
    reveal_by, committed_at = "2026-03-03T01:00:00Z", "2026-03-02T01:00:06.547936Z"
    content = canonical({"stage": "committed", "draw_id": pool.draw_id, "pool_digest": sha256(pool.text()),
                         "seed_commitment": hashlib.sha256(seed).hexdigest(), "public": pool.promises(), "reveal_by": reveal_by,
                         "salt": "c2FsdCBvZiBhIHRlc3Q"})
    said = {"algorithm": "sponsio-draw/v1", "draw_id": pool.draw_id,
            "pool": {"digest_sha256": sha256(pool.text()), "objects": len(pool.objects), "inspectors": len(pool.inspectors)},
            "seed_commitment": hashlib.sha256(seed).hexdigest(), "committed_at": committed_at,
            "committed_leaf": {"shard": 1, "leaf_index": 12, "content": content,
                               "entry": canonical({"digest": sha256(content), "kind": "draw", "time": committed_at})},
            "reveal_by": reveal_by, "public_input": public_input, "public_input_at": "2026-03-02T02:00:00.000000Z", "seed": seed.hex(),
            "revealed_at": "2026-03-02T02:00:01.250000Z", "revision": revision, "recusals": list(recusals),
            "result_digest_sha256": sha256(canonical(result))}
    return seal(said, result, key)


def seal(said, result, key):
    return said | {"result": result, "statement": key.sign(canonical(said))}


def made_up(rng):
    """Pool, seed, public input and recusals of a random draw; small, with every peculiarity now and then."""
    inspectors = [f"{rng.getrandbits(64):016x}" for _ in range(rng.randint(0, 6))]
    names = rng.sample(["key", "ordinary", "a", "x-1", "9"], rng.randint(1, 4))
    strata = []
    for name in names:
        denominator = rng.choice([1, 3, 20, 100, 1_000_000])
        strata.append((name, rng.randint(0, denominator), denominator, rng.choice([0, 1, 5, 1_000])))
    places = {(rng.choice([1, 2, 17]), rng.choice([rng.randrange(40), rng.randrange(2**53)])) for _ in range(rng.randint(1, 60))}
    objects = [(place, rng.choice(names), rng.choice([1, 1, 2, 16]), rng.sample(inspectors, rng.randint(0, len(inspectors))) if rng.random() < 0.4 else [])
               for place in places]
    dice = rng.choice([None, 4, 8, 100])
    beacon = (rng.choice(["drand", "nist.beacon-2"]), rng.randrange(10**7)) if dice is None or rng.random() < 0.5 else None
    pool = Pool(str(uuid.UUID(int=rng.getrandbits(128), version=4)), rng.randint(0, 5), dice, beacon, strata, inspectors, objects)
    given = ["dice=" + ",".join(str(rng.randint(1, 6)) for _ in range(dice))] if dice else []
    given += [f"beacon={beacon[0]}:{beacon[1]}:{rng.randbytes(rng.randint(1, 64)).hex()}"] if beacon else []
    seed, public_input = rng.randbytes(32), ";".join(given)
    return pool, seed, public_input, recused(rng, Again(pool, seed, public_input))


def recused(rng, again):
    """Some recusals, often several at one object."""
    recusals = []
    rows = again.result()
    for _ in range(rng.choice([0, 1, 6]) if rows else 0):
        name = rng.choice(rows[:3])["object"]
        seated = [ref for row in again.result(recusals) if row["object"] == name for ref in row["inspectors"] if ref]
        if seated:
            recusals.append({"object": name, "inspector": rng.choice(seated)})
    return recusals


def write(folder, pool, said, key):
    folder = pathlib.Path(folder)
    (folder / "draw-pool.txt").write_bytes(pool.text().encode())
    (folder / "draw.json").write_bytes((canonical(said) + "\n").encode())
    (folder / "jwks.json").write_bytes((canonical({"keys": [key.jwk]}) + "\n").encode())


def golden(rng):
    """One of each: strata of all sizes, weights, seats that nobody is left for, two recusals on one seat."""
    inspectors = [f"{rng.getrandbits(64):016x}" for _ in range(5)]
    inspectors.sort()
    strata = [("key", 1, 5, 3), ("ordinary", 1, 20, 2), ("rare", 1, 100, 2), ("none", 1, 2, 1)]
    objects = [((1, leaf), "key" if leaf % 3 else "ordinary", 1 + leaf % 4, []) for leaf in range(1, 90)]
    objects += [((2, leaf), "ordinary", 16 if leaf == 7 else 1, [inspectors[leaf % 5]]) for leaf in range(40)]
    objects += [((10, 3), "rare", 1, inspectors), ((9, 2**53 - 1), "rare", 1, inspectors[:4])]
    pool = Pool("0192f0c4-6b7a-7c3e-9a51-3c2d1e0f4a5b", 2, 6, ("drand", 4_711), strata, inspectors, objects)
    seed, public_input = rng.randbytes(32), "dice=3,5,1,6,6,2;beacon=drand:4711:" + rng.randbytes(32).hex()
    recusals, again = [], Again(pool, seed, public_input)
    for _ in range(2):  # the same seat twice
        row = again.result(recusals)[0]
        recusals.append({"object": row["object"], "inspector": row["inspectors"][1]})
    row = again.result(recusals)[4]
    return pool, seed, public_input, recusals + [{"object": row["object"], "inspector": row["inspectors"][0]}]


def main():
    with tempfile.TemporaryDirectory() as folder:
        key = Key(folder)
        rng = random.Random(int(sys.argv[2])) if len(sys.argv) > 2 else None
        pool, seed, public_input, recusals = made_up(rng) if rng else golden(random.Random(20260302))
        write(sys.argv[1], pool, statement(pool, seed, public_input, key, recusals, 1 + bool(recusals)), key)


if __name__ == "__main__":
    main()
