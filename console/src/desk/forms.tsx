import type { JSX, TargetedEvent } from 'preact';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { member, step_name, word_label, words } from './language';
import { Choice, day_in_china, Input, Wrongs } from './parts';
import { ask, fill, fresh_key, get, operations, post, Refusal, remove, type Field, type NamedField } from './server';

/** What a person wrote: texts as they stand in the inputs, in the shape of the body. */
export type Written = string | Written[] | { [name: string]: Written };
/** What may be chosen for a member, wherever it stands. */
export type Choices = Record<string, { value: string; label: string }[]>;

const empty_of = (field: Field, required: boolean): Written => {
  if (field.kind === 'group') return Object.fromEntries(field.members.map((one) => [one.name, empty_of(one, required && one.required)]));
  if (field.kind === 'list') return required ? Array.from({ length: field.min ?? 1 }, () => empty_of(field.item, true)) : [];
  if (field.kind === 'date' && required) return day_in_china();
  if (field.kind === 'choice' && required && field.words.length === 1) return field.words[0];
  return '';
};

const merge = (into: Written, given: Written | undefined): Written => {
  if (given === undefined) return into;
  if (typeof into !== 'object' || Array.isArray(into) || typeof given !== 'object' || Array.isArray(given)) return given;
  const all = { ...into };
  for (const [name, value] of Object.entries(given)) all[name] = merge(all[name] ?? '', value);
  return all;
};

/** The body of what was written; nothing for what was left out, so that the server says what is missing. */
export function body_of(field: Field, written: Written): unknown {
  if (field.kind === 'group') {
    const of = written as Record<string, Written>;
    // A group that is needed is there, though it is empty: then each of its members is named that is missing.
    const missing = (one: NamedField): unknown => (one.required && one.kind === 'group' ? {} : undefined);
    const members = field.members.map((one) => [one.name, body_of(one, of[one.name] ?? '') ?? missing(one)] as const).filter(([, value]) => value !== undefined);
    return members.length > 0 ? Object.fromEntries(members) : undefined;
  }
  if (field.kind === 'list') {
    const items = (written as Written[]).map((one) => body_of(field.item, one)).filter((one) => one !== undefined);
    return items.length > 0 ? items : undefined;
  }
  const text = typeof written === 'string' ? written.trim() : '';
  if (text === '') return undefined;
  if (field.kind === 'boolean') return text === 'true';
  // Whatever is no number goes as it is, and the server says so at its field.
  if (field.kind === 'integer') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (field.kind === 'instant') return `${text.length === 16 ? `${text}:00` : text}+08:00`;
  return text;
}

interface Place {
  prefix: string;
  choices: Choices;
  wrong: (pointer: string) => string | undefined;
}

interface FieldProps {
  field: Field;
  name: string;
  pointer: string;
  required: boolean;
  value: Written;
  on: (value: Written) => void;
  place: Place;
}

function Leaf({ field, name, pointer, required, value, on, place }: FieldProps): JSX.Element {
  const text = value as string;
  const offered = place.choices[name];
  const write = (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>): void => on(event.currentTarget.value);
  return (
    <Input id={place.prefix + pointer} label={member(name)} optional={!required} wrong={place.wrong(pointer)}>
      {(given) => {
        if (field.kind === 'choice') return <Choice words={field.words} value={text} on={on} given={given} />;
        if (field.kind === 'boolean')
          return (
            <select {...given} value={text} onChange={write}>
              <option value="">{words.value.choose}</option>
              <option value="true">{words.value.yes}</option>
              <option value="false">{words.value.no}</option>
            </select>
          );
        if (offered)
          return (
            <select {...given} value={text} onChange={write}>
              <option value="">{words.value.choose}</option>
              {offered.map((one) => <option key={one.value} value={one.value}>{one.label}</option>)}
            </select>
          );
        if (field.kind === 'long') return <textarea {...given} rows={4} value={text} onInput={write} />;
        const plain = { ...given, value: text, autoComplete: 'off', onInput: write };
        if (field.kind === 'date') return <input {...plain} type="date" />;
        if (field.kind === 'instant') return <input {...plain} type="datetime-local" />;
        return <input {...plain} inputMode={field.kind === 'integer' ? 'numeric' : 'text'} />;
      }}
    </Input>
  );
}

