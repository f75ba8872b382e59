// Judges a question to a department, or a department's answer (docs/departments.md): a compact JWS and its payload.
//
//   node check.cjs --token FILE --jwks FILE --kind question|answer [--now SECONDS]
//
// Answers header and payload. The members are those of schema/departments.yaml, no fewer and no others.
'use strict';
const { checkTimes, demand, isObject, isTime, judge, keySet, moment, options, read, verifyJws } = require('./strict.cjs');

const KINDS = {
  question: {
    typ: 'sponsio-check+jwt',
    needed: ['iss', 'aud', 'jti', 'query', 'subject', 'claim', 'iat', 'exp'],
    others: [],
  },
  answer: {
    typ: 'sponsio-check-answer+jwt',
    needed: ['iss', 'aud', 'jti', 'in_reply_to', 'iat', 'answer'],
    others: ['note', 'held_as_of'],
  },
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const WORD = /^[a-z][a-z0-9_]{0,39}$/;

function members(object, needed, others, what) {
  demand(isObject(object), `${what} is no object`);
  for (const name of needed) demand(name in object, `${what} lacks ${name}`);
  for (const name of Object.keys(object)) demand([...needed, ...others].includes(name), `${what} has a member ${name}`);
}

function checkQuestion(payload) {
  demand(WORD.test(payload.aud) && WORD.test(payload.query), 'aud or query is no word');
  demand(isTime(payload.iat) && isTime(payload.exp) && payload.exp - payload.iat <= 120, 'it is good for more than two minutes');
  members(payload.subject, ['name', 'document'], [], 'the subject');
  members(payload.subject.document, ['type', 'number'], [], 'the document');
  members(payload.claim, ['matter_code', 'content'], [], 'the claim');
}

function checkAnswer(payload) {
  demand(WORD.test(payload.iss) && UUID.test(payload.in_reply_to), 'iss or in_reply_to has another form');
  demand(['match', 'mismatch', 'other_person', 'not_held', 'ask_in_writing'].includes(payload.answer), `${payload.answer} is no answer`);
}

judge(async () => {
  const given = options(['token', 'jwks', 'kind'], ['now']);
  const kind = KINDS[given.kind];
  if (!kind) throw new Error('--kind is question or answer');
  const token = read(given.token).toString('latin1').replace(/\n$/, '');
  const { header, payload } = await verifyJws(token, keySet(given.jwks), kind.typ);
  members(payload, kind.needed, kind.others, 'the payload');
  demand(UUID.test(payload.jti), 'jti has another form');
  (given.kind === 'question' ? checkQuestion : checkAnswer)(payload);
  checkTimes(payload, moment(given.now));
  return { header, payload };
});
