import { signal } from '@preact/signals';
import { words } from './language';
import { get, post, Refusal, remove, signed_out, type Schemas } from './server';

/** Who sits here; null until that is known, and when nobody is signed in. */
export const me = signal<Schemas['Me'] | null>(null);
/** Grows when somebody else signs in: whatever was open belongs to the one before. */
export const person = signal(0);

const encode = (bytes: ArrayBuffer): string => {
  let text = '';
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
};

const decode = (text: string): Uint8Array<ArrayBuffer> => {
  const raw = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
  return bytes;
};

export const has_passkeys = (): boolean => window.isSecureContext && 'PublicKeyCredential' in window;

/** Sees who is signed in, if anybody is. */
export async function look(): Promise<void> {
  try {
    const now = await get<Schemas['Me']>('/v1/me');
    if (me.value && me.value.account.account_id !== now.account.account_id) person.value += 1;
    me.value = now;
    signed_out.value = false;
  } catch (why) {
    if (!(why instanceof Refusal) || why.status !== 401) throw why;
  }
}

async function challenge(): Promise<{ bytes: Uint8Array<ArrayBuffer>; rp_id: string }> {
  const made = await post<Schemas['SignInChallenge']>('/v1/sign-in-challenges', undefined);
  return { bytes: decode(made.challenge), rp_id: made.rp_id };
}

/** Of the browser, when its person cancels or has no key. */
async function of_device<T>(asked: Promise<T | null>): Promise<T> {
  try {
    const made = await asked;
    if (made) return made;
  } catch {
    // The browser tells no reason, so that no page learns which keys there are.
  }
  throw new Refusal(0, words.value.sign_in.refused, []);
}

export async function sign_in(): Promise<void> {
  const { bytes, rp_id } = await challenge();
  const made = (await of_device(
    navigator.credentials.get({ publicKey: { challenge: bytes, rpId: rp_id, userVerification: 'required', timeout: 120_000 } }),
  )) as PublicKeyCredential;
  const said = made.response as AuthenticatorAssertionResponse;
  await post('/v1/sessions', {
    credential_id: made.id,
    client_data: encode(said.clientDataJSON),
    authenticator_data: encode(said.authenticatorData),
    signature: encode(said.signature),
  });
  await look();
}

export async function enrol(code: string, name: string): Promise<void> {
  const { bytes, rp_id } = await challenge();
  const made = (await of_device(
    navigator.credentials.create({
      publicKey: {
        challenge: bytes,
        rp: { id: rp_id, name: 'Sponsio' },
        // The account is known by its code only, and the server learns the rest from it.
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name },
        pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        timeout: 120_000,
      },
    }),
  )) as PublicKeyCredential;
  const said = made.response as AuthenticatorAttestationResponse;
  try {
    await post('/v1/passkeys', { code, name, client_data: encode(said.clientDataJSON), authenticator_data: encode(said.getAuthenticatorData()) });
  } catch (why) {
    // So that the device does not offer a key that nobody took; where a browser has no word for that, it stays there unused.
    const signal = (PublicKeyCredential as unknown as { signalUnknownCredential?: (of: { rpId: string; credentialId: string }) => Promise<void> }).signalUnknownCredential;
    if (why instanceof Refusal && why.status >= 400 && why.status < 500) await signal?.call(PublicKeyCredential, { rpId: rp_id, credentialId: made.id }).catch(() => {});
    throw why;
  }
  await look();
}

export async function sign_out(): Promise<void> {
  if (me.value) await remove(`/v1/tokens/${me.value.token.token_id}`);
  me.value = null;
  person.value += 1;
}

export const has_role = (...roles: string[]): boolean => roles.some((role) => (me.value?.roles as string[] | undefined)?.includes(role));