function Group({ field, name, pointer, required, value, on, place }: FieldProps & { field: Extract<Field, { kind: 'group' }> }): JSX.Element {
  const of = value as Record<string, Written>;
  return (
    <fieldset id={place.prefix + pointer} tabIndex={-1}>
      <legend>{member(name)}{!required && <span class="hint">{words.value.optional}</span>}</legend>
      <Members members={field.members} pointer={pointer} value={of} on={on} place={place} />
    </fieldset>
  );
}

function List({ field, name, pointer, required, value, on, place }: FieldProps & { field: Extract<Field, { kind: 'list' }> }): JSX.Element {
  const items = value as Written[];
  const id = place.prefix + pointer;
  const wrong = place.wrong(pointer);
  const offered = place.choices[name] ?? (field.item.kind === 'choice' ? field.item.words.map((word) => ({ value: word, label: word_label(word, (field.item as { words: string[] }).words) })) : undefined);
  const legend = <legend>{member(name)}{!required && <span class="hint">{words.value.optional}</span>}</legend>;
  if (offered) {
    const toggle = (one: string, checked: boolean): void => on(checked ? [...items.filter((item) => item !== '' && item !== one), one] : items.filter((item) => item !== one));
    return (
      <fieldset id={id} tabIndex={-1}>
        {legend}
        {wrong && <p class="error">{wrong}</p>}
        {offered.length === 0 && <p class="hint">{words.value.none}</p>}
        {offered.map((one) => (
          <label class="check" key={one.value}>
            <input type="checkbox" checked={items.includes(one.value)} onChange={(event) => toggle(one.value, event.currentTarget.checked)} />
            {one.label}
          </label>
        ))}
      </fieldset>
    );
  }
  const change = (at: number, one: Written): void => on(items.map((item, i) => (i === at ? one : item)));
  return (
    <fieldset id={id} tabIndex={-1}>
      {legend}
      {wrong && <p class="error">{wrong}</p>}
      {items.map((item, at) => (
        <div class="item" key={at}>
          <Any field={field.item} name={name} pointer={`${pointer}/${at}`} required value={item} on={(one) => change(at, one)} place={place} />
          {(items.length > (field.min ?? 0)) && <button type="button" class="plain" onClick={() => on(items.filter((_, i) => i !== at))}>{words.value.remove}</button>}
        </div>
      ))}
      <button type="button" class="plain" onClick={() => on([...items, empty_of(field.item, true)])}>{words.value.add}</button>
    </fieldset>
  );
}

function Any(props: FieldProps): JSX.Element {
  if (props.field.kind === 'group') return <Group {...props} field={props.field} />;
  if (props.field.kind === 'list') return <List {...props} field={props.field} />;
  return <Leaf {...props} />;
}

function Members({ members, pointer, value, on, place }: { members: NamedField[]; pointer: string; value: Record<string, Written>; on: (value: Written) => void; place: Place }): JSX.Element {
  return (
    <>
      {members.map((one) => (
        <Any key={one.name} field={one} name={one.name} pointer={`${pointer}/${one.name}`} required={one.required} value={value[one.name] ?? empty_of(one, one.required)}
          on={(written) => on({ ...value, [one.name]: written })} place={place} />
      ))}
    </>
  );
}

/** The member that a pointer means, or the nearest one around it that stands on the page. */
const on_page = (prefix: string, pointer: string): { id: string; label: string } | null => {
  for (let at = pointer.replace(/^query:/, '/query/'); at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const name = at.slice(at.lastIndexOf('/') + 1);
    if (document.getElementById(prefix + at)) return { id: prefix + at, label: member(/^\d+$/.test(name) ? at.split('/').slice(-2)[0] : name) };
  }
  return null;
};

/** Members whose values are accounts of colleagues. */
const accounts = new Set(['witness', 'inspector', 'assignee', 'account_id', 'to']);

const mentions = (field: Field | undefined, names: Set<string>): boolean =>
  field?.kind === 'group' ? field.members.some((one) => names.has(one.name) || mentions(one, names)) : field?.kind === 'list' ? mentions(field.item, names) : false;

