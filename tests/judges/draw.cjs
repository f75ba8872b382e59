// Judges the statement of a draw by docs/draw.md: prints `ok`, or what differs and ends with 1.
//
//   node draw.cjs draw.json draw-pool.txt [jwks.json [draw-full.txt]]
'use strict';
const { createHash, createPublicKey, verify } = require('crypto');
const { readFileSync } = require('fs');
const { drawAgain, openAll, readPool, seatAgain } = require('./draw_again.cjs');

const sha256 = (data) => createHash('sha256').update(data).digest('hex');

function canonical(v) {
  if (Array.isArray(v)) return `[${v.map(canonical)}]`;
  if (v === null || typeof v !== 'object') return JSON.stringify(v);
  return `{${Object.keys(v).sort().map((k) => `${JSON.stringify(k)}:${canonical(v[k])}`)}}`;
}

function demand(what, good) {
  if (good) return;
  console.log(`${what} differs`);
  process.exit(1);
}

function inputForm(promises) {
  const forms = promises.map(([kind, a, b]) => (kind === 'dice' ? `dice=[1-6](,[1-6]){${a - 1}}`
    : `beacon=${a.replaceAll('.', '\\.')}:${b}:([0-9a-f]{2}){1,128}`));
  return new RegExp(`^${forms.join(';')}$`);
}

function checkLeaf(said, promises) {
  const { entry, content } = said.committed_leaf;
  const { kind, time, digest } = JSON.parse(entry);
  demand('committed leaf', kind === 'draw' && time === said.committed_at && digest === sha256(content));
  const { salt, ...logged } = JSON.parse(content);
  demand('committed content', canonical(logged) === canonical({
    stage: 'committed', draw_id: said.draw_id, pool_digest: said.pool.digest_sha256, seed_commitment: said.seed_commitment,
    public: promises.map((p) => p.join(' ')), reveal_by: said.reveal_by,
    ...(said.beacon_key && { beacon_key: said.beacon_key }),
  }));
}

function checkSignature(statement, jwks) {
  const [header, , signature] = statement.split('.').map((part) => Buffer.from(part, 'base64url'));
  const { kid, alg, typ } = JSON.parse(header);
  const key = jwks.keys.find((k) => k.kid === kid);
  demand('signature', alg === 'ES256' && typ === 'sponsio-draw+jws' && key && verify('sha256',
    statement.split('.', 2).join('.'), { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, signature));
}

/** A signed note of five lines by the key that the committed leaf names: the value of the promised round, made afterwards. */
function checkBeacon(said, promises) {
  const [, source, round] = promises.find(([kind]) => kind === 'beacon');
  const key = Buffer.from(said.beacon_key.split('+').slice(2).join('+'), 'base64');
  const [text, lines] = said.beacon_note.split(/\n(\n.*)/s, 2).map((part, n) => (n === 0 ? `${part}\n` : part));
  const [form, name, number, value, time] = text.split('\n');
  const signature = Buffer.from(lines.match(/^\n— (\S+) (\S+)\n$/)[2], 'base64').subarray(4);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.subarray(1)]);
  demand('beacon', form === 'sponsio-beacon/v1' && name === source && said.beacon_key.split('+')[0] === source && number === round
    && said.public_input.endsWith(`beacon=${source}:${round}:${value}`) && said.committed_at <= time
    && verify(null, Buffer.from(text), createPublicKey({ key: spki, format: 'der', type: 'spki' }), signature));
}

const sum = (list) => list.reduce((a, b) => a + Number(b), 0);

/** The lots of each stratum in their order, as they should stand in the pool. */
function lotsFrom(full, strata) {
  const objects = openAll(full);
  return strata.flatMap(([name]) => objects.filter((o) => o.stratum === name).flatMap((o) => o.lots).sort());
}

const [statementFile, poolFile, jwksFile, fullFile] = process.argv.slice(2);
const text = readFileSync(statementFile, 'utf8');
const pool = readFileSync(poolFile, 'latin1');
const full = fullFile && readFileSync(fullFile, 'latin1');
const said = JSON.parse(text);
const { result, statement, ...payload } = said;
const lines = readPool(pool);

demand('form', text === `${canonical(said)}\n` && said.algorithm === 'sponsio-draw/v2');
demand('pool', sha256(pool) === said.pool.digest_sha256 && lines.draw[0][0] === said.draw_id
  && sum(lines.stratum.map((s) => s[1])) === said.pool.objects && Number(lines.inspectors[0][0]) === said.pool.inspectors);
demand('lots', lines.lots.length === sum(lines.stratum.map((s) => s[2])) && new Set(lines.lots).size === lines.lots.length
  && sum(lines.weight.map(([, n]) => n)) === said.pool.objects && sum(lines.weight.map(([w, n]) => w * n)) === lines.lots.length);
demand('seed', sha256(Buffer.from(said.seed, 'hex')) === said.seed_commitment);
demand('public input', inputForm(lines.public).test(said.public_input));
demand('order of times', said.committed_at <= said.public_input_at && said.public_input_at <= said.revealed_at);
checkLeaf(said, lines.public);
if (said.beacon_key) checkBeacon(said, lines.public);
if (full) demand('full pool', sha256(full) === lines.full[0][0] && canonical(lotsFrom(full, lines.stratum)) === canonical(lines.lots));
let drawn = drawAgain(said, pool);
demand('recusal', said.recusals.every((r) => drawn.some((d) => d.object === r.object)));
try {
  if (full) drawn = seatAgain(said, pool, full, drawn);
} catch (error) {
  demand(`recusal (${error.message})`, false);
}
const claimed = full ? result : result.map(({ inspectors, ...row }) => row);
demand('result', canonical(drawn) === canonical(claimed) && sha256(canonical(result)) === said.result_digest_sha256);
demand('seats', result.every(({ inspectors }) => inspectors.length === Number(lines.assign[0][0])
  && inspectors.every((ref) => ref === null || /^[0-9a-f]{16}$/.test(ref))));
demand('signed statement', Buffer.from(statement.split('.')[1], 'base64url').toString() === canonical(payload));
if (jwksFile) checkSignature(statement, JSON.parse(readFileSync(jwksFile, 'utf8')));
console.log('ok');
