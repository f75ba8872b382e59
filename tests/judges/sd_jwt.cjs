// Judges an SD-JWT without key binding: RFC 9901 section 7.1, and the form that SD-JWT VC gives it.
//
//   node sd_jwt.cjs --token FILE --jwks FILE [--now SECONDS] [--iss URL] [--vct URL] [--hidden POINTER,POINTER]
//
// `jose` verifies the signature and @sd-jwt/core puts the disclosed claims into their places; the layer here does the same
// by itself and refuses what @sd-jwt/core lets pass. `--hidden` points to claims that may only stand in disclosures.
'use strict';
const crypto = require('crypto');
const util = require('util');
const {
  Refused, base64url, checkTimes, demand, isObject, json, judge, keySet, library, moment, options, read, verifyJws,
} = require('./strict.cjs');
const { SDJwtInstance } = library('@sd-jwt/core');

const IN_CLEAR = ['iss', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'status']; // draft-ietf-oauth-sd-jwt-vc section 2.2.2.2
const LEAST_SALT = 22; // characters: 128 bits in base64url, RFC 9901 section 9.3

const digestOf = (text) => crypto.createHash('sha256').update(text, 'ascii').digest('base64url');

function takeDisclosure(text) {
  const parts = json(base64url(text, 'a disclosure'), 'a disclosure');
  demand(Array.isArray(parts) && (parts.length === 2 || parts.length === 3), 'a disclosure is no array of two or three');
  demand(typeof parts[0] === 'string' && parts[0].length >= LEAST_SALT, 'a salt is too short');
  if (parts.length === 3) {
    demand(typeof parts[1] === 'string', 'a disclosed claim has no name');
    demand(!['_sd', '...', '_sd_alg'].includes(parts[1]), `a disclosure names its claim ${parts[1]}`);
  }
  return { salt: parts[0], parts, used: false };
}

// One token in the making: disclosures by digest, digests met so far, names that were disclosed.
class Placing {
  constructor(disclosures) {
    this.byDigest = new Map();
    this.met = new Set();
    this.disclosed = [];
    const salts = new Set();
    for (const text of disclosures) {
      const disclosure = takeDisclosure(text);
      demand(!this.byDigest.has(digestOf(text)), 'a disclosure stands twice');
      demand(!salts.has(disclosure.salt), 'two disclosures have the same salt');
      salts.add(disclosure.salt);
      this.byDigest.set(digestOf(text), disclosure);
    }
  }

  // The disclosure of a digest, or nothing where it was withheld (or is a decoy).
  take(digest, length, where) {
    demand(typeof digest === 'string' && base64url(digest, 'a digest').length === 32, `a digest in ${where} is none`);
    demand(!this.met.has(digest), 'a digest stands twice');
    this.met.add(digest);
    const found = this.byDigest.get(digest);
    if (!found) return undefined;
    demand(found.parts.length === length, `a disclosure is in the wrong kind of place: ${where}`);
    found.used = true;
    return found.parts;
  }

  place(node, top) {
    if (Array.isArray(node)) return this.placeElements(node);
    return isObject(node) ? this.placeMembers(node, top) : node;
  }

  placeElements(list) {
    const whole = [];
    for (const item of list) {
      if (!isObject(item) || !('...' in item)) {
        whole.push(this.place(item));
        continue;
      }
      demand(Object.keys(item).length === 1, 'an element with ... has other members');
      const parts = this.take(item['...'], 2, 'an array');
      if (parts) whole.push(this.place(parts[1]));
    }
    return whole;
  }

  placeMembers(node, top) {
    const whole = Object.create(null);
    demand(!('...' in node), 'a member outside of an array is named ...');
    for (const [name, value] of Object.entries(node)) {
      demand(name !== '_sd_alg' || top, '_sd_alg stands below the top');
      if (name !== '_sd' && name !== '_sd_alg') whole[name] = this.place(value);
    }
    if (!('_sd' in node)) return { ...whole };
    demand(Array.isArray(node._sd), '_sd is no array');
    for (const digest of node._sd) {
      const parts = this.take(digest, 3, 'an object');
      if (!parts) continue;
      const [, name, value] = parts;
      demand(!(name in whole), `the claim ${name} collides`);
      demand(!top || !IN_CLEAR.includes(name), `the claim ${name} must be in clear`);
      this.disclosed.push(name);
      whole[name] = this.place(value);
    }
    return { ...whole };
  }
}

// Whether a pointer (RFC 6901, without escapes) leads to something in the payload as it was signed.
function isInClear(node, pointer) {
  return pointer.split('/').slice(1).every((name) => {
    const there = typeof node === 'object' && node !== null && Object.prototype.hasOwnProperty.call(node, name);
    node = there ? node[name] : undefined;
    return there;
  });
}

// Token Status List section 6.1: what a token says of where its status is kept.
function checkStatus(status) {
  demand(isObject(status) && isObject(status.status_list), 'the status claim names no status_list');
  const { idx, uri } = status.status_list;
  demand(Number.isSafeInteger(idx) && idx >= 0, 'the status claim has no index');
  demand(typeof uri === 'string' && /^https:\/\/[^\s]+$/.test(uri), 'the status claim has no https address');
}

async function askLibrary(token, now, claims) {
  const instance = new SDJwtInstance({
    hasher: (data) => crypto.createHash('sha256').update(data).digest(),
    // The signature was verified by jose before.
    verifier: () => true,
  });
  let theirs;
  try {
    await instance.verify(token, { currentDate: now });
    theirs = await instance.getClaims(token);
  } catch (error) {
    throw new Refused(`@sd-jwt/core refuses: ${error.message}`);
  }
  demand(util.isDeepStrictEqual(theirs, claims), '@sd-jwt/core reads other claims');
}

judge(async () => {
  const given = options(['token', 'jwks'], ['now', 'iss', 'vct', 'hidden']);
  const now = moment(given.now);
  const token = read(given.token).toString('latin1').replace(/\n$/, '');
  const parts = token.split('~');
  demand(parts.length >= 2 && parts[parts.length - 1] === '', 'an SD-JWT without key binding ends with ~');
  const set = keySet(given.jwks);
  const { header, payload } = await verifyJws(parts[0], set, 'dc+sd-jwt');
  checkTimes(payload, now);
  demand((payload._sd_alg || 'sha-256') === 'sha-256', 'the digests are not SHA-256');
  demand(!given.iss || payload.iss === given.iss, `the issuer is ${payload.iss}`);
  demand(typeof payload.vct === 'string' && payload.vct !== '', 'vct is missing');
  demand(!given.vct || payload.vct === given.vct, `the vct is ${payload.vct}`);
  if ('status' in payload) checkStatus(payload.status);
  for (const pointer of given.hidden ? given.hidden.split(',') : []) {
    demand(pointer.startsWith('/') && !isInClear(payload, pointer), `${pointer} stands in clear`);
  }
  const placing = new Placing(parts.slice(1, -1));
  const claims = placing.place(payload, true);
  const idle = [...placing.byDigest.values()].filter((disclosure) => !disclosure.used).length;
  demand(idle === 0, `${idle} disclosures belong to no digest`);
  await askLibrary(token, now, claims);
  return { header, payload, claims, disclosed: placing.disclosed };
});
