// Holds recorded exchanges against the contracts: status, content type, headers and body of every answer, and the
// request wherever it was accepted.
//
//   node validate_answers.cjs SCHEMA_FOLDER EXCHANGES.jsonl [--cover [OPERATION_ID...]]
//
// EXCHANGES.jsonl is what sponsio_e2e.client.Recorder saves. With --cover, every operation must have been answered
// well at least once, and those named behind it never: a list of exceptions does not outlive its reason. Prints one line per breach, then a count; exits 1 if there was a breach.
'use strict';
const fs = require('fs');
const path = require('path');
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;
const YAML = require('yaml');

const [folder, recorded] = process.argv.slice(2);
const cover = process.argv.includes('--cover');
const excepted = cover ? process.argv.slice(process.argv.indexOf('--cover') + 1) : [];
const ajv = new Ajv({strict: false, allErrors: true});
addFormats(ajv);

// References are made absolute, so that any part of a contract can be compiled where it stands.
function absolute(node, file) {
  if (Array.isArray(node)) return node.map((item) => absolute(item, file));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' ? value.replace(/^#/, `${file}#`).replace(/^\.\//, '') : absolute(value, file),
    ]),
  );
}
const files = { sponsio: 'openapi.yaml', platform: 'exchange.yaml', department: 'departments.yaml' };
const contracts = {};
for (const [server, file] of Object.entries(files)) {
  contracts[server] = absolute(YAML.parse(fs.readFileSync(path.join(folder, file), 'utf8')), file);
  ajv.addSchema({$id: file, components: contracts[server].components});
}

function resolve(node) {
  if (!node || !node.$ref) return node;
  const [file, pointer] = node.$ref.split('#');
  const contract = contracts[Object.keys(files).find((server) => files[server] === file)];
  return resolve(pointer.split('/').slice(1).reduce((at, part) => at[part.replace(/~1/g, '/').replace(/~0/g, '~')], contract));
}

const compiled = new Map();
function faults(schema, value) {
  if (!compiled.has(schema)) compiled.set(schema, ajv.compile(schema));
  const validate = compiled.get(schema);
  if (validate(value)) return [];
  return validate.errors.slice(0, 5).map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
}

// Whether a variable takes the rest of the path, slashes and all: OpenAPI itself has no word for that.
function isRest(item, name) {
  return Object.values(item).some((o) => (o.parameters || []).some((p) => p.name === name && p['x-rest']));
}

// Templates without variables come first: /v1/proof-items before /v1/{x}.
const routes = Object.entries(contracts).flatMap(([server, contract]) =>
  Object.entries(contract.paths).map(([template, item]) => ({
    server,
    template,
    item,
    pattern: new RegExp('^' + template.replace(/[.]/g, '\\.').replace(/\{([^}]+)\}/g, (_, name) => (isRest(item, name) ? '(.+)' : '([^/]+)')) + '$'),
  })),
).sort((a, b) => a.template.split('{').length - b.template.split('{').length);

function media(type) {
  return (type || '').split(';')[0].trim().toLowerCase();
}
function content(map, type) {
  if (!map) return undefined;
  return map[media(type)] || map['*/*'];
}
function text(base64) {
  return Buffer.from(base64, 'base64').toString('utf8');
}

function problemFaults(exchange, problem) {
  const found = [];
  if (problem.status !== exchange.status) found.push(`the problem says status ${problem.status}`);
  const statuses = contracts.sponsio.components.schemas.Problem['x-status'];
  const promised = statuses[String(problem.type).replace('urn:sponsio:problem:', '')];
  if (promised !== exchange.status) found.push(`${problem.type} belongs to status ${promised}`);
  if (exchange.answer_headers['x-request-id'] && problem.instance !== `urn:request:${exchange.answer_headers['x-request-id']}`) {
    found.push(`instance ${problem.instance} is not the X-Request-Id`);
  }
  return found;
}

// NDJSON: OpenAPI itself has no word for the schema of a line.
function lineFaults(schema, body) {
  if (body && !body.endsWith('\n')) return ['the last line does not end'];
  return body.split('\n').slice(0, -1).flatMap((line, index) => {
    try {
      return faults(schema, JSON.parse(line)).map((fault) => `line ${index + 1}: ${fault}`);
    } catch (error) {
      return [`line ${index + 1} is no JSON: ${error.message}`];
    }
  });
}

// A compact JWS: OpenAPI itself has no word for the schema of its payload.
function payloadFaults(schema, compact) {
  try {
    return faults(schema, JSON.parse(Buffer.from(compact.split('.')[1], 'base64url').toString('utf8')));
  } catch (error) {
    return [`the payload is no JSON: ${error.message}`];
  }
}

