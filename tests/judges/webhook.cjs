// Judges a message to a receiver with standardwebhooks, the library of the specification itself.
//
//   node webhook.cjs --secret FILE --headers FILE --body FILE
//
// The headers are a JSON object. The clock of the library is set to the moment that the message bears: how old a message may be is
// the library's rule, and the tests' time is not the machine's.
'use strict';
const { Refused, json, judge, library, options, read } = require('./strict.cjs');
const { Webhook } = library('standardwebhooks');

judge(() => {
  const given = options(['secret', 'headers', 'body']);
  const headers = json(read(given.headers), 'the headers');
  Date.now = () => Number(headers['webhook-timestamp']) * 1000;
  try {
    return new Webhook(read(given.secret).toString()).verify(read(given.body).toString(), headers);
  } catch (error) {
    throw new Refused(error.message);
  }
});
