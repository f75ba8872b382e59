import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { hidden } from '../words/labels';
import { language, member, step_name, word_label, words } from './language';
import { Form, type Choices, type Written } from './forms';
import { Dialog, in_china, Loaded, thing_page, Title } from './parts';
import { download, get, match, operations, type Operation } from './server';
import { has_role } from './session';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type Thing = Record<string, Json>;

/** Whose word a state is, by the resource. */
const state_lists: [string, string][] = [
  ['/v1/verifications', 'TaskState'], ['/v1/findings', 'FindingState'], ['/v1/commitments', 'CommitmentState'], ['/v1/draws', 'DrawState'],
  ['/v1/objections', 'ObjectionState'], ['/v1/repairs', 'RepairState'], ['/v1/publicity', 'PublicityState'], ['/v1/serious-listings', 'ListingState'],
];
export const state_list = (path: string): string | undefined => state_lists.find(([begins]) => path.startsWith(begins))?.[1];

/** Where a member leads: its value ends a path of the contract. */
const leads: Record<string, string> = {
  task_id: '/v1/verifications/', finding_id: '/v1/findings/', commitment_code: '/v1/commitments/', record_id: '/v1/records/', draw_id: '/v1/draws/',
  notice_id: '/v1/notices/', document_id: '/v1/documents/', objection_id: '/v1/objections/', repair_id: '/v1/repairs/', publicity_id: '/v1/publicity/', listing_id: '/v1/serious-listings/',
  matter_code: '/v1/matters/', account_id: '/v1/accounts/',
};

const instant = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

function Text({ name, value, of }: { name: string; value: string; of: string }): JSX.Element {
  if (instant.test(value)) return <time dateTime={value}>{in_china(value)}</time>;
  if (leads[name] && value !== '') return <a href={thing_page(leads[name] + value)}>{uuid.test(value) ? `${value.slice(0, 8)}…${value.slice(-4)}` : value}</a>;
  if (/^[a-z][a-z_]*$/.test(value)) return <>{word_label(value, [value], name === 'state' ? state_list(of) : undefined)}</>;
  return <span class="text">{value}</span>;
}

const is_both = (value: Json): value is { zh: string; en: string } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.zh === 'string' && Object.keys(value).every((name) => name === 'zh' || name === 'en');

/** Any value of an answer, for reading. */
export function Value({ name, value, of }: { name: string; value: Json; of: string }): JSX.Element {
  if (value === null) return <span class="hint">—</span>;
  if (typeof value === 'boolean') return <>{value ? words.value.yes : words.value.no}</>;
  if (typeof value === 'number') return <>{value}</>;
  if (typeof value === 'string') return <Text name={name} value={value} of={of} />;
  if (Array.isArray(value)) {
    if (value.length === 0) return <span class="hint">—</span>;
    return <ul class="values">{value.map((one, i) => <li key={i}><Value name={name} value={one} of={of} /></li>)}</ul>;
  }
  if (is_both(value)) return <span class="text">{value[language.value]}</span>;
  return <Members value={value} of={of} />;
}

/** Whether a person is shown it: not what a name beside it says, and not what programs need. */
const is_shown = (thing: Thing, name: string): boolean =>
  !hidden.has(name) && !(`${name}_name` in thing) && !(name === 'inspectors' && 'inspector_names' in thing);

export function Members({ value, of }: { value: Thing; of: string }): JSX.Element {
  return (
    <dl>
      {Object.entries(value).filter(([name]) => is_shown(value, name)).map(([name, one]) => (
        <div key={name}>
          <dt>{member(name.endsWith('_name') && name.slice(0, -5) in value ? name.slice(0, -5) : name)}</dt>
          <dd><Value name={name} value={one} of={of} /></dd>
        </div>
      ))}
    </dl>
  );
}

interface Event { at: string; event: string; from: string | null; to: string; by_name?: string | null; why?: string | null; rule?: string | null }

