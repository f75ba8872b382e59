// The draw in 40 lines: gives the result that follows from a statement's seed, public input and recusals and from a pool.
// Written from "For programmers" in docs/draw.md alone.
'use strict';
const { createHash, createHmac } = require('crypto');

const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const ranked = (list, key) => list.map((x) => [key(x), x]).sort((a, b) => Buffer.compare(a[0], b[0])); // stable: ties stay

function readPool(pool) {
  const lines = { public: [], stratum: [], inspector: [], object: [] };
  for (const line of pool.split('\n')) {
    const [word, ...rest] = line.split(' ');
    (lines[word] ??= []).push(rest);
  }
  return lines;
}

function drawAgain(said, pool) {
  const lines = readPool(pool);
  const digest = createHash('sha256').update(pool).digest('hex');
  const chance = hmac(Buffer.from(said.seed, 'hex'), `sponsio-draw/v1\n${digest}\n${said.public_input}\n`);
  const [objectKey, inspectorKey] = [hmac(chance, 'objects'), hmac(chance, 'inspectors')];
  const ticket = ([id, , weight]) => {
    const lots = [...Array(Number(weight)).keys()].map((j) => (j === 0 ? id : `${id}#${j + 1}`));
    return ranked(lots, (lot) => hmac(objectKey, lot))[0][0];
  };
  const seats = (id, barred) => {
    const free = lines.inspector.flat().filter((ref) => !barred.includes(ref));
    const ranking = ranked(free, (ref) => hmac(inspectorKey, `${id} ${ref}`)).map(([, ref]) => ref);
    const seated = Array.from({ length: Number(lines.assign[0][0]) }, () => ranking.shift() ?? null);
    for (const { inspector } of said.recusals.filter((recusal) => recusal.object === id)) {
      if (!seated.includes(inspector)) throw new Error(`${inspector} has no seat at ${id}`);
      seated[seated.indexOf(inspector)] = ranking.shift() ?? null;
    }
    return seated;
  };
  return lines.stratum.flatMap(([stratum, size, ratio, minimum]) => {
    const [numerator, denominator] = ratio.split('/');
    const wanted = Math.max(minimum, Math.ceil((size * numerator) / denominator));
    return ranked(lines.object.filter((o) => o[1] === stratum), ticket).slice(0, wanted).map(
      ([key, [object, , , ...barred]]) => ({ inspectors: seats(object, barred), object, stratum, ticket: key.toString('hex') }),
    );
  });
}

module.exports = { drawAgain, readPool };
