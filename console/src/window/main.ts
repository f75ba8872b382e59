// The page "check a receipt or a record": a form that the server's page makes room for, and its answer.
import { check_receipt, check_record, log_keys, NotChecked, receipt_in, Refuted, type Code } from './proofs';
import { en, zh } from './words';

const say = document.documentElement.lang === 'en' ? en : zh;

interface Verdict { title: string; good: boolean; proven: string[]; open: string[] }

async function fetched(path: string): Promise<string> {
  const answer = await fetch(path).catch(() => null);
  if (!answer?.ok) throw new Error(say.no_keys);
  return answer.text();
}

async function of_receipt(text: string, given: string): Promise<Verdict> {
  const { receipt } = receipt_in(text);
  const keys = given || (await fetched(`/log/${encodeURIComponent(String(receipt.shard ?? 1))}/vkeys`));
  const { logged } = await check_receipt(text, await log_keys(keys));
  const { checkpoint } = logged;
  return { title: say.proven, good: true, proven: [say.receipt(logged.time, logged.index, checkpoint.size, checkpoint.origin)], open: [say.receipt_open, say.still] };
}

async function of_record(text: string, given: string): Promise<Verdict> {
  const keys = JSON.parse(given || (await fetched('/.well-known/jwks.json'))) as { keys: [] };
  const found = await check_record(text, keys, Date.now() / 1000);
  return { title: say.proven, good: true, proven: [say.record(found.issuer, found.issued, found.kid ?? '', found.disclosed)], open: [say.record_status, say.record_open] };
}

async function judged(text: string, given: string): Promise<Verdict> {
  try {
    const found = await (text.trim().startsWith('{') ? of_receipt(text, given) : of_record(text, given));
    return given ? found : { ...found, open: [...found.open, say.keys_from_here] };
  } catch (why) {
    if (why instanceof Refuted) return { title: say.refuted, good: false, proven: [], open: [say.why[why.message as Code]] };
    if (why instanceof NotChecked) return { title: say.not_checked, good: false, proven: [], open: [say.why[why.message as Code]] };
    return { title: say.not_checked, good: false, proven: [], open: [why instanceof SyntaxError ? say.why.bad_verifier_key : (why as Error).message] };
  }
}

const made = <T extends keyof HTMLElementTagNameMap>(name: T, text = '', attributes: Record<string, string> = {}): HTMLElementTagNameMap[T] => {
  const element = document.createElement(name);
  element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

function shown({ title, good, proven, open }: Verdict): Node[] {
  const list = (texts: string[]): HTMLUListElement => {
    const all = made('ul');
    all.append(...texts.map((text) => made('li', text)));
    return all;
  };
  const nodes: Node[] = [made('h2', title)];
  if (proven.length > 0) nodes.push(list(proven), made('h2', say.not_proven));
  nodes.push(list(open));
  const box = made('div', '', { class: good ? 'notice good' : 'notice bad', 'data-verdict': good ? 'proven' : 'other' });
  box.append(...nodes);
  return [box];
}

const form = made('form');
const text = made('textarea', '', { id: 'artefact', rows: '8', spellcheck: 'false' });
const file = made('input', '', { id: 'file', type: 'file' });
const keys = made('textarea', '', { id: 'keys', rows: '3', spellcheck: 'false', 'aria-describedby': 'keys-hint' });
const answer = made('div', '', { 'aria-live': 'polite' });

file.addEventListener('change', () => {
  void file.files?.[0]?.text().then((content) => {
    text.value = content;
  });
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (text.value.trim() === '') {
    answer.replaceChildren(...shown({ title: say.not_checked, good: false, proven: [], open: [say.empty] }));
    text.focus();
    return;
  }
  answer.replaceChildren(made('p', say.checking));
  void judged(text.value, keys.value.trim()).then((verdict) => answer.replaceChildren(...shown(verdict)));
});
form.append(
  made('label', say.paste, { for: 'artefact' }), text, made('label', say.file, { for: 'file' }), file,
  made('label', say.keys, { for: 'keys' }), made('p', say.keys_hint, { id: 'keys-hint', class: 'hint' }), keys, made('button', say.check),
);
document.getElementById('verify')?.append(form, answer);
