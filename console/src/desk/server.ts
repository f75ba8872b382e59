import createClient from 'openapi-fetch';
import { signal } from '@preact/signals';
import all_operations from '../../generated/operations.json';
import type { paths, components } from '../../generated/contract';
import { language, words } from './language';

export type Schemas = components['schemas'];

/** A field of what an operation takes (operations.mjs). */
export type Field =
  | { kind: 'group'; members: NamedField[] }
  | { kind: 'list'; min?: number; max?: number; item: Field }
  | { kind: 'choice'; words: string[] }
  | { kind: 'integer'; min?: number; max?: number }
  | { kind: 'text' | 'long'; max?: number }
  | { kind: 'boolean' | 'date' | 'instant' };
export type NamedField = Field & { name: string; required: boolean };

export interface Operation {
  method: string;
  path: string;
  roles?: string[];
  keyed: boolean;
  upload?: boolean;
  query?: NamedField[];
  body?: Field;
}

export const operations = all_operations as unknown as Record<string, Operation>;

/** One thing that is wrong, and where: a JSON Pointer, or empty for the whole. */
export interface Wrong { pointer: string; text: string }

/** Why something was not done. */
export class Refusal extends Error {
  constructor(readonly status: number, readonly text: string, readonly wrong: Wrong[], readonly request: string | null = null) {
    super(text);
  }
}

/** Set when the session has ended: then the page asks to sign in again, above whatever is open. */
export const signed_out = signal(false);

interface Problem { title: string; detail?: string; errors?: { pointer?: string; parameter?: string; detail: string }[] }

/** A name that makes sure that what is sent twice is done once. */
export const fresh_key = (): string => crypto.randomUUID();

async function refusal_of(answer: Response): Promise<Refusal> {
  const request = answer.headers.get('X-Request-Id');
  if (answer.status === 429) return new Refusal(429, words.value.wait(Number(answer.headers.get('Retry-After') ?? 1)), [], request);
  try {
    const problem = (await answer.json()) as Problem;
    const wrong = (problem.errors ?? []).map((one) => ({ pointer: one.pointer ?? one.parameter ?? '', text: one.detail }));
    return new Refusal(answer.status, problem.detail ?? problem.title, wrong, request);
  } catch {
    return new Refusal(answer.status, words.value.unreadable, [], request);
  }
}

/** Every request of the page goes through here. Throws a Refusal with a sentence, whatever went wrong. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('Accept-Language', language.value === 'en' ? 'en' : 'zh-CN');
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers });
  } catch {
    throw new Refusal(0, words.value.offline, []);
  }
  if (answer.ok) return answer;
  if (answer.status === 401 && !path.startsWith('/v1/sessions')) signed_out.value = true;
  throw await refusal_of(answer);
}

async function json_of(answer: Response): Promise<unknown> {
  if (answer.status === 204) return null;
  try {
    return await answer.json();
  } catch {
    throw new Refusal(answer.status, words.value.unreadable, []);
  }
}

export async function get<T = unknown>(path: string): Promise<T> {
  return (await json_of(await ask(path, { headers: { Accept: 'application/json' } }))) as T;
}

export async function post<T = unknown>(path: string, body: unknown, key?: string): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (key) headers['Idempotency-Key'] = key;
  return (await json_of(await ask(path, { method: 'POST', headers, body: body === undefined ? undefined : JSON.stringify(body) }))) as T;
}

export async function remove(path: string): Promise<void> {
  await ask(path, { method: 'DELETE' });
}

/** Reads what the contract describes, with its types. */
export const api = createClient<paths>({ fetch: async (request: Request) => ask(request.url, { headers: request.headers }) });

/** What openapi-fetch answers; refusals were thrown before. */
export function data_of<T>(answer: { data?: T }): T {
  if (answer.data === undefined) throw new Refusal(200, words.value.unreadable, []);
  return answer.data;
}

/** Keeps what the server sends as a file. */
export async function download(path: string, accept: string, name: string): Promise<void> {
  const answer = await ask(path, { headers: { Accept: accept } });
  save(await answer.blob(), name);
}

export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** The parameters of a path that a template of the contract matches; null if it does not. */
export function match(template: string, path: string): Record<string, string> | null {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [i, piece] of wanted.entries()) {
    if (piece.startsWith('{')) found[piece.slice(1, -1)] = given[i];
    else if (piece !== given[i]) return null;
  }
  return found;
}

export const fill = (template: string, values: Record<string, string>): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
