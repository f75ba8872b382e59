// Judges a Token Status List in its JWT form (draft-ietf-oauth-status-list-21 sections 4.2, 5.1, 8.3).
//
//   node status_list.cjs --token FILE --jwks FILE --uri URL [--now SECONDS] [--at INDEX,INDEX]
//
// Answers the statuses at the indexes, as read here and by @sd-jwt/jwt-status-list; the two must agree.
'use strict';
const zlib = require('zlib');
const {
  Refused, base64url, checkTimes, demand, isObject, isTime, judge, keySet, library, moment, options, read, verifyJws,
} = require('./strict.cjs');
const { getListFromStatusListJWT } = library('@sd-jwt/jwt-status-list');

const LARGEST = 1 << 24; // bytes unpacked; the lists of a test are far smaller

// One whole zlib stream (RFC 1950), not gzip, not raw DEFLATE, and nothing behind it.
function unpack(lst) {
  const packed = base64url(lst, 'lst');
  let result;
  try {
    result = zlib.inflateSync(packed, { info: true, maxOutputLength: LARGEST });
  } catch (error) {
    throw new Refused(`lst is no zlib stream: ${error.message}`);
  }
  demand(result.engine.bytesWritten === packed.length, 'something follows the zlib stream');
  demand(result.buffer.length > 0, 'the list is empty');
  return result.buffer;
}

// Statuses are packed from the least significant bit on.
function statusAt(list, bits, index) {
  const perByte = 8 / bits;
  return (list[Math.floor(index / perByte)] >> ((index % perByte) * bits)) & ((1 << bits) - 1);
}

judge(async () => {
  const given = options(['token', 'jwks', 'uri'], ['now', 'at']);
  const token = read(given.token).toString('latin1').replace(/\n$/, '');
  const { header, payload } = await verifyJws(token, keySet(given.jwks), 'statuslist+jwt');
  demand(payload.sub === given.uri, `the list is of ${JSON.stringify(payload.sub)}, not of ${given.uri}`);
  demand('iat' in payload, 'iat is missing');
  checkTimes(payload, moment(given.now));
  demand(!('ttl' in payload) || (isTime(payload.ttl) && payload.ttl > 0), 'ttl is no number of seconds');
  demand(isObject(payload.status_list), 'status_list is missing');
  const { bits, lst } = payload.status_list;
  demand([1, 2, 4, 8].includes(bits), `bits is ${JSON.stringify(bits)}`);
  demand(typeof lst === 'string', 'lst is missing');
  const list = unpack(lst);
  const size = (list.length * 8) / bits;
  const theirs = getListFromStatusListJWT(token);
  const statuses = {};
  for (const text of given.at ? given.at.split(',') : []) {
    const index = Number(text);
    demand(Number.isSafeInteger(index) && index >= 0 && index < size, `the list of ${size} has no index ${text}`);
    statuses[index] = statusAt(list, bits, index);
    demand(theirs.getStatus(index) === statuses[index], `@sd-jwt/jwt-status-list reads another status at ${index}`);
  }
  return { header, bits, size, statuses, iat: payload.iat, exp: payload.exp, ttl: payload.ttl };
});
