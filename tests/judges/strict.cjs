// What the judges in JavaScript share: their command line, strict base64url and JSON, and a JWS verified by `jose`.
//
// The libraries forgive what the specifications forbid (padded base64url, a member named twice), hence the strictness here.
'use strict';
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');

const library = createRequire(path.join(__dirname, '../e2e/package.json'));
const jose = library('jose');
const YAML = library('yaml');

class Refused extends Error {}

function demand(holds, sentence) {
  if (!holds) throw new Refused(sentence);
}

// Options as `--name value`; those of `needed` must be there.
function options(needed, others = []) {
  const given = {};
  for (let i = 2; i < process.argv.length; i += 2) {
    const name = process.argv[i].replace(/^--/, '');
    if (![...needed, ...others].includes(name) || i + 1 >= process.argv.length) {
      throw new Error(`the options are --${[...needed, ...others].join(', --')}, each with a value`);
    }
    given[name] = process.argv[i + 1];
  }
  const missing = needed.filter((name) => !(name in given));
  if (missing.length) throw new Error(`--${missing.join(' and --')} missing`);
  return given;
}

const read = (name) => fs.readFileSync(name);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value) => Number.isSafeInteger(value) && value >= 0;

// Unpadded, and in the only spelling of its bytes.
function base64url(text, what) {
  const bytes = Buffer.from(text, 'base64url');
  demand(/^[A-Za-z0-9_-]*$/.test(text) && bytes.toString('base64url') === text, `${what} is no strict base64url`);
  return bytes;
}

// UTF-8 JSON in which no object names a member twice. JSON is YAML, and the YAML reader sees doubled names.
function json(bytes, what) {
  let value;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
    const twice = YAML.parseDocument(text, { schema: 'json', uniqueKeys: true }).errors;
    demand(twice.length === 0, `${what} names a member twice`);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(`${what} is no JSON: ${error.message}`);
  }
  return value;
}

function keySet(file) {
  const set = json(read(file), 'the key set');
  demand(isObject(set) && Array.isArray(set.keys) && set.keys.every(isObject), 'the key set holds no keys');
  for (const key of set.keys) {
    demand(!('d' in key || 'k' in key), 'the key set holds a secret key');
  }
  return set;
}

const ALGORITHMS = ['ES256', 'EdDSA'];

// The header and payload of a compact JWS of that type, signed by the one key of the set that its `kid` names.
async function verifyJws(compact, set, typ) {
  const parts = compact.split('.');
  demand(parts.length === 3, 'a compact JWS has three parts');
  const [head, body] = parts.map((part, i) => base64url(part, ['the header', 'the payload', 'the signature'][i]));
  const header = json(head, 'the header');
  demand(isObject(header) && header.typ === typ, `the typ is ${JSON.stringify(header.typ)}, not ${typ}`);
  demand(ALGORITHMS.includes(header.alg), `the alg ${JSON.stringify(header.alg)} is not allowed`);
  for (const name of ['crit', 'jwk', 'jku', 'x5u', 'b64']) demand(!(name in header), `the header has the member ${name}`);
  const named = set.keys.filter((key) => typeof header.kid === 'string' && key.kid === header.kid);
  demand(named.length === 1, `the kid ${JSON.stringify(header.kid)} names ${named.length} keys of the set`);
  demand((named[0].alg || header.alg) === header.alg && (named[0].use || 'sig') === 'sig', 'the key is for something else');
  try {
    await jose.compactVerify(compact, await jose.importJWK(named[0], header.alg), { algorithms: [header.alg] });
  } catch (error) {
    throw new Refused(`jose refuses the signature: ${error.message}`);
  }
  const payload = json(body, 'the payload');
  demand(isObject(payload), 'the payload is no object');
  return { header, payload };
}

// iat, nbf and exp, as far as they are there, allow the moment (seconds since 1970).
function checkTimes(payload, now) {
  for (const name of ['iat', 'nbf', 'exp']) {
    demand(!(name in payload) || isTime(payload[name]), `${name} is no time`);
  }
  demand(!('iat' in payload) || payload.iat <= now, `it was issued after ${now}`);
  demand(!('nbf' in payload) || payload.nbf <= now, `it is not valid before ${payload.nbf}`);
  demand(!('exp' in payload) || now < payload.exp, `it expired at ${payload.exp}`);
}

function moment(text) {
  const now = text === undefined ? Math.floor(Date.now() / 1000) : Number(text);
  if (!isTime(now)) throw new Error('--now is seconds since 1970');
  return now;
}

// Prints the answer as JSON. Exit code 1 with a sentence: refused; 2: the judge itself cannot work.
async function judge(run) {
  try {
    process.stdout.write(`${JSON.stringify({ ok: true, ...(await run()) })}\n`);
  } catch (error) {
    const refused = error instanceof Refused;
    if (refused) process.stdout.write(`${JSON.stringify({ ok: false, error: error.message })}\n`);
    process.stderr.write(`${refused ? error.message : error.stack}\n`);
    process.exitCode = refused ? 1 : 2;
  }
}

module.exports = {
  Refused, base64url, checkTimes, demand, isObject, isTime, json, judge, keySet, library, moment, options, read, verifyJws,
};