function History({ events, of }: { events: Event[]; of: string }): JSX.Element {
  return (
    <section>
      <h2>{words.value.history}</h2>
      <ol class="history">
        {events.map((one, i) => (
          <li key={i}>
            <time dateTime={one.at}>{in_china(one.at)}</time> {word_label(one.event)} → {word_label(one.to, [one.to], state_list(of))}
            {one.by_name && <span> · {one.by_name}</span>}
            {one.rule && <span class="hint"> {words.value.why_this_day}：{one.rule}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

interface Piece { evidence_id: string; kind: string; name: string; content_type: string; excluded: Json }

/** Pieces of evidence, each to be kept as a file. */
export function Evidence({ of, pieces, title }: { of: string; pieces: Piece[]; title: string }): JSX.Element {
  return (
    <section>
      <h2>{title}</h2>
      {pieces.length === 0 && <p>{words.value.none}</p>}
      <ul>
        {pieces.map((one) => (
          <li key={one.evidence_id}>
            <button type="button" class="plain" onClick={() => void download(`${of}/evidence/${one.evidence_id}`, '*/*', one.name)}>{one.name}</button> {word_label(one.kind)}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The operations on that thing that a person of these roles may ask for; `path` is its own. */
function steps_on(path: string): { name: string; operation: Operation; values: Record<string, string> }[] {
  const read = Object.values(operations).find((one) => one.method === 'GET' && match(one.path, path));
  if (!read) return [];
  const values = match(read.path, path) ?? {};
  return Object.entries(operations)
    .filter(([, one]) => one.method !== 'GET' && (one.path.startsWith(`${read.path}/`) || (one.method === 'DELETE' && one.path === read.path)))
    .filter(([, one]) => (one.path.match(/\{/g) ?? []).length === Object.keys(values).length && (!one.roles || has_role(...one.roles)))
    .map(([name, operation]) => ({ name, operation, values }));
}

const evidence_of = (thing: Thing): Piece[] => [...((thing.evidence as unknown as Piece[]) ?? []), ...((thing.receipts as unknown as Piece[]) ?? [])].filter((one) => one && typeof one === 'object' && 'evidence_id' in one);

/** What stands on the page and may be chosen in its forms. */
function choices_of(thing: Thing, beside: Piece[]): Choices {
  const pieces = [...evidence_of(thing), ...beside].filter((one) => one.excluded === null).map((one) => ({ value: one.evidence_id, label: one.name }));
  const papers = ((thing.documents as unknown as { kind: string; digest_sha256: string }[]) ?? []).map((one) => ({ value: one.digest_sha256, label: word_label(one.kind) }));
  return {
    ...(pieces.length > 0 && { evidence_id: pieces, evidence_ids: pieces, receipt_evidence_id: pieces, correction_evidence_id: pieces, commitment_evidence_id: pieces }),
    ...(papers.length > 0 && { digest_sha256: papers }),
  };
}

/** A step, behind its name, with its form. */
export function Step({ name, values, given, choices, on_done, open }: { name: string; values?: Record<string, string>; given?: Record<string, Written>; choices?: Choices; on_done: (answer: unknown) => void; open?: boolean }): JSX.Element {
  return (
    <details open={open}>
      <summary>{step_name(name)}</summary>
      <Form operation={name} values={values} given={given} choices={choices} on_done={on_done} />
    </details>
  );
}

/** Who sees a check's facts while its finding is on the desk: the evidence of the check beside the draft. */
function Beside({ thing, children }: { thing: Thing; children: (pieces: Piece[]) => JSX.Element }): JSX.Element {
  const task = typeof thing.finding_id === 'string' && typeof thing.task_id === 'string' ? `/v1/verifications/${thing.task_id}` : null;
  if (!task || !has_role('verifier', 'reviewer', 'decider')) return children([]);
  return (
    <Loaded what={task} from={() => get<{ evidence: Piece[]; summary: string | null }>(task)}>
      {(check) => (
        <div class="beside">
          <div>{children(check.evidence)}</div>
          <aside>
            <Evidence of={task} pieces={check.evidence} title={words.value.beside} />
            {check.summary && <p class="text">{check.summary}</p>}
            <p><a href={thing_page(task)}>{words.value.open}</a></p>
          </aside>
        </div>
      )}
    </Loaded>
  );
}

function Papers({ thing }: { thing: Thing }): JSX.Element | null {
  const papers = (thing.documents as unknown as { document_id: string; kind: string; created_at?: string }[]) ?? [];
  if (papers.length === 0) return null;
  return (
    <ul class="papers">
      {papers.map((one) => (
        <li key={one.document_id}>
          {word_label(one.kind)} <button type="button" class="plain" onClick={() => void download(`/v1/documents/${one.document_id}`, 'application/pdf', `${one.kind}.pdf`)}>{words.value.as_pdf}</button>
        </li>
      ))}
    </ul>
  );
}

const title_of = (path: string): string => {
  const resource = path.split('/')[2]?.replace(/-/g, '_') ?? '';
  const pages = words.value.pages as Record<string, string>;
  return pages[resource] ?? pages.thing;
};

/** What a finding is drafted from, when its check says that the promise was untrue. */
function Drafting({ thing, choices }: { thing: Thing; choices: Choices }): JSX.Element | null {
  if (typeof thing.task_id !== 'string' || 'finding_id' in thing || !has_role('verifier') || thing.state !== 'closed' || thing.result === 'consistent') return null;
  const to_finding = (answer: unknown): void => {
    location.hash = thing_page(`/v1/findings/${(answer as { finding_id: string }).finding_id}`);
  };
  return <Step name="draftFinding" given={{ task_id: thing.task_id, evidence_ids: [] }} choices={choices} on_done={to_finding} />;
}

/** One thing of the contract: what it is, how it came to be, and what may be done with it. */
export function ThingPage({ path, waiting }: { path: string; waiting: string[] }): JSX.Element {
  const [code, set_code] = useState<{ code: string } | null>(null);
  const [done, set_done] = useState(0);
  const after = (name: string, answer: unknown, again: () => void): void => {
    if (name === 'createEnrolment') set_code(answer as { code: string });
    set_done((n) => n + 1);
    again();
  };
  return (
    <>
      <Title>{title_of(path)}</Title>
      {done > 0 && <p class="notice good" role="status">{words.value.done}</p>}
      {code && (
        <Dialog title={words.value.enrolment.title} on_close={() => set_code(null)}>
          <p>{words.value.enrolment.about}</p>
          <p><output>{code.code}</output></p>
        </Dialog>
      )}
      <Loaded what={path} from={() => get<Thing>(path)}>
        {(thing, again) => (
          <Beside thing={thing}>
            {(beside) => {
              const choices = choices_of(thing, beside);
              const all = steps_on(path);
              const now = all.filter((one) => waiting.includes(one.name));
              const others = all.filter((one) => !waiting.includes(one.name));
              const row = (one: (typeof all)[number], open: boolean): JSX.Element => (
                <Step key={`${one.name}${done}`} name={one.name} values={one.values} choices={choices} open={open} on_done={(answer) => after(one.name, answer, again)} />
              );
              return (
                <>
                  {now.length > 0 && <section><h2>{words.value.waiting_steps}</h2>{now.map((one) => row(one, now.length === 1))}</section>}
                  <Drafting thing={thing} choices={choices} />
                  <Papers thing={thing} />
                  {evidence_of(thing).length > 0 && <Evidence of={path} pieces={evidence_of(thing)} title={words.value.files} />}
                  <section class="card"><Members value={thing} of={path} /></section>
                  {others.length > 0 && <section><h2>{words.value.other_steps}</h2>{others.map((one) => row(one, false))}</section>}
                  {Array.isArray(thing.history) && <History events={thing.history as unknown as Event[]} of={path} />}
                </>
              );
            }}
          </Beside>
        )}
      </Loaded>
    </>
  );
}
