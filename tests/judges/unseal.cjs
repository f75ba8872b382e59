// Tries sealing keys on sealed values, with nothing of ours: Node's scrypt, HKDF, AES key wrap and AES-GCM
// (crypto/keys/manifest.cpp says the same). For the proof that what was erased opens with no key that is left.
//
//   node unseal.cjs --manifest FILE --sealing FILE --passphrase FILE --values FILE
//
// manifest.json and sealing.json of a key directory, and its passphrase. Values are JSON lines {"wrapped": hex, "content": hex,
// "label": text}, the last two optional. Answers {"keys": [id], "opened": [null | {"key": id, "text": text | null}]}, one for each
// line: null where no key unwraps the data key.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');

const argument = (name) => fs.readFileSync(process.argv[process.argv.indexOf(`--${name}`) + 1], 'utf8');

const { kdf } = JSON.parse(argument('manifest'));
const passphrase = argument('passphrase').replace(/\r?\n$/, '');
const root = crypto.scryptSync(passphrase, Buffer.from(kdf.salt, 'base64url'), 32, { N: kdf.n, r: kdf.r, p: kdf.p, maxmem: 1 << 28 });
const wrapping = Buffer.from(crypto.hkdfSync('sha256', root, '', 'sponsio key store 1 wrapping', 32));

/** RFC 3394; null where the check value is another. */
function unwrap(wrapped, key) {
  try {
    const cipher = crypto.createDecipheriv('id-aes256-wrap', key, Buffer.alloc(8, 0xa6));
    return Buffer.concat([cipher.update(wrapped), cipher.final()]);
  } catch {
    return null;
  }
}

function open(content, label, key) {
  const cipher = crypto.createDecipheriv('aes-256-gcm', key, content.subarray(0, 12));
  cipher.setAAD(Buffer.from(label));
  cipher.setAuthTag(content.subarray(-16));
  return Buffer.concat([cipher.update(content.subarray(12, -16)), cipher.final()]).toString();
}

const keys = JSON.parse(argument('sealing')).secrets.map(({ id, wrapped }) => ({ id, key: unwrap(Buffer.from(wrapped, 'base64url'), wrapping) }));
if (keys.some(({ key }) => !key)) throw new Error('the passphrase does not open the sealing keys');

function tried({ wrapped, content, label }) {
  for (const { id, key } of keys) {
    const dataKey = unwrap(Buffer.from(wrapped, 'hex'), key);
    if (dataKey) return { key: id, text: content ? open(Buffer.from(content, 'hex'), label, dataKey) : null };
  }
  return null;
}

const opened = argument('values').split('\n').filter(Boolean).map((line) => tried(JSON.parse(line)));
process.stdout.write(JSON.stringify({ keys: keys.map(({ id }) => id), opened }) + '\n');
