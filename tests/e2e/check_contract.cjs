// What a linter cannot know of schema/openapi.yaml: that its problems are those of the sources, and that its roles are roles. Its
// other closed lists are compared with the program's by tests/e2e/test_closed_lists.py.
//
//   node check_contract.cjs ROOT
//
// Prints one line per difference and exits 1 if there is any.
'use strict';
const fs = require('fs');
const path = require('path');
const YAML = require('yaml');

const root = path.resolve(process.argv[2] || '.');
const read = (name) => fs.readFileSync(path.join(root, name), 'utf8');
const contract = YAML.parse(read('schema/openapi.yaml'));
const schemas = contract.components.schemas;
const complaints = [];

function same(what, ours, theirs) {
  const missing = theirs.filter((word) => !ours.includes(word));
  const extra = ours.filter((word) => !theirs.includes(word));
  if (missing.length) complaints.push(`${what}: the contract lacks ${missing.join(', ')}`);
  if (extra.length) complaints.push(`${what}: only the contract has ${extra.join(', ')}`);
}

// Problems: slug and status of server/base/problem.hpp.
const problems = [...read('server/base/problem.hpp').matchAll(/Problem \w+\{\s*"([a-z-]+)",\s*(\d+)/g)];
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

complaints.forEach((line) => console.log(line));
process.exit(complaints.length ? 1 : 0);
