"""Signatures of persons over the steps that they take, verified by openssl."""
import base64
import pathlib
import subprocess
import tempfile


def raw(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _integer(number):
    """As DER writes it."""
    octets = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return b"\x02" + bytes([len(octets)]) + octets


def verifies(folder, kept, private_key):
    """Whether the kept ES256 signature is that key's over exactly what is said to have been signed."""
    head, _, signature = kept["jws"].partition("..")
    numbers = b"".join(_integer(int.from_bytes(half, "big")) for half in (raw(signature)[:32], raw(signature)[32:]))
    place = pathlib.Path(tempfile.mkdtemp(dir=folder))
    (place / "signature").write_bytes(b"\x30" + bytes([len(numbers)]) + numbers)
    (place / "public").write_bytes(subprocess.run(["openssl", "pkey", "-in", private_key, "-pubout"], check=True, capture_output=True).stdout)
    payload = base64.urlsafe_b64encode(kept["statement"].encode()).rstrip(b"=").decode()
    run = subprocess.run(["openssl", "dgst", "-sha256", "-verify", place / "public", "-signature", place / "signature"],
                         input=f"{head}.{payload}".encode(), capture_output=True, check=False)
    return run.returncode == 0
