import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { in_language, member, word_label, words } from './language';
import { Form } from './forms';
import { Table } from './lists';
import { thing_page, Title } from './parts';
import type { Schemas } from './server';

function Found({ page }: { page: Schemas['FoundPage'] }): JSX.Element {
  return (
    <section aria-live="polite">
      <p>{words.value.search.found(page.total.count, page.total.exact)}</p>
      {page.items.length > 0 && (
        <Table caption={words.value.pages.search} columns={['commitment_code', 'committer_name', 'matter_name', 'state', 'made_on', 'verifications', 'findings'].map(member)}
          rows={page.items.map((one) => [
            <a href={thing_page(`/v1/commitments/${one.commitment_code}`)}>{one.commitment_code}</a>,
            <>{one.committer.name ?? '—'}</>,
            <>{in_language(one.matter_name as { zh: string; en: string })}</>,
            <>{word_label(one.state, [one.state], 'CommitmentState')}</>,
            <>{one.made_on}</>,
            <>{one.verifications.map((task) => <a key={task.task_id} href={thing_page(`/v1/verifications/${task.task_id}`)}>{word_label(task.state, [task.state], 'TaskState')} </a>)}</>,
            <>{one.findings.map((finding) => <a key={finding.finding_id} href={thing_page(`/v1/findings/${finding.finding_id}`)}>{word_label(finding.state, [finding.state], 'FindingState')} </a>)}</>,
          ])} />
      )}
    </section>
  );
}

export function SearchPage(): JSX.Element {
  const [found, set] = useState<Schemas['FoundPage'] | null>(null);
  return (
    <>
      <Title>{words.value.pages.search}</Title>
      <p class="hint">{words.value.search.hint}</p>
      <Form operation="search" button={words.value.search.button} on_done={(answer) => set(answer as Schemas['FoundPage'])} />
      {found && <Found page={found} />}
    </>
  );
}
