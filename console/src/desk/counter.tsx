import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import qrcode from 'qrcode-generator';
import { in_language, words } from './language';
import { Choice, day_in_china, Input, Loaded, sentence_of, thing_page, Title, Wrongs } from './parts';
import { api, ask, data_of, download, fresh_key, get, operations, post, Refusal, save, type NamedField, type Schemas } from './server';

type Both = { zh: string; en: string };
type Filed = Schemas['FiledAtCounter'];

/** "May they ask for this?", as the resident says it. */
function Lookup(): JSX.Element {
  const [question, write] = useState('');
  const [asked, ask_for] = useState('');
  const say = words.value.counter;
  return (
    <section class="card">
      <form onSubmit={(event) => { event.preventDefault(); ask_for(question.trim()); }} role="search">
        <Input label={say.proof} hint={say.proof_hint}>
          {(given) => <input {...given} type="search" value={question} onInput={(event) => write(event.currentTarget.value)} />}
        </Input>
        <button>{say.look_up}</button>
      </form>
      {asked && (
        <Loaded what={asked} from={async () => data_of(await api.GET('/v1/proof-items', { params: { query: { q: asked, limit: 3 } } }))}>
          {(list) => (
            <div aria-live="polite">
              {list.items.length === 0 && <p>{say.not_listed}</p>}
              {list.items.map((one) => (
                <article key={one.item_id}>
                  <h3>{in_language(one.name as Both)} <strong class={one.may_be_demanded ? 'good' : 'late'}>{one.may_be_demanded ? say.may : say.may_not}</strong></h3>
                  <p>{in_language(one.answer as Both)}</p>
                  {one.ways.length > 0 && <details><summary>{say.instead}</summary><ul>{one.ways.map((way, i) => <li key={i}>{in_language(way.text as Both)}</li>)}</ul></details>}
                </article>
              ))}
            </div>
          )}
        </Loaded>
      )}
    </section>
  );
}

const people = ['natural_person', 'sole_trader', 'organisation'];
const words_at = (...names: string[]): string[] => {
  let field = operations.fileAtCounter.body as NamedField;
  for (const name of names) field = (field as { members: NamedField[] } & NamedField).members.find((one) => one.name === name) as NamedField;
  return (field as { words: string[] } & NamedField).words;
};

interface Promise_ { kind: string; name: string; type: string; number: string; reason: string; identity: string }
const blank: Promise_ = { kind: 'natural_person', name: '', type: 'citizen_id', number: '', reason: '', identity: 'document_seen' };

/** Where the fields of this form stand in the body, for what the server says is wrong. */
const pointers: Record<keyof Promise_, string> = {
  kind: '/commitment/committer/kind', name: '/commitment/committer/name', type: '/commitment/committer/document/type', number: '/commitment/committer/document/number',
  reason: '/commitment/reason', identity: '/commitment/identity_check',
};

const hex = (bytes: ArrayBuffer): string => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The promise with the digest of the paper that was signed, which is uploaded once the promise is filed. */
async function promise_of(written: Promise_, paper: File | null): Promise<object> {
  return {
    committer: { kind: written.kind || undefined, name: written.name.trim() || undefined, document: { type: written.type || undefined, number: written.number.trim() || undefined } },
    reason: written.reason.trim() || undefined,
    identity_check: written.identity || undefined,
    assent: paper ? { kind: 'signed_paper', digest_sha256: hex(await crypto.subtle.digest('SHA-256', await paper.arrayBuffer())) } : undefined,
  };
}

/** Notice and promise in one: the matter as it is in force, and three things that the resident says. Where the paper to be signed was
 *  printed before, its notice is the one that the promise answers. */
