// Judges the statement of a draw by docs/draw.md: prints `ok`, or what differs and ends with 1.
//
//   node draw.cjs draw.json draw-pool.txt [jwks.json]
'use strict';
const { createHash, createPublicKey, verify } = require('crypto');
const { readFileSync } = require('fs');
const { drawAgain, readPool } = require('./draw_again.cjs');

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
  }));
}

function checkSignature(statement, jwks) {
  const [header, , signature] = statement.split('.').map((part) => Buffer.from(part, 'base64url'));
  const { kid, alg, typ } = JSON.parse(header);
  const key = jwks.keys.find((k) => k.kid === kid);
  demand('signature', alg === 'ES256' && typ === 'sponsio-draw+jws' && key && verify('sha256',
    statement.split('.', 2).join('.'), { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, signature));
}

const [statementFile, poolFile, jwksFile] = process.argv.slice(2);
const text = readFileSync(statementFile, 'utf8');
const pool = readFileSync(poolFile, 'latin1');
const said = JSON.parse(text);
const { result, statement, ...payload } = said;
const lines = readPool(pool);

demand('form', text === `${canonical(said)}\n` && said.algorithm === 'sponsio-draw/v1');
demand('pool', sha256(pool) === said.pool.digest_sha256 && lines.draw[0][0] === said.draw_id
  && lines.object.length === said.pool.objects && lines.inspector.length === said.pool.inspectors);
for (const [name, size] of lines.stratum) demand('stratum', lines.object.filter((o) => o[1] === name).length === Number(size));
demand('seed', sha256(Buffer.from(said.seed, 'hex')) === said.seed_commitment);
demand('public input', inputForm(lines.public).test(said.public_input));
demand('order of times', said.committed_at <= said.public_input_at && said.public_input_at <= said.revealed_at);
checkLeaf(said, lines.public);
let drawn;
try {
  drawn = drawAgain(said, pool);
} catch (error) {
  demand(`recusal (${error.message})`, false);
}
demand('recusal', said.recusals.every((r) => drawn.some((d) => d.object === r.object)));
demand('result', canonical(drawn) === canonical(result) && sha256(canonical(drawn)) === said.result_digest_sha256);
demand('signed statement', Buffer.from(statement.split('.')[1], 'base64url').toString() === canonical(payload));
if (jwksFile) checkSignature(statement, JSON.parse(readFileSync(jwksFile, 'utf8')));
console.log('ok');