interface FormProps {
  operation: string;
  /** For the path. */
  values?: Record<string, string>;
  given?: Record<string, Written>;
  choices?: Choices;
  /** Below the path, with what was written: for what is asked for otherwise than by this form's operation. */
  on_done: (answer: unknown) => void;
  button?: string;
}

/** The form of an operation of the contract. What was written stays until it was done, whatever happens meanwhile; what is sent twice is
 *  done once, since the form keeps its key. */
export function Form({ operation, values = {}, given, choices = {}, on_done, button }: FormProps): JSX.Element {
  const step = operations[operation];
  const prefix = useId();
  const [written, write] = useState<Written>(() => merge(step.body ? empty_of(step.body, true) : {}, given));
  const [asked, set_asked] = useState<Record<string, Written>>({});
  const [file, set_file] = useState<File | null>(null);
  const [why, set_why] = useState<Refusal | null>(null);
  const [sending, set_sending] = useState(false);
  const [people, set_people] = useState<Choices>({});
  const key = useRef(fresh_key());

  useEffect(() => {
    if (!mentions(step.body, accounts)) return;
    get<{ items: { account_id: string; name: string; login: string }[] }>('/v1/colleagues').then(
      (page) => {
        const all = page.items.map((one) => ({ value: one.account_id, label: `${one.name}（${one.login}）` }));
        set_people(Object.fromEntries([...accounts].map((name) => [name, all])));
      },
      () => {}, // then the account's number is written by hand
    );
  }, [operation]);

  const place = useMemo<Place>(
    () => ({ prefix, choices: { ...people, ...choices }, wrong: (pointer) => why?.wrong.find((one) => one.pointer === pointer)?.text }),
    [prefix, people, choices, why],
  );

  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (sending) return;
    set_sending(true);
    set_why(null);
    try {
      const path = fill(step.path, values);
      let answer: unknown;
      if (step.upload) answer = await upload(path, step.query ?? [], asked, file, key.current);
      else if (step.method === 'DELETE') answer = await remove(path);
      else answer = await post(path, step.body ? (body_of(step.body, written) ?? {}) : undefined, step.keyed ? key.current : undefined);
      key.current = fresh_key();
      on_done(answer);
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      set_why(refused);
    } finally {
      set_sending(false);
    }
  };

  return (
    <form noValidate onSubmit={(event) => void send(event)} aria-label={step_name(operation)}>
      {why && <Wrongs why={why} fields={(pointer) => on_page(prefix, pointer)} />}
      {step.body?.kind === 'group' && <Members members={step.body.members} pointer="" value={written as Record<string, Written>} on={write} place={place} />}
      {step.upload && (
        <>
          <Members members={step.query ?? []} pointer="/query" value={asked} on={(value) => set_asked(value as Record<string, Written>)}
            place={{ ...place, wrong: (pointer) => why?.wrong.find((one) => one.pointer === pointer.replace('/query/', 'query:'))?.text }} />
          <Input label={words.value.file} id={`${prefix}/file`} wrong={why?.wrong.find((one) => one.pointer === '/file')?.text}>
            {(props) => <input {...props} type="file" onChange={(event) => set_file(event.currentTarget.files?.[0] ?? null)} />}
          </Input>
        </>
      )}
      <button disabled={sending}>{sending ? words.value.sending : (button ?? step_name(operation))}</button>
    </form>
  );
}

async function upload(path: string, query: NamedField[], asked: Record<string, Written>, file: File | null, key: string): Promise<unknown> {
  if (!file) throw new Refusal(0, words.value.file_needed, [{ pointer: '/file', text: words.value.file_needed }]);
  const parameters = new URLSearchParams({ name: file.name });
  for (const one of query) {
    const value = asked[one.name];
    if (typeof value === 'string' && value !== '') parameters.set(one.name, value);
  }
  const answer = await ask(`${path}?${parameters}`, {
    method: 'POST', body: file, headers: { 'Content-Type': file.type || 'application/octet-stream', 'Idempotency-Key': key },
  });
  return answer.status === 204 ? null : answer.json();
}
