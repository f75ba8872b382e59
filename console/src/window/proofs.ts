// Checks a receipt or a record in the reader's own browser, as sponsio-verify does it: nothing is sent anywhere. The forms are those of
// C2SP tlog-proof, signed-note and tlog-checkpoint, of RFC 6962 (inclusion), and of RFC 9901 (SD-JWT) with ES256.

/** The key that signed is not among those given, or the file is not the thing: nothing is said of it either way. */
export class NotChecked extends Error {}
/** It is not what it claims to be. */
export class Refuted extends Error {}

export type Code =
  | 'malformed_receipt' | 'not_logged_yet' | 'wrong_kind' | 'content_differs' | 'differs_from_log' | 'malformed_proof' | 'not_included' | 'malformed_note'
  | 'not_signed' | 'bad_signature' | 'bad_verifier_key' | 'no_ed25519' | 'malformed_sd_jwt' | 'algorithm' | 'unknown_key' | 'hash_algorithm' | 'bad_disclosure'
  | 'duplicate_disclosure' | 'duplicate_digest' | 'unreferenced_disclosure' | 'wrong_place' | 'claim_collision' | 'not_yet_valid' | 'expired' | 'wrong_type';

type Bytes = Uint8Array<ArrayBuffer>;
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Members = { [name: string]: Json };

const not_checked = (code: Code): never => {
  throw new NotChecked(code);
};
const refute = (code: Code): never => {
  throw new Refuted(code);
};

const utf8 = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;
const sha256 = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const hex = (bytes: Bytes): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

function joined(...parts: Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const equal = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Null for any text that is not the one spelling of its bytes. */
function from_base64(text: string): Bytes | null {
  try {
    const raw = atob(text);
    if (btoa(raw) !== text) return null;
    return Uint8Array.from(raw, (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}

function from_base64url(text: string): Bytes | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return null;
  const padded = text.replace(/-/g, '+').replace(/_/g, '/');
  return from_base64(padded + '='.repeat((4 - (padded.length % 4)) % 4));
}

// -------------------------------------------------------------------------------------------------- signed notes

export interface LogKey { name: string; id: string; key: Bytes }

/** `<name>+<hex key id>+base64(1 || key)`, one on each line. */
export async function log_keys(text: string): Promise<LogKey[]> {
  const keys: LogKey[] = [];
  for (const line of text.split('\n').map((one) => one.trim()).filter((one) => one !== '')) {
    const found = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(line);
    const raw = found && from_base64(found[3]);
    if (!found || !raw || raw.length !== 33 || raw[0] !== 1) return not_checked('bad_verifier_key');
    const id = (await sha256(joined(utf8(`${found[1]}\n`), raw))).slice(0, 4);
    if (hex(id) !== found[2]) return not_checked('bad_verifier_key');
    keys.push({ name: found[1], id: found[2], key: raw.slice(1) });
  }
  return keys;
}

async function ed25519(key: Bytes, message: Bytes, signature: Bytes): Promise<boolean> {
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return not_checked('no_ed25519');
  }
  return crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, message);
}

export interface Checkpoint { origin: string; size: number; root: Bytes }

/** The checkpoint of a note that one of these keys signed. */
async function checkpoint_of(note: string, keys: LogKey[]): Promise<Checkpoint> {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return not_checked('malformed_note');
  const text = note.slice(0, end + 1);
  let signed = false;
  for (const line of note.slice(end + 2, -1).split('\n')) {
    const found = /^— (\S+) (\S+)$/.exec(line);
    const raw = found && from_base64(found[2]);
    if (!found || !raw || raw.length < 5) return not_checked('malformed_note');
    const key = keys.find((one) => one.name === found[1] && one.id === hex(raw.slice(0, 4)));
    if (!key) continue;
    if (!(await ed25519(key.key, utf8(text), raw.slice(4)))) return refute('bad_signature');
    signed = true;
  }
  if (!signed) return not_checked('not_signed');
  const [origin, size, root] = text.split('\n');
  const digest = from_base64(root ?? '');
  if (!/^(0|[1-9][0-9]*)$/.test(size ?? '') || !digest || digest.length !== 32) return refute('malformed_note');
  // A key signs for the log whose name it has.
  if (!keys.some((one) => one.name === origin)) return refute('bad_signature');
  return { origin, size: Number(size), root: digest };
}

// ---------------------------------------------------------------------------------------------------- inclusion

const leaf_hash = (entry: Bytes): Promise<Bytes> => sha256(joined(Uint8Array.of(0), entry));
const node_hash = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(joined(Uint8Array.of(1), left, right));

/** RFC 9162 §2.1.3.2. Sizes stay far below 2^53, and halving does not need 32-bit shifts. */
export async function root_from(leaf: Bytes, index: number, size: number, hashes: Bytes[]): Promise<Bytes | null> {
  if (index >= size) return null;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of hashes) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = await node_hash(sibling, hash);
      while (at % 2 === 0 && at !== 0) {
        at = Math.floor(at / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = await node_hash(hash, sibling);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}

export interface Logged { checkpoint: Checkpoint; index: number; kind: string; time: string; digest: string }

/** The entry, if the proof shows that the log of one of these keys has it. */
export async function logged_entry(proof: string, entry: string, keys: LogKey[]): Promise<Logged> {
  const end = proof.indexOf('\n\n');
  const lines = proof.slice(0, end).split('\n');
  if (end < 0 || lines.shift() !== 'c2sp.org/tlog-proof@v1') return not_checked('malformed_proof');
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const index = /^index (0|[1-9][0-9]*)$/.exec(lines.shift() ?? '');
  const hashes = lines.map(from_base64);
  if (!index || hashes.length > 64 || hashes.some((one) => one?.length !== 32)) return not_checked('malformed_proof');
  const checkpoint = await checkpoint_of(proof.slice(end + 2), keys);
  const root = await root_from(await leaf_hash(utf8(entry)), Number(index[1]), checkpoint.size, hashes as Bytes[]);
  if (!root || !equal(root, checkpoint.root)) return refute('not_included');
  const found = /^\{"digest":"([0-9a-f]{64})","kind":"([a-z-]{1,32})","time":"([0-9T:.Z-]+)"\}$/.exec(entry);
  if (!found) return refute('malformed_receipt');
  return { checkpoint, index: Number(index[1]), digest: found[1], kind: found[2], time: found[3] };
}

// ------------------------------------------------------------------------------------------------------ receipt

export interface ReceiptFound { logged: Logged; commitment_code: string }

const is_members = (value: Json | undefined): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** As JSON says the same in any order of members; numbers here are integers. */
const same = (a: Json, b: Json): boolean => {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => same(one, b[i]));
  if (is_members(a) && is_members(b)) {
    const [left, right] = [a, b];
    return Object.keys(left).length === Object.keys(right).length && Object.keys(left).every((name) => name in right && same(left[name], right[name]));
  }
  return a === b;
};

function parsed(text: string, code: Code): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return not_checked(code);
  }
}

