// Holds what the public window checks in a browser to the vectors of others that sponsio-verify is held to: inclusion proofs of the
// transparency-dev project and the examples of RFC 9901. Prints how many held; ends with 1 if one did not.
//
//   node window_vectors.mjs ROOT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const root = process.argv[2];
const { buildSync } = createRequire(`${root}/console/`)('esbuild');
const [bundle] = buildSync({ entryPoints: [`${root}/console/src/window/proofs.ts`], bundle: true, format: 'esm', write: false }).outputFiles;
globalThis.crypto ??= (await import('node:crypto')).webcrypto;
const { check_record, root_from } = await import(`data:text/javascript;base64,${Buffer.from(bundle.contents).toString('base64')}`);
const golden = (name) => readFileSync(`${root}/tests/golden/crypto/${name}`, 'utf8');
const bytes = (text) => Uint8Array.from(Buffer.from(text, 'hex'));
let held = 0;

for (const line of golden('merkle_inclusion.txt').split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
  const [name, result, index, size, wanted, leaf, proof] = line.split(' ');
  const hashes = proof === '-' ? [] : proof.split(',').flatMap((one) => one.match(/.{64}/g)).map(bytes);
  // A proof has 32 bytes for each hash, and numbers that fit; the parser sees to that before.
  if (wanted.length !== 64 || leaf.length !== 64 || !Number.isSafeInteger(Number(size))) continue;
  const found = await root_from(bytes(leaf), Number(index), Number(size), hashes);
  assert.equal(found !== null && Buffer.from(found).toString('hex') === wanted, result === 'valid', name);
  held += 1;
}
assert.ok(held > 40, `only ${held} inclusion vectors`);

const issuer = { keys: [{ kty: 'EC', crv: 'P-256', x: 'b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ', y: 'Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8' }] };
const example = (name) => check_record(golden(name), issuer, 1748537244, 'example+sd-jwt');
const first = await example('rfc9901_5_1_issued.txt');
assert.deepEqual([first.claims.given_name, first.claims.nationalities, first.claims.address.country], ['John', ['US', 'DE'], 'US']);
const second = await example('rfc9901_5_2_presented.txt');
assert.deepEqual([second.claims.nationalities, second.claims.email], [['US'], undefined]);
assert.deepEqual((await example('rfc9901_a_1_presented.txt')).claims.address, { region: '港区', country: 'JP' });
held += 3;

/** Of an example with one thing changed: what is said of it. */
const told = async (change, now = 1748537244) => {
  const parts = golden('rfc9901_5_1_issued.txt').trim().split('~').slice(0, -1);
  try {
    await check_record(`${change([...parts]).join('~')}~`, issuer, now, 'example+sd-jwt');
    return 'proven';
  } catch (why) {
    return why.message;
  }
};
const disclosure = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
for (const [code, change, now] of [
  ['proven', (parts) => parts.slice(0, 3)],
  ['unreferenced_disclosure', (parts) => [...parts, disclosure(['salt', 'email', 'else@example.com'])]],
  ['duplicate_disclosure', (parts) => [...parts, parts[1]]],
  ['bad_disclosure', (parts) => [...parts, disclosure(['salt'])]],
  ['bad_disclosure', (parts) => [...parts, disclosure(['salt', '_sd', []])]],
  ['malformed_sd_jwt', (parts) => [parts[0].split('.').slice(0, 2).join('.'), ...parts.slice(1)]],
  ['bad_signature', ([jwt, ...rest]) => [`${jwt.slice(0, -8)}AAAAAAAA`, ...rest]],
  ['expired', (parts) => parts, 1983000000],
]) {
  assert.equal(await told(change, now), code);
  held += 1;
}
console.log(held);
