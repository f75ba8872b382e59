import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { member, words } from './language';
import { Table } from './lists';
import { in_china, Loaded, sentence_of, Title } from './parts';
import { api, data_of, remove } from './server';
import { me } from './session';

const when = (at: string | null): string => (at ? in_china(at) : '—');

/** With what a person signs in, and where they are signed in. */
export function PasskeysPage(): JSX.Element {
  const account_id = me.value?.account.account_id ?? '';
  const [why, set_why] = useState('');
  const say = words.value.passkeys;
  const load = async () => {
    const params = { params: { path: { account_id } } };
    const keys = data_of(await api.GET('/v1/accounts/{account_id}/passkeys', params));
    const tokens = data_of(await api.GET('/v1/accounts/{account_id}/tokens', params));
    return { keys: keys.items, tokens: tokens.items };
  };
  return (
    <>
      <Title>{words.value.pages.passkeys}</Title>
      {why && <p class="notice bad" role="alert">{why}</p>}
      <Loaded what={account_id} from={load}>
        {({ keys, tokens }, again) => {
          const end = (path: string) => (): void => void remove(path).then(again, (refused: unknown) => set_why(sentence_of(refused)));
          const ender = (path: string, ended: string | null, name: string): JSX.Element =>
            ended ? <>{say.ended}</> : <button type="button" class="plain" aria-label={`${say.end} ${name}`} onClick={end(path)}>{say.end}</button>;
          return (
            <>
              <Table caption={say.keys} columns={[member('device'), member('made_at'), member('last_used_at'), say.end]}
                rows={keys.map((one) => [one.name, in_china(one.made_at), when(one.last_used_at as string | null), ender(`/v1/passkeys/${one.passkey_id}`, one.ended_at as string | null, one.name)])} />
              <Table caption={say.sessions} columns={[member('kind'), member('created_at'), member('expires_at'), member('last_used_at'), say.end]}
                rows={tokens.map((one) => [
                  <>{one.passkey_id ? say.session : say.token}{one.token_id === me.value?.token.token_id && ` · ${say.this_one}`}</>,
                  in_china(one.created_at), in_china(one.expires_at), when(one.last_used_at as string | null), ender(`/v1/tokens/${one.token_id}`, one.ended_at as string | null, in_china(one.created_at)),
                ])} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}