/** The receipt of a commitment, alone or within the whole answer. */
export function receipt_in(text: string): { receipt: Members; answer: Members | null } {
  const file = parsed(text, 'malformed_receipt');
  const inner = is_members(file) ? (is_members(file.commitment) ? file.commitment : file) : null;
  if (!inner) return not_checked('malformed_receipt');
  return is_members(inner.receipt) ? { receipt: inner.receipt, answer: inner } : { receipt: inner, answer: null };
}

export async function check_receipt(text: string, keys: LogKey[]): Promise<ReceiptFound> {
  const { receipt, answer } = receipt_in(text);
  if (receipt.proof === null) return not_checked('not_logged_yet');
  const { proof, entry, content } = receipt;
  if (typeof proof !== 'string' || typeof entry !== 'string' || typeof content !== 'string') return not_checked('malformed_receipt');
  const logged = await logged_entry(proof, entry, keys);
  if (logged.kind !== 'commitment') return refute('wrong_kind');
  if (hex(await sha256(utf8(content))) !== logged.digest) return refute('content_differs');
  const repeated: [string, Json][] = [['accepted_at', logged.time], ['digest_sha256', logged.digest], ['leaf_index', logged.index]];
  for (const [name, value] of repeated) if (name in receipt && !same(receipt[name], value)) return refute('differs_from_log');
  const said = parsed(content, 'malformed_receipt');
  if (!is_members(said)) return refute('malformed_receipt');
  for (const [name, value] of Object.entries(said)) if (answer && name in answer && !same(answer[name], value)) return refute('differs_from_log');
  return { logged, commitment_code: String(said.commitment_code ?? '') };
}

// ------------------------------------------------------------------------------------------------------- record

export interface RecordFound { issuer: string; kid: string | undefined; issued: string; disclosed: number; claims: Members }

interface Jwk { kid?: string; kty?: string; crv?: string; x?: string; y?: string }

async function es256(keys: Jwk[], kid: string | undefined, message: Bytes, signature: Bytes): Promise<boolean> {
  const jwk = keys.find((one) => one.kid === kid);
  if (!jwk) return not_checked('unknown_key');
  if (jwk.kty !== 'EC' || jwk.crv !== 'P-256') return refute('algorithm');
  const key = await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, message);
}

