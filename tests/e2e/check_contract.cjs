// What a linter cannot know of schema/openapi.yaml: that its problems are those of the sources, that its roles are roles, that every
// enumeration and every answer explains itself, and that its examples are right. Its other closed lists are compared with the
// program's by tests/e2e/test_closed_lists.py.
//
//   node check_contract.cjs ROOT [CONTRACT]
//
// Prints one line per difference and exits 1 if there is any. CONTRACT is another file in place of ROOT's, for the test of this one.
'use strict';
const fs = require('fs');
const path = require('path');
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;
const YAML = require('yaml');

const root = path.resolve(process.argv[2] || '.');
const read = (name) => fs.readFileSync(path.join(root, name), 'utf8');
const contract = YAML.parse(process.argv[3] ? fs.readFileSync(process.argv[3], 'utf8') : read('schema/openapi.yaml'));
const schemas = contract.components.schemas;
const complaints = [];

function same(what, ours, theirs) {
  const missing = theirs.filter((word) => !ours.includes(word));
  const extra = ours.filter((word) => !theirs.includes(word));
  if (missing.length) complaints.push(`${what}: the contract lacks ${missing.join(', ')}`);
  if (extra.length) complaints.push(`${what}: only the contract has ${extra.join(', ')}`);
}

// Problems: slug and status of server/base/problem.hpp and registry_problem.hpp.
const headers = read('server/base/problem.hpp') + read('server/base/registry_problem.hpp');
const problems = [...headers.matchAll(/Problem \w+\{\s*"([a-z-]+)",\s*(\d+)/g)];
same('problem types', schemas.Problem.properties.type.enum, problems.map((p) => `urn:sponsio:problem:${p[1]}`));
same(
  'problem statuses',
  Object.entries(schemas.Problem['x-status']).map(([slug, status]) => `${slug} ${status}`),
  problems.map((p) => `${p[1]} ${p[2]}`),
);

// A comma in an unquoted description of a flow mapping makes a member of its second half.
(function walk(node, pointer) {
  if (node === null || typeof node !== 'object') return;
  for (const [key, value] of Object.entries(node)) {
    if (/\s/.test(key)) complaints.push(`${pointer}: the member '${key}' is the rest of a text that needs quotes`);
    if (!pointer.includes('/example')) walk(value, `${pointer}/${key}`);
  }
})(contract, '#');

// Roles of operations are roles.
for (const [route, item] of Object.entries(contract.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    for (const role of operation['x-roles'] || []) {
      if (!schemas.Role.enum.includes(role)) complaints.push(`${method} ${route}: there is no role ${role}`);
    }
  }
}

// Every enumeration says what its words mean: itself, or the parameter that it is the schema of.
(function walk(node, pointer, about) {
  if (node === null || typeof node !== 'object') return;
  if (Array.isArray(node.enum) && !node.description && !about) {
    complaints.push(`${pointer}: the enumeration ${node.enum.slice(0, 3).join(', ')} … has no description`);
  }
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'example' && key !== 'examples') walk(value, `${pointer}/${key}`, key === 'schema' && node.description);
  }
})(contract, '#');

function resolved(node) {
  while (node && node.$ref) node = node.$ref.split('/').slice(1).reduce((at, step) => at[step], contract);
  return node;
}

// Every answer that went well has a description, and an example unless it is bytes of any kind.
const BYTES = ['application/octet-stream', '*/*', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'];
for (const [route, item] of Object.entries(contract.paths)) {
  for (const [method, operation] of Object.entries(item)) {
    for (const [status, given] of Object.entries(operation.responses || {})) {
      const answer = resolved(given);
      const where = `${method} ${route} (${operation.operationId}) ${status}`;
      if (!answer.description) complaints.push(`${where}: the answer has no description`);
      if (!status.startsWith('2')) continue;
      for (const [type, media] of Object.entries(answer.content || {})) {
        if (BYTES.includes(type)) continue;
        const schema = resolved(media.schema) || {};
        if (media.example === undefined && schema.example === undefined) {
          const at = media.schema && media.schema.$ref ? media.schema.$ref.split('/').pop() : 'its content';
          complaints.push(`${where} ${type}: no example; give one to ${at}`);
        }
      }
    }
  }
}

// Examples are as their schemas say.
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'contract', components: contract.components });
const absolute = (node) => {
  if (Array.isArray(node)) return node.map(absolute);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, k === '$ref' && typeof v === 'string' ? v.replace(/^#/, 'contract#') : absolute(v)]));
};
function judge(schema, example, where) {
  const { example: _, ...bare } = schema;
  const validate = ajv.compile(absolute(bare));
  if (validate(example)) return;
  const why = validate.errors.slice(0, 3).map((e) => `${e.instancePath || '/'} ${e.message}`);
  complaints.push(`${where}: the example is not as its schema says: ${why.join('; ')}`);
}
(function walk(node, pointer) {
  if (node === null || typeof node !== 'object') return;
  const isSchema = /^#\/components\/schemas\/[^/]+$/.test(pointer) || /\/(properties\/[^/]+|items|schema)$/.test(pointer);
  if (isSchema && node.example !== undefined) judge(node, node.example, pointer);
  if (node.schema && node.example !== undefined) judge(node.schema, node.example, pointer);
  for (const [key, value] of Object.entries(node)) if (key !== 'example' && key !== 'examples') walk(value, `${pointer}/${key}`);
})(contract, '#');

complaints.forEach((line) => console.log(line));
process.exit(complaints.length ? 1 : 0);