function Promising({ matter, on_filed }: { matter: Schemas['MatterInForce']; on_filed: (filed: Filed, paper: File | null) => void }): JSX.Element {
  const [written, write] = useState(blank);
  const [paper, set_paper] = useState<File | null>(null);
  const [notice, set_notice] = useState<Schemas['Notice'] | null>(null);
  const [why, set_why] = useState<Refusal | null>(null);
  const [sending, set_sending] = useState(false);
  const key = useRef(fresh_key());
  const say = words.value.counter;
  const said = (name: keyof Promise_): { value: string; wrong?: string; on: (value: string) => void } => ({
    value: written[name], wrong: why?.wrong.find((one) => one.pointer === pointers[name])?.text, on: (value) => write((before) => ({ ...before, [name]: value })),
  });
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (sending) return;
    set_sending(true);
    set_why(null);
    try {
      const said = await promise_of(written, paper);
      const filed = notice
        ? { notice, commitment: await post<Filed['commitment']>('/v1/commitments', { ...said, notice_id: notice.notice_id, made_on: day_in_china() }, key.current) }
        : await post<Filed>('/v1/commitments/counter', { notice: { matter_code: matter.matter_code, matter_version: matter.version }, commitment: said }, key.current);
      key.current = fresh_key();
      on_filed(filed, paper);
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      // Both ways of filing name the same fields, one of them below `commitment`.
      const below = (pointer: string): string => (notice ? `/commitment${pointer}` : pointer);
      set_why(new Refusal(refused.status, refused.text, refused.wrong.map((one) => ({ ...one, pointer: below(one.pointer) })), refused.request));
    } finally {
      set_sending(false);
    }
  };
  const notice_key = useRef(fresh_key());
  const print = async (): Promise<void> => {
    set_why(null);
    try {
      const given = notice ?? (await post<Schemas['Notice']>('/v1/notices', { matter_code: matter.matter_code, matter_version: matter.version, channel: 'counter', language: 'zh-CN' }, notice_key.current));
      set_notice(given);
      await download(`/v1/notices/${given.notice_id}`, 'application/pdf', `${matter.matter_code}.pdf`);
    } catch (refused) {
      if (!(refused instanceof Refusal)) throw refused;
      set_why(refused);
    }
  };
  const text = (name: keyof Promise_, label: string): JSX.Element => {
    const { value, wrong, on } = said(name);
    return <Input id={`promise-${name}`} label={label} wrong={wrong}>{(given) => <input {...given} value={value} autoComplete="off" onInput={(event) => on(event.currentTarget.value)} />}</Input>;
  };
  const choice = (name: keyof Promise_, label: string, offered: string[]): JSX.Element => {
    const { value, wrong, on } = said(name);
    return <Input id={`promise-${name}`} label={label} wrong={wrong}>{(given) => <Choice words={offered} value={value} on={on} given={given} />}</Input>;
  };
  const field_at = (pointer: string): { id: string; label: string } | null => {
    const labels: Record<keyof Promise_, string> = { kind: say.person_kind, name: say.name, type: say.document_type, number: say.number, reason: say.reason, identity: say.identity };
    const name = (Object.keys(pointers) as (keyof Promise_)[]).find((one) => pointers[one] === pointer || (pointer !== '' && pointers[one].startsWith(`${pointer}/`)));
    return name ? { id: `promise-${name}`, label: labels[name] } : null;
  };
  return (
    <>
      <section class="card">
        <h2>{say.notice_title}</h2>
        <dl>
          {Object.entries(matter.notice as Record<string, Both | null>).filter(([, point]) => point).map(([name, point]) => <div key={name}><dd class="text">{in_language(point as Both)}</dd></div>)}
        </dl>
        <h2>{say.promise_title}</h2>
        <p class="text">{in_language(matter.commitment.content as Both)}</p>
        <p class="text">{in_language(matter.commitment.breach_liability as Both)}</p>
      </section>
      <form noValidate onSubmit={(event) => void send(event)}>
        {why && <Wrongs why={why} fields={field_at} />}
        {choice('kind', say.person_kind, people)}
        {text('name', say.name)}
        {choice('type', say.document_type, words_at('commitment', 'committer', 'document', 'type'))}
        {text('number', say.number)}
        {text('reason', say.reason)}
        {choice('identity', say.identity, words_at('commitment', 'identity_check'))}
        <p><button type="button" class="plain" onClick={() => void print()}>{say.print_first}</button></p>
        <Input id="promise-paper" label={say.paper} hint={say.paper_hint} optional>
          {(given) => <input {...given} type="file" onChange={(event) => set_paper(event.currentTarget.files?.[0] ?? null)} />}
        </Input>
        <button disabled={sending}>{sending ? words.value.sending : say.give}</button>
      </form>
    </>
  );
}

/** The code as a picture made of one path: no style, no script. */
function Qr({ text, label }: { text: string; label: string }): JSX.Element {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = '';
  for (let row = 0; row < size; row += 1) for (let column = 0; column < size; column += 1) if (code.isDark(row, column)) path += `M${column} ${row}h1v1h-1z`;
  return <svg class="qr" role="img" aria-label={label} viewBox={`-4 -4 ${size + 8} ${size + 8}`}><rect x="-4" y="-4" width={size + 8} height={size + 8} fill="#fff" /><path d={path} fill="#000" /></svg>;
}

