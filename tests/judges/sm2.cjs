// Judges an SM2 signature over SM3 (GB/T 32918.2) with sm-crypto-v2, which shares no code with OpenSSL.
//
//   node sm2.cjs --key PUBLIC.pem --message FILE --signature FILE [--id TEXT]
//
// The signature is DER; the distinguishing id is that of GM/T 0009 unless given.
'use strict';
const { demand, judge, library, options, read } = require('./strict.cjs');
const { sm2 } = library('sm-crypto-v2');

// SubjectPublicKeyInfo of an uncompressed point on the curve 1.2.156.10197.1.301, up to the point.
const PREFIX = '3059301306072a8648ce3d020106082a811ccf5501822d034200';

function pointOf(pem) {
  const found = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----\n?$/.exec(pem);
  demand(found, 'the key is no PEM public key');
  const hex = Buffer.from(found[1], 'base64').toString('hex');
  demand(hex.startsWith(`${PREFIX}04`) && hex.length === PREFIX.length + 130, 'the key is none on the SM2 curve');
  const point = hex.slice(PREFIX.length);
  demand(sm2.verifyPublicKey(point), 'the key is no point of the curve');
  return point;
}

// DER is the only spelling: two positive integers without needless zeros, and nothing behind them.
function derOf(hex) {
  demand(hex.startsWith('30') && parseInt(hex.slice(2, 4), 16) * 2 === hex.length - 4, 'the signature is no DER');
  let rest = hex.slice(4);
  for (let i = 0; i < 2; i += 1) {
    const length = parseInt(rest.slice(2, 4), 16) * 2;
    const value = rest.slice(4, 4 + length);
    demand(rest.startsWith('02') && length > 0 && value.length === length, 'the signature is no DER');
    demand(/^[0-7]/.test(value) && !/^00[0-7]/.test(value), 'a number of the signature is negative or padded');
    rest = rest.slice(4 + length);
  }
  demand(rest === '', 'something follows the signature');
  return hex;
}

judge(async () => {
  const given = options(['key', 'message', 'signature'], ['id']);
  const id = given.id === undefined ? '1234567812345678' : given.id;
  const point = pointOf(read(given.key).toString('latin1'));
  const signature = derOf(read(given.signature).toString('hex'));
  const holds = sm2.doVerifySignature(new Uint8Array(read(given.message)), signature, point, { der: true, hash: true, userId: id });
  demand(holds, `sm-crypto-v2 refuses the SM2 signature under the id ${id}`);
  return { id };
});
