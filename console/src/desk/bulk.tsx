import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { in_language, words } from './language';
import { Table } from './lists';
import { Input, Loaded, thing_page, Title, Wrongs } from './parts';
import { ask, download, fresh_key, get, Refusal } from './server';

interface Line {
  line?: number;
  status?: number;
  commitment_code?: string;
  problem?: { title: string; detail?: string; errors?: { pointer?: string; cell?: string; detail: string }[] };
  progress?: { lines?: number };
  summary?: unknown;
}

/** The lines of an NDJSON answer as they come. */
async function each_line(answer: Response, take: (line: Line) => void): Promise<void> {
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    rest += decoder.decode(value, { stream: !done });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') take(JSON.parse(line) as Line);
    if (done) return;
  }
}

const types: Record<string, string> = { xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', csv: 'text/csv', jsonl: 'application/x-ndjson', ndjson: 'application/x-ndjson' };
const type_of = (name: string): string => types[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'text/csv';

interface Outcome { checked: boolean; good: Line[]; bad: Line[] }

function Result({ outcome }: { outcome: Outcome }): JSX.Element {
  const say = words.value.bulk;
  return (
    <section aria-live="polite">
      <p class={outcome.bad.length === 0 ? 'notice good' : 'notice bad'}>{say.summary(outcome.good.length, outcome.bad.length)}</p>
      {outcome.bad.length > 0 && (
        <Table caption={say.problem} columns={[say.row, say.problem]}
          rows={outcome.bad.map((line) => [
            <>{line.line ?? ''}</>,
            <ul>{(line.problem?.errors ?? [{ detail: line.problem?.detail ?? line.problem?.title ?? '' }] as { cell?: string; pointer?: string; detail: string }[]).map((one, i) => <li key={i}>{one.cell && `${one.cell}：`}{one.detail}</li>)}</ul>,
          ])} />
      )}
      {!outcome.checked && outcome.good.length > 0 && (
        <Table caption={say.filed} columns={[say.row, say.result]} rows={outcome.good.slice(0, 200).map((line) => [<>{line.line ?? ''}</>, <a href={thing_page(`/v1/commitments/${line.commitment_code}`)}>{line.commitment_code}</a>])} />
      )}
    </section>
  );
}

/** Many promises from a table: checked first, then filed; the key stays as long as the page, so a mended table files each row once. */
export function BulkPage(): JSX.Element {
  const [file, set_file] = useState<File | null>(null);
  const [matter, choose] = useState('');
  const [why, set_why] = useState<Refusal | null>(null);
  const [done, set_done] = useState<number | null>(null);
  const [outcome, set_outcome] = useState<Outcome | null>(null);
  const key = useRef(fresh_key());
  const say = words.value.bulk;

  const send = async (checked: boolean): Promise<void> => {
    if (!file) {
      set_why(new Refusal(0, words.value.file_needed, [{ pointer: '/file', text: words.value.file_needed }]));
      return;
    }
    set_why(null);
    set_outcome(null);
    set_done(0);
    const found: Outcome = { checked, good: [], bad: [] };
    try {
      const answer = await ask(`/v1/commitments/bulk?progress=true${checked ? '&validate_only=true' : ''}`, {
        method: 'POST', body: file, headers: { 'Content-Type': type_of(file.name), 'Idempotency-Key': key.current },
      });
      await each_line(answer, (line) => {
        if (line.progress || line.summary) return;
        if ((line.status ?? 500) < 300) found.good.push(line);
        else found.bad.push(line);
        set_done(found.good.length + found.bad.length);
      });
      set_outcome(found);
    } catch (refused) {
      set_why(refused instanceof Refusal ? refused : new Refusal(0, words.value.offline, []));
    } finally {
      set_done(null);
    }
  };

  return (
    <>
      <Title>{words.value.pages.bulk}</Title>
      <p>{say.about}</p>
      <Loaded what="matters" from={() => get<{ items: { matter_code: string; name: { zh: string; en: string } }[] }>('/v1/matters?limit=200')}>
        {(list) => (
          <Input label={say.matter}>
            {(given) => (
              <select {...given} value={matter} onChange={(event) => choose(event.currentTarget.value)}>
                <option value="">{words.value.choose}</option>
                {list.items.map((one) => <option key={one.matter_code} value={one.matter_code}>{in_language(one.name)}</option>)}
              </select>
            )}
          </Input>
        )}
      </Loaded>
      <p><button type="button" class="plain" disabled={!matter} onClick={() => void download(`/v1/matters/${matter}/sheet.xlsx`, '*/*', `${matter}.xlsx`)}>{say.template}</button></p>
      {why && <Wrongs why={why} fields={(pointer) => (pointer === '/file' ? { id: 'bulk-file', label: say.file } : null)} />}
      <Input id="bulk-file" label={say.file}>
        {(given) => <input {...given} type="file" accept=".xlsx,.csv,.jsonl" onChange={(event) => set_file(event.currentTarget.files?.[0] ?? null)} />}
      </Input>
      <p class="buttons">
        <button type="button" disabled={done !== null} onClick={() => void send(true)}>{say.check}</button>
        <button type="button" disabled={done !== null} onClick={() => void send(false)}>{say.file_all}</button>
      </p>
      {done !== null && <p role="status">{say.progress(done)}</p>}
      {outcome && <Result outcome={outcome} />}
    </>
  );
}