/** The image of the signed paper goes to the commitment that has its digest, by itself and again when asked. */
function Paper({ code, paper }: { code: string; paper: File }): JSX.Element {
  const [why, set_why] = useState('');
  const [stored, set_stored] = useState(false);
  const key = useRef(fresh_key());
  const say = words.value.counter;
  const upload = async (): Promise<void> => {
    set_why('');
    try {
      await ask(`/v1/commitments/${code}/signed-paper?kind=documentary&name=${encodeURIComponent(paper.name)}`, {
        method: 'POST', body: paper, headers: { 'Content-Type': paper.type || 'application/octet-stream', 'Idempotency-Key': key.current },
      });
      set_stored(true);
    } catch (refused) {
      set_why(sentence_of(refused));
    }
  };
  useEffect(() => void upload(), []);
  if (stored) return <p class="notice good" role="status">{say.paper_done}</p>;
  if (!why) return <p role="status">{words.value.sending}</p>;
  return (
    <div class="notice bad" role="alert">
      <p>{why}</p>
      <button type="button" onClick={() => void upload()}>{words.value.send}</button>
    </div>
  );
}

function Receipt({ filed, paper, on_next }: { filed: Filed; paper: File | null; on_next: () => void }): JSX.Element {
  const { commitment, notice } = filed;
  const say = words.value.counter;
  const code = commitment.commitment_code;
  return (
    <>
      <section class="card receipt">
        <h2>{say.filed}</h2>
        <p>{say.code}：<a href={thing_page(`/v1/commitments/${code}`)}><output>{code}</output></a></p>
        <p class="text">{in_language(commitment.content as Both)}</p>
        <Qr text={`${code}\n${commitment.receipt.digest_sha256}`} label={say.qr} />
        <p class="hint">{say.digest}：<span class="text">{commitment.receipt.digest_sha256}</span></p>
      </section>
      <p class="buttons">
        <button type="button" onClick={() => window.print()}>{words.value.print}</button>
        <button type="button" class="plain" onClick={() => void download(`/v1/notices/${notice.notice_id}`, 'application/pdf', `${code}.pdf`)}>{say.notice_paper}</button>
        <button type="button" class="plain" onClick={() => save(new Blob([JSON.stringify(commitment)], { type: 'application/json' }), `${code}.json`)}>{words.value.copy_of_json}</button>
        <button type="button" class="plain" onClick={on_next}>{say.next_one}</button>
      </p>
      {paper ? <Paper code={code} paper={paper} /> : <p class="notice">{say.no_paper}</p>}
    </>
  );
}

/** The counter: is the proof to be asked for at all, and the promise that takes its place. */
export function CounterPage(): JSX.Element {
  const [code, choose] = useState('');
  const [filed, set_filed] = useState<{ filed: Filed; paper: File | null } | null>(null);
  const [round, next] = useState(0);
  const say = words.value.counter;
  return (
    <>
      <Title>{words.value.pages.counter}</Title>
      {filed && <Receipt key={round} {...filed} on_next={() => { set_filed(null); next((n) => n + 1); }} />}
      {!filed && (
        <>
          <Lookup key={`look${round}`} />
          <h2>{say.choose_matter}</h2>
          <Loaded what="matters" from={() => get<{ items: { matter_code: string; name: Both }[] }>('/v1/matters?limit=200')}>
            {(list) => (
              <>
                {list.items.length === 0 && <p>{say.no_matter}</p>}
                {list.items.length > 0 && (
                  <Input label={say.matter}>
                    {(given) => (
                      <select {...given} value={code} onChange={(event) => choose(event.currentTarget.value)}>
                        <option value="">{words.value.choose}</option>
                        {list.items.map((one) => <option key={one.matter_code} value={one.matter_code}>{in_language(one.name)}（{one.matter_code}）</option>)}
                      </select>
                    )}
                  </Input>
                )}
              </>
            )}
          </Loaded>
          {code && (
            <Loaded what={`${code}${round}`} from={async () => data_of(await api.GET('/v1/matters/{matter_code}', { params: { path: { matter_code: code } } }))}>
              {(matter) => <Promising key={`${code}${round}`} matter={matter} on_filed={(done, paper) => set_filed({ filed: done, paper })} />}
            </Loaded>
          )}
        </>
      )}
    </>
  );
}
