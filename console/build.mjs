// Builds the console into ../build/console: a page, its scripts and styles, named by what they contain. `--watch` is not needed: it takes
// a second.
import { build } from 'esbuild';
import { mkdirSync, rmSync, writeFileSync, readFileSync, renameSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { contract, operations } from './operations.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = `${here}../build/console`;
/** In bytes after gzip: what a desk loads and what a page of the window loads. */
const budgets = { desk: 120_000, window: 60_000 };

mkdirSync(`${here}generated`, { recursive: true });
writeFileSync(`${here}generated/operations.json`, JSON.stringify(operations(contract())));

const made = await build({
  absWorkingDir: here,
  entryPoints: { desk: 'src/desk/main.tsx', verify: 'src/window/main.ts', window: 'src/style/window.css' },
  outdir: 'unused',
  write: false,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['chrome87', 'firefox90', 'safari15'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'none',
  logLevel: 'warning',
});

const files = {};
for (const { path, contents } of made.outputFiles) {
  const [, name, kind] = /([a-z]+)\.(js|css)$/.exec(path);
  const digest = createHash('sha256').update(contents).digest('hex').slice(0, 12);
  files[`${name}.${kind}`] = { name: `${name}-${digest}.${kind}`, contents, size: gzipSync(contents, { level: 9 }).length };
}
const page = readFileSync(`${here}src/desk/index.html`, 'utf8')
  .replace('{{style}}', files['desk.css'].name)
  .replace('{{script}}', files['desk.js'].name);

const sizes = {
  desk: gzipSync(page).length + files['desk.js'].size + files['desk.css'].size,
  window: files['window.css'].size + files['verify.js'].size,
};
for (const [part, size] of Object.entries(sizes)) {
  if (size > budgets[part]) {
    console.error(`console: the ${part} takes ${size} bytes after gzip, and ${budgets[part]} are allowed.`);
    process.exit(1);
  }
}
// In a folder that takes the place of the old one at once, so that the program is never built from half of it.
rmSync(`${out}.new`, { recursive: true, force: true });
mkdirSync(`${out}.new`, { recursive: true });
for (const { name, contents } of Object.values(files)) writeFileSync(`${out}.new/${name}`, contents);
writeFileSync(`${out}.new/index.html`, page);
rmSync(out, { recursive: true, force: true });
renameSync(`${out}.new`, out);
console.log(JSON.stringify({ gzip: sizes }));
