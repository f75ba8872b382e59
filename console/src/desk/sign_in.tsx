import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { words } from './language';
import { Input, Title, Wrongs } from './parts';
import { Refusal } from './server';
import { enrol, has_passkeys, sign_in } from './session';

const refusal_of = (why: unknown): Refusal => {
  if (why instanceof Refusal) return why;
  throw why;
};

export function SignInButton({ on_done }: { on_done?: () => void }): JSX.Element {
  const [why, set_why] = useState<Refusal | null>(null);
  const press = async (): Promise<void> => {
    set_why(null);
    try {
      await sign_in();
      on_done?.();
    } catch (refused) {
      set_why(refusal_of(refused));
    }
  };
  return (
    <>
      {why && <Wrongs why={why} fields={() => null} />}
      {!has_passkeys() && <p class="notice bad">{words.value.sign_in.unsupported}</p>}
      <button type="button" disabled={!has_passkeys()} onClick={() => void press()}>{words.value.sign_in.button}</button>
    </>
  );
}

function Enrol(): JSX.Element {
  const [code, write_code] = useState('');
  const [name, write_name] = useState('');
  const [why, set_why] = useState<Refusal | null>(null);
  const say = words.value.sign_in;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const missing = [
      ...(code.trim() === '' ? [{ pointer: '/code', text: say.code_needed }] : []),
      ...(name.trim() === '' ? [{ pointer: '/name', text: say.device_needed }] : []),
    ];
    try {
      // Said here, before the device makes a key for nothing.
      if (missing.length > 0) throw new Refusal(0, '', missing);
      set_why(null);
      await enrol(code.trim(), name.trim());
    } catch (refused) {
      set_why(refusal_of(refused));
    }
  };
  const wrong = (pointer: string): string | undefined => why?.wrong.find((one) => one.pointer === pointer)?.text;
  const field = (pointer: string): { id: string; label: string } | null =>
    pointer === '/code' ? { id: 'enrol-code', label: say.code } : pointer === '/name' ? { id: 'enrol-name', label: say.device } : null;
  return (
    <form noValidate onSubmit={(event) => void send(event)}>
      {why && <Wrongs why={why} fields={field} />}
      <p>{say.enrol_about}</p>
      <Input id="enrol-code" label={say.code} wrong={wrong('/code')}>
        {(given) => <input {...given} value={code} autoComplete="off" spellcheck={false} onInput={(event) => write_code(event.currentTarget.value)} />}
      </Input>
      <Input id="enrol-name" label={say.device} hint={say.device_hint} wrong={wrong('/name')}>
        {(given) => <input {...given} value={name} autoComplete="off" onInput={(event) => write_name(event.currentTarget.value)} />}
      </Input>
      <button disabled={!has_passkeys()}>{say.enrol_button}</button>
    </form>
  );
}

/** For who is not signed in. */
export function SignInPage(): JSX.Element {
  const say = words.value.sign_in;
  return (
    <>
      <Title>{say.title}</Title>
      <p>{say.about}</p>
      <SignInButton />
      <details>
        <summary>{say.enrol_title}</summary>
        <Enrol />
      </details>
    </>
  );
}