function bodyFaults(exchange, response) {
  const type = exchange.answer_headers['content-type'];
  const body = Buffer.from(exchange.answer_body, 'base64');
  if (!response.content) return body.length ? ['a body where none is promised'] : [];
  const promised = content(response.content, type);
  if (!promised) return [`content type ${type} is not among ${Object.keys(response.content).join(', ')}`];
  if (promised['x-line']) return lineFaults(promised['x-line'], body.toString('utf8'));
  if (!promised.schema) return [];
  if (promised['x-payload']) return payloadFaults(promised['x-payload'], body.toString('utf8'));
  if (!/[/+]json$/.test(media(type))) return faults(promised.schema, body.toString('utf8'));
  let value;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    return [`the body is no JSON: ${error.message}`];
  }
  const found = faults(promised.schema, value);
  return media(type) === 'application/problem+json' ? found.concat(problemFaults(exchange, value)) : found;
}

function headerFaults(exchange, response) {
  const found = [];
  for (const [name, reference] of Object.entries(response.headers || {})) {
    const header = resolve(reference);
    const value = exchange.answer_headers[name.toLowerCase()];
    if (value === undefined) {
      if (header.required) found.push(`the header ${name} is missing`);
    } else {
      found.push(...faults(header.schema, value).map((line) => `header ${name}: ${line}`));
    }
  }
  return found;
}

// What was accepted must have been as the contract asks; else the contract asks for more than the server.
function requestFaults(exchange, item, operation) {
  if (exchange.status >= 300) return [];
  const found = [];
  const query = new URLSearchParams(exchange.target.split('?')[1] || '');
  const known = new Set();
  for (const reference of [...(item.parameters || []), ...(operation.parameters || [])]) {
    const parameter = resolve(reference);
    if (parameter.in === 'query') known.add(parameter.name);
    const sent = parameter.in === 'header'
      ? Object.entries(exchange.headers).find(([name]) => name.toLowerCase() === parameter.name.toLowerCase())
      : parameter.in === 'query' && query.has(parameter.name);
    if (parameter.required && parameter.in !== 'path' && !sent) found.push(`accepted without ${parameter.in} ${parameter.name}`);
  }
  for (const name of query.keys()) if (!known.has(name)) found.push(`accepted the unknown query parameter ${name}`);
  if (operation.requestBody) {
    const type = Object.entries(exchange.headers).find(([name]) => name.toLowerCase() === 'content-type');
    const promised = content(operation.requestBody.content, type && type[1]);
    if (!type && operation.requestBody.required === false) {
      // Without a body, as it may be.
    } else if (!promised) found.push(`accepted the content type ${type && type[1]}`);
    else if (promised['x-payload']) {
      found.push(...payloadFaults(promised['x-payload'], text(exchange.body)).map((line) => `accepted request: ${line}`));
    }
    else if (promised.schema && /[/+]json$/.test(media(type[1]))) {
      found.push(...faults(promised.schema, JSON.parse(text(exchange.body))).map((line) => `accepted request: ${line}`));
    }
  }
  return found;
}

const exercised = new Set();
function judge(exchange) {
  const route = routes.find((r) => r.server === exchange.server && r.pattern.test(exchange.target.split('?')[0]));
  const operation = route && route.item[exchange.method.toLowerCase()];
  // Outside the contract there are only refusals.
  const response = operation
    ? resolve(operation.responses[String(exchange.status)] || operation.responses.default)
    : resolve({$ref: 'openapi.yaml#/components/responses/Other'});
  if (operation && exchange.status < 300) {
    exercised.add(operation.operationId);
    if (!operation.responses[String(exchange.status)]) return [`status ${exchange.status} is not promised`];
  }
  return [
    ...headerFaults(exchange, response),
    ...bodyFaults(exchange, response),
    ...(operation ? requestFaults(exchange, route.item, operation) : []),
  ];
}

const lines = fs.readFileSync(recorded, 'utf8').split('\n').filter(Boolean);
let breaches = 0;
lines.forEach((line, index) => {
  const exchange = JSON.parse(line);
  for (const fault of judge(exchange)) {
    breaches += 1;
    console.log(`${index + 1}: ${exchange.method} ${exchange.target} -> ${exchange.status}: ${fault}`);
  }
});
if (cover) {
  for (const {item, template} of routes) {
    for (const [method, operation] of Object.entries(item)) {
      if (operation.operationId && exercised.has(operation.operationId) === excepted.includes(operation.operationId)) {
        breaches += 1;
        console.log(`${method.toUpperCase()} ${template} was ${exercised.has(operation.operationId) ? '' : 'never '}answered well`);
      }
    }
  }
}
console.log(`${lines.length} answers judged, ${breaches} breaches of the contract`);
process.exit(breaches || !lines.length ? 1 : 0);