const part_of = (text: string): Members => {
  const bytes = from_base64url(text);
  const value = bytes ? parsed(new TextDecoder().decode(bytes), 'malformed_sd_jwt') : null;
  return is_members(value) ? value : not_checked('malformed_sd_jwt');
};

interface Disclosure { salt: string; name: string | null; value: Json; used: boolean }

/** RFC 9901 §7.1: puts every disclosure in the place of its digest, and refuses those that have none. */
class Disclosures {
  private readonly all = new Map<string, Disclosure>();
  private readonly seen = new Set<string>();

  static async of(texts: string[]): Promise<Disclosures> {
    const made = new Disclosures();
    for (const text of texts) {
      const bytes = from_base64url(text);
      const array = bytes ? parsed(new TextDecoder().decode(bytes), 'bad_disclosure') : null;
      if (!Array.isArray(array) || typeof array[0] !== 'string' || array.length < 2 || array.length > 3) return refute('bad_disclosure');
      const name = array.length === 3 ? array[1] : null;
      if (array.length === 3 && (typeof name !== 'string' || name === '_sd' || name === '...')) return refute('bad_disclosure');
      const digest = base64url(await sha256(utf8(text)));
      if (made.all.has(digest)) return refute('duplicate_disclosure');
      made.all.set(digest, { salt: array[0], name: name as string | null, value: array[array.length - 1], used: false });
    }
    return made;
  }

  private take(digest: Json, named: boolean): Disclosure | undefined {
    if (typeof digest !== 'string') return refute('malformed_sd_jwt');
    if (this.seen.has(digest)) return refute('duplicate_digest');
    this.seen.add(digest);
    const found = this.all.get(digest);
    if (!found) return undefined;
    if ((found.name !== null) !== named) return refute('wrong_place');
    found.used = true;
    return found;
  }

  whole(value: Json): Json {
    if (Array.isArray(value)) {
      return value.flatMap((one) => {
        if (!is_members(one) || !('...' in one)) return [this.whole(one)];
        if (Object.keys(one).length !== 1) return refute('malformed_sd_jwt');
        const found = this.take(one['...'], false);
        return found ? [this.whole(found.value)] : [];
      });
    }
    if (!is_members(value)) return value;
    const made: Members = {};
    for (const [name, one] of Object.entries(value)) if (name !== '_sd') made[name] = this.whole(one);
    if ('_sd' in value) {
      if (!Array.isArray(value._sd)) return refute('malformed_sd_jwt');
      for (const digest of value._sd) {
        const found = this.take(digest, true);
        if (!found) continue;
        if ((found.name as string) in made) return refute('claim_collision');
        made[found.name as string] = this.whole(found.value);
      }
    }
    return made;
  }

  get count(): number {
    return this.all.size;
  }

  refuse_unused(): void {
    for (const one of this.all.values()) if (!one.used) refute('unreferenced_disclosure');
  }
}

const base64url = (bytes: Bytes): string => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

/** In seconds: so far clocks may lie apart. */
const leeway = 60;

/** `<JWT>~<disclosure>~…~`, with a key binding behind or without, which is not looked at; `now` in seconds. */
export async function check_record(token: string, jwks: { keys: Jwk[] }, now: number, typ = 'dc+sd-jwt'): Promise<RecordFound> {
  const [jwt, ...rest] = token.trim().split('~');
  const bound = rest.pop();
  const pieces = jwt.split('.');
  if (pieces.length !== 3 || bound === undefined || (bound !== '' && bound.split('.').length !== 3)) return not_checked('malformed_sd_jwt');
  const header = part_of(pieces[0]);
  if (header.typ !== typ) return not_checked('wrong_type');
  const { kid } = header;
  if (header.alg !== 'ES256' || (kid !== undefined && typeof kid !== 'string')) return refute('algorithm');
  const signature = from_base64url(pieces[2]);
  if (!signature || signature.length !== 64) return refute('bad_signature');
  if (!(await es256(jwks.keys, kid, utf8(`${pieces[0]}.${pieces[1]}`), signature))) return refute('bad_signature');
  const payload = part_of(pieces[1]);
  if ('_sd_alg' in payload && payload._sd_alg !== 'sha-256') return refute('hash_algorithm');
  delete payload._sd_alg;
  const disclosures = await Disclosures.of(rest);
  const claims = disclosures.whole(payload) as Members;
  disclosures.refuse_unused();
  if (typeof claims.nbf === 'number' && claims.nbf > now + leeway) return not_checked('not_yet_valid');
  if (typeof claims.exp === 'number' && claims.exp <= now - leeway) return refute('expired');
  const issued = typeof claims.iat === 'number' ? new Date(claims.iat * 1000).toISOString() : '';
  return { issuer: String(claims.iss ?? ''), kid, issued, disclosed: disclosures.count, claims };
}
