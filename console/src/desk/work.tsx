import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { in_language, member, word_label, words } from './language';
import { Table } from './lists';
import { day_in_china, Loaded, thing_page, Title } from './parts';
import { api, data_of, type Schemas } from './server';

type Item = Schemas['WorkPage']['items'][number];
type Kind = Item['kind'];

const page_of = (item: Item): string => `${thing_page(item.href)}?for=${item.operations.join(',')}`;

function Due({ item }: { item: Item }): JSX.Element {
  if (!item.due_on) return <span class="hint">—</span>;
  return <>{item.due_on}{item.due_on < day_in_china() && <strong class="late"> {words.value.work.overdue}</strong>}</>;
}

/** Everything that waits for who sits here, the most urgent first. */
export function WorkPage(): JSX.Element {
  const [kind, choose] = useState<Kind | undefined>(undefined);
  const [cursor, go_on] = useState<string | undefined>(undefined);
  const say = words.value.work;
  const load = async (): Promise<Schemas['WorkPage']> => data_of(await api.GET('/v1/work', { params: { query: { kind, cursor, limit: 50 } } }));
  return (
    <>
      <Title>{words.value.pages.work}</Title>
      <Loaded what={`work ${kind ?? ''} ${cursor ?? ''}`} from={load}>
        {(page) => (
          <>
            <ul class="kinds">
              <li><button type="button" class="plain" aria-pressed={kind === undefined} onClick={() => choose(undefined)}>{say.all}</button></li>
              {page.counts.filter((one) => one.count > 0).map((one) => (
                <li key={one.kind}>
                  <button type="button" class="plain" aria-pressed={kind === one.kind} onClick={() => choose(one.kind)}>
                    {word_label(one.kind)} <b>{one.exact ? one.count : say.more_than(one.count)}</b>
                  </button>
                </li>
              ))}
            </ul>
            {page.items.length === 0 && <p>{say.nothing}</p>}
            {page.items.length > 0 && (
              <Table caption={words.value.pages.work} columns={[member('kind'), say.about, say.due, say.from]}
                rows={page.items.map((item) => [
                  <a href={page_of(item)}>{word_label(item.kind)}</a>,
                  <>{item.committer_name ?? ''} {item.matter_name ? in_language(item.matter_name as { zh: string; en: string }) : ''} <span class="hint">{item.commitment_code ?? ''}</span></>,
                  <Due item={item} />,
                  <>{item.asked_by_name ?? ''}</>,
                ])} />
            )}
            {page.next_cursor && <p><button type="button" class="plain" onClick={() => go_on(page.next_cursor ?? undefined)}>{words.value.next_page}</button></p>}
          </>
        )}
      </Loaded>
    </>
  );
}
