// The operations of the contract as the desks' forms need them: what may be asked for, and of which form. Made when the console is
// built, so that a step which the contract gains has its form without a line of code here.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export function contract() {
  const text = execFileSync('python3', [`${root}schema/contract.py`, `${root}schema/openapi.yaml`, '--print', 'openapi.json'], { maxBuffer: 1 << 26 });
  return JSON.parse(text);
}

/** A schema without references. Recursive ones would not end; the contract has none in what is sent. */
function whole(document, schema) {
  if (!schema?.$ref) return schema ?? {};
  const { $ref, ...beside } = schema;
  const target = $ref.slice(2).split('/').reduce((node, name) => node[name], document);
  return { ...whole(document, target), ...beside };
}

const without_null = (list) => list.filter((one) => one !== null && one !== 'null');

/** One field: kind of input, bounds, words, members. */
function field(document, given) {
  let schema = whole(document, given);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) {
    const real = choices.map((one) => whole(document, one)).filter((one) => one.type !== 'null');
    // Of several forms the one with most members; the server says which of them go together.
    const widest = real.sort((a, b) => Object.keys(b.properties ?? {}).length - Object.keys(a.properties ?? {}).length)[0];
    schema = { ...widest, description: schema.description ?? widest.description };
  }
  for (const part of schema.allOf ?? []) {
    const more = whole(document, part);
    schema = { ...more, ...schema, properties: { ...more.properties, ...schema.properties }, required: [...(more.required ?? []), ...(schema.required ?? [])] };
  }
  const type = without_null([schema.type ?? (schema.properties ? 'object' : 'string')].flat())[0];
  const words = schema.enum ? without_null(schema.enum) : schema.const ? [schema.const] : undefined;
  if (words && type !== 'array') return { kind: 'choice', words };
  if (type === 'object') {
    const members = Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'signature');
    return { kind: 'group', members: members.map(([name, member]) => ({ name, required: (schema.required ?? []).includes(name), ...field(document, member) })) };
  }
  if (type === 'array') return { kind: 'list', min: schema.minItems, max: schema.maxItems, item: field(document, schema.items) };
  if (type === 'boolean') return { kind: 'boolean' };
  if (type === 'integer') return { kind: 'integer', min: schema.minimum, max: schema.maximum };
  if (schema.format === 'date') return { kind: 'date' };
  if (schema.format === 'date-time') return { kind: 'instant' };
  return { kind: (schema.maxLength ?? 0) > 200 ? 'long' : 'text', max: schema.maxLength };
}

const methods = ['get', 'post', 'delete'];

export function operations(document) {
  const found = {};
  for (const [path, item] of Object.entries(document.paths)) {
    if (!path.startsWith('/v1/')) continue;
    for (const method of methods) {
      const operation = item[method];
      if (!operation || (operation.security && operation.security.length === 0)) continue;
      const parameters = (operation.parameters ?? []).map((one) => whole(document, one));
      const content = operation.requestBody ? Object.keys(whole(document, operation.requestBody).content ?? {}) : [];
      const json = operation.requestBody && whole(document, operation.requestBody).content['application/json'];
      found[operation.operationId] = {
        method: method.toUpperCase(),
        path,
        roles: operation['x-roles'],
        keyed: parameters.some((one) => one.in === 'header' && one.name === 'Idempotency-Key'),
        upload: content.includes('*/*') || undefined,
        query: method === 'get' ? undefined : parameters.filter((one) => one.in === 'query' && one.name !== 'name').map((one) => ({ name: one.name, required: !!one.required, ...field(document, one.schema) })),
        body: json ? field(document, json.schema) : undefined,
      };
    }
  }
  return found;
}
