import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { member, words } from './language';
import { Loaded, thing_page, Title } from './parts';
import type { ListPage } from './pages';
import { get, operations } from './server';
import { has_role } from './session';
import { Step, Value } from './things';

type Row = Record<string, unknown>;

/** A table that becomes blocks on a narrow screen, where each cell says its heading again. */
export function Table({ caption, columns, rows }: { caption: string; columns: string[]; rows: ComponentChildren[][] }): JSX.Element {
  return (
    <table>
      <caption>{caption}</caption>
      <thead><tr>{columns.map((one) => <th scope="col" key={one}>{one}</th>)}</tr></thead>
      <tbody>
        {rows.map((cells, i) => <tr key={i}>{cells.map((cell, at) => <td key={at} data-heading={columns[at]}>{cell}</td>)}</tr>)}
      </tbody>
    </table>
  );
}

/** A list of the contract, page by page. */
export function ListOf({ page }: { page: ListPage }): JSX.Element {
  const [cursor, go_on] = useState('');
  const [made, set_made] = useState(0);
  const title = (words.value.pages as Record<string, string>)[page.name];
  const makes = (page.makes ?? []).filter((name) => has_role(...(operations[name].roles ?? [])));
  const address = `${page.path}?limit=50${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
  return (
    <>
      <Title>{title}</Title>
      {made > 0 && <p class="notice good" role="status">{words.value.done}</p>}
      <Loaded what={address} from={() => get<{ items: Row[]; next_cursor: string | null }>(address)}>
        {(list, again) => {
          const after = (): void => {
            set_made((n) => n + 1);
            again();
          };
          return (
            <>
              {makes.map((name) => <Step key={`${name}${made}`} name={name} on_done={after} />)}
              {list.items.length === 0 && <p>{words.value.none}</p>}
              {list.items.length > 0 && (
                <Table caption={title} columns={[...page.columns.map(member), ...(page.to || page.row_steps ? [words.value.open] : [])]}
                  rows={list.items.map((row) => [
                    ...page.columns.map((column) => <Value name={page.to ? '' : column} value={(row[column] ?? null) as never} of={page.path} />),
                    ...(page.to ? [<a href={thing_page(page.to(row))} aria-label={`${words.value.open} ${String(row[page.columns[0]])}`}>{words.value.open}</a>] : []),
                    ...(page.row_steps ? [<>{page.row_steps.filter((one) => has_role(...(operations[one.operation].roles ?? []))).map((one) => <Step key={one.operation} name={one.operation} values={one.values(row)} on_done={after} />)}</>] : []),
                  ])} />
              )}
              <p>
                {cursor && <button type="button" class="plain" onClick={() => go_on('')}>{words.value.first_page}</button>}
                {list.next_cursor && list.items.length > 0 && <button type="button" class="plain" onClick={() => go_on(list.next_cursor ?? '')}>{words.value.next_page}</button>}
              </p>
            </>
          );
        }}
      </Loaded>
    </>
  );
}
