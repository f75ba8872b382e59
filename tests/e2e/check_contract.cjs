// What a linter cannot know of schema/openapi.yaml: that its closed lists are those of the sources.
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

// Words of enums: every string in the body of `words_of(<Enum>)`.
function words(file, name) {
  const text = read(file);
  const start = text.indexOf(`words_of(${name}) {`);
  if (start < 0) {
    complaints.push(`${file} has no words_of(${name})`);
    return [];
  }
  const body = text.slice(start, text.indexOf('return words;', start));
  return [...body.matchAll(/"([a-z_A-Z]+)"/g)].map((match) => match[1]);
}
const lifecycles = 'server/domain/lifecycles.cpp';
const finding = schemas.FindingDraft.properties;
const matter = schemas.MatterVersionFields.properties;
const plan = schemas.VerificationPlan.properties;
for (const [what, list, file, name] of [
  // A commitment that is only notified has no code yet, so no answer shows that state.
  ['CommitmentState', [...schemas.CommitmentState.enum, 'notified'], lifecycles, 'CommitmentState'],
  ['TaskState', schemas.TaskState.enum, 'server/domain/task_lifecycle.cpp', 'TaskState'],
  ['CheckResult', schemas.CheckResult.enum, 'server/domain/task_lifecycle.cpp', 'CheckResult'],
  ['FindingState', schemas.FindingState.enum, lifecycles, 'FindingState'],
  ['BatchState', schemas.BatchState.enum, lifecycles, 'BatchState'],
  ['SubmissionRecordState', schemas.SubmissionRecordState.enum, lifecycles, 'SubmissionState'],
  ['Role', schemas.Role.enum, 'server/domain/access.cpp', 'Role'],
  ['ActorKind', schemas.ActorKind.enum, 'server/domain/actor.cpp', 'ActorKind'],
  ['RecordState', schemas.RecordState.enum, 'server/domain/record_status.cpp', 'RecordState'],
  ['EvidenceKind', schemas.EvidenceKind.enum, 'server/domain/finding.cpp', 'EvidenceKind'],
  ['ServiceMethod', schemas.ServiceMethod.enum, 'server/domain/finding.cpp', 'ServiceMethod'],
  ['finding kind', finding.kind.enum, 'server/domain/finding.cpp', 'FindingKind'],
  ['fault', finding.fault.enum, 'server/domain/finding.cpp', 'Culpability'],
  ['severity', finding.severity.enum, 'server/domain/finding.cpp', 'Severity'],
  ['action_kind', matter.action_kind.enum, 'server/domain/matter.cpp', 'ActionKind'],
  ['level', matter.level.enum, 'server/domain/matter.cpp', 'Level'],
  ['publication_type', matter.publication_type.enum, 'server/domain/matter.cpp', 'PublicationType'],
  ['verification mode', plan.mode.enum, 'server/domain/matter.cpp', 'VerifyMode'],
  ['day_kind', plan.day_kind.enum, 'server/domain/matter.cpp', 'DayKind'],
]) {
  same(what, list, words(file, name));
}

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
