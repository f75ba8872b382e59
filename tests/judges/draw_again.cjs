// The draw, written from "For programmers" in docs/draw.md alone: gives the result that follows from a statement's seed, public
// input and repeats and from the published pool; with the full pool also who inspects what.
'use strict';
const { createHash, createHmac } = require('crypto');

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const ranked = (list, key) => list.map((x) => [key(x), x]).sort((a, b) => Buffer.compare(a[0], b[0])); // stable: ties stay
const lotsOf = (root, weight) => (weight === 1 ? [root] : Array.from({ length: weight }, (_, j) => sha256(`${root} ${j + 1}`)));
const chanceOf = (said, pool) => hmac(Buffer.from(said.seed, 'hex'), `sponsio-draw/v2\n${sha256(pool)}\n${said.public_input}\n`);

function readPool(pool) {
  const lines = { public: [], weight: [], stratum: [], inspector: [], object: [], lots: [] };
  for (const line of pool.split('\n').slice(1, -1)) {
    const [word, ...rest] = line.split(' ');
    if (rest.length === 0) lines.lots.push(word);
    else (lines[word] ??= []).push(rest);
  }
  return lines;
}

function drawAgain(said, pool) {
  const { stratum: strata, lots } = readPool(pool);
  const key = hmac(chanceOf(said, pool), 'objects');
  const owner = new Map(said.repeats.flatMap((root) => lotsOf(root, 16).map((lot) => [lot, root])));
  return strata.flatMap(([stratum, objects, count, ratio, minimum]) => {
    const [numerator, denominator] = ratio.split('/');
    const wanted = Math.min(objects, Math.max(minimum, Math.ceil((objects * numerator) / denominator)));
    const met = new Set();
    const isNew = ([, lot]) => met.size !== met.add(owner.get(lot) ?? lot).size;
    return ranked(lots.splice(0, count), (lot) => hmac(key, lot)).filter(isNew).slice(0, wanted)
      .map(([ticket, object]) => ({ object, stratum, ticket: ticket.toString('hex') }));
  });
}

function openAll(full) {
  const { key: [[hex]], object } = readPool(full);
  return object.map(([id, stratum, weight, ...barred]) => {
    const salt = hmac(Buffer.from(hex, 'hex'), id).toString('hex').slice(0, 32);
    return { stratum, weight, barred, lots: lotsOf(sha256([id, stratum, weight, salt, ...barred].join(' ')), Number(weight)) };
  });
}

function seatAgain(said, pool, full, rows) {
  const { key: [[hex]], inspector, assign: [[seats]] } = readPool(full);
  const rank = hmac(chanceOf(said, pool), 'inspectors');
  const barredFrom = new Map(openAll(full).flatMap(({ lots, barred }) => lots.map((lot) => [lot, barred])));
  return rows.map((row) => {
    const seen = (ref) => hmac(Buffer.from(hex, 'hex'), `${row.object} ${ref}`).toString('hex').slice(0, 16);
    const free = inspector.flat().filter((ref) => !barredFrom.get(row.object).includes(ref));
    const ranking = ranked(free, (ref) => hmac(rank, `${row.object} ${ref}`)).map(([, ref]) => seen(ref));
    const seated = Array.from({ length: Number(seats) }, () => ranking.shift() ?? null);
    for (const { inspector: leaving } of said.recusals.filter((recusal) => recusal.object === row.object)) {
      if (!seated.includes(leaving)) throw new Error(`${leaving} has no seat at ${row.object}`);
      seated[seated.indexOf(leaving)] = ranking.shift() ?? null;
    }
    return { inspectors: seated, ...row };
  });
}

module.exports = { drawAgain, openAll, readPool, seatAgain };
