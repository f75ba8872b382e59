// Every member of a form and every step of the desks has its Chinese name: the contract gains both, and nobody may read English by
// surprise. Prints one line for each that lacks one, and exits 1 if there is any.
import { buildSync } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { contract, operations } from './operations.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const [bundle] = buildSync({ absWorkingDir: here, entryPoints: ['src/words/labels.ts'], bundle: true, format: 'esm', write: false }).outputFiles;
const { members_zh, steps } = await import(`data:text/javascript;base64,${Buffer.from(bundle.contents).toString('base64')}`);

/** What no desk asks for: programs' own, or with a page of their own. */
const elsewhere = new Set(['fileCommitment', 'fileCommitments', 'fileAtCounter', 'search', 'renewToken', 'revokeToken', 'endPasskey', 'createSubscription', 'endSubscription', 'resumeSubscription', 'replaySubscription', 'askDepartment']);

function* names_in(field) {
  for (const one of field?.members ?? []) {
    yield one.name;
    yield* names_in(one);
  }
  if (field?.item) yield* names_in(field.item);
}

const missing = new Set();
for (const [name, operation] of Object.entries(operations(contract()))) {
  if (operation.method === 'GET') continue;
  if (!elsewhere.has(name) && !steps[name]) missing.add(`the step ${name}`);
  if (!elsewhere.has(name) || name === 'search') for (const one of [...names_in(operation.body), ...(operation.upload ? operation.query : []).map((query) => query.name)]) if (!members_zh[one]) missing.add(`the member ${one} (${name})`);
}
for (const one of missing) console.error(`console/src/words/labels.ts lacks a name for ${one}`);
process.exit(missing.size > 0 ? 1 : 0);
