// What docs/records.md says of @sd-jwt/sd-jwt-vc, tried: the library verifies a record and its status in one call, if it is
// told what it cannot know.
//
//   node sd_jwt_vc.cjs --token FILE --jwks FILE --status-list FILE --uri URL --type FILE [--now SECONDS] [--accept 0,12,13] [--leave-out OPTION,OPTION]
//
// --accept: statuses with which a record still stands; the library's own rule takes 0 alone. --leave-out: options of the
// library that are not given, to see what it does without them. Answers the claims and the status that was met.
'use strict';
const crypto = require('crypto');
const { Refused, demand, isObject, json, judge, keySet, library, moment, options, read } = require('./strict.cjs');
const { SDJwtVcInstance, TypeMetadataFormatSchema } = library('@sd-jwt/sd-jwt-vc');

// ES256 by Node's own OpenSSL, with the key that `kid` names in the issuer's set: the library has no keys of its own.
function verifierOf(set) {
  return async (data, signature) => {
    const header = json(Buffer.from(data.split('.')[0], 'base64url'), 'the header');
    const named = set.keys.filter((key) => key.kid === header.kid && key.alg === 'ES256');
    if (header.alg !== 'ES256' || named.length !== 1) return false;
    const key = crypto.createPublicKey({ key: named[0], format: 'jwk' });
    return crypto.verify('sha256', Buffer.from(data), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  };
}

judge(async () => {
  const given = options(['token', 'jwks', 'status-list', 'uri', 'type'], ['now', 'accept', 'leave-out']);
  const verifier = verifierOf(keySet(given.jwks));
  const accepted = given.accept === undefined ? undefined : given.accept.split(',').map(Number);
  let met;
  const config = {
    hasher: (data, alg) => crypto.createHash(alg.replace('-', '')).update(data).digest(),
    hashAlg: 'sha-256',
    verifier,
    statusVerifier: verifier,
    statusListFetcher: async (uri) => {
      if (uri !== given.uri) throw new Error(`the status list is at ${uri}`);
      return read(given['status-list']).toString('latin1').trim();
    },
    statusValidator: async (status) => {
      met = status;
      if (!accepted.includes(status)) throw new Error(`Status is not valid: ${status}`);
    },
  };
  if (accepted === undefined) delete config.statusValidator;
  for (const name of (given['leave-out'] || '').split(',').filter(Boolean)) {
    demand(name in config, `the library has no option ${name} here`);
    delete config[name];
  }
  let verified;
  try {
    verified = await new SDJwtVcInstance(config).verify(read(given.token).toString('latin1').trim(), { currentDate: moment(given.now) });
  } catch (error) {
    throw new Refused(`@sd-jwt/sd-jwt-vc refuses: ${error.message}`);
  }
  demand(isObject(verified.payload), 'there are no claims');
  demand(verified.header.typ === 'dc+sd-jwt', 'the typ is another one');
  const type = TypeMetadataFormatSchema.safeParse(json(read(given.type), 'the type metadata'));
  demand(type.success, `the library cannot read the type metadata: ${type.success ? '' : type.error.message}`);
  demand(type.data.vct === verified.payload.vct, 'the type metadata is of another type');
  return { claims: verified.payload, status: met === undefined ? 0 : met };
});
