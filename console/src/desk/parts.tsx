import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { word_label, words } from './language';
import { Refusal, type Wrong } from './server';

/** Goes to a page of the desks. */
export const go = (where: string): void => {
  location.hash = where;
};

export const thing_page = (path: string): string => `#/thing${path}`;

/** An instant as it is on clocks in China. */
export const in_china = (at: string): string =>
  new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: 'Asia/Shanghai' }).format(new Date(at));

/** The day there. */
export const day_in_china = (at: Date = new Date()): string => new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: 'Asia/Shanghai' }).format(at);

/** What is loaded: shown when it is there; a sentence and a button when it is not. */
export function Loaded<T>({ what, from, children }: { what: string; from: () => Promise<T>; children: (value: T, again: () => void) => ComponentChildren }): JSX.Element {
  const [state, set] = useState<{ of: string; value?: T; why?: string }>({ of: '' });
  const [round, set_round] = useState(0);
  useEffect(() => {
    let wanted = true;
    from().then(
      (value) => wanted && set({ of: what, value }),
      (why: unknown) => wanted && set((before) => ({ ...before, of: what, why: sentence_of(why) })),
    );
    return () => {
      wanted = false;
    };
  }, [what, round]);
  const again = (): void => set_round((n) => n + 1);
  if (state.of !== what) return <p role="status">{words.value.loading}</p>;
  return (
    <>
      {state.why !== undefined && (
        <div class="notice bad" role="alert">
          <p>{state.why}</p>
          <button type="button" onClick={again}>{words.value.open}</button>
        </div>
      )}
      {state.value !== undefined && children(state.value, again)}
    </>
  );
}

export const sentence_of = (why: unknown): string => (why instanceof Refusal ? why.text : words.value.unreadable);

/** All that is wrong with a form, each a link to its field (GOV.UK: error summary). It takes the focus when it appears. */
export function Wrongs({ why, fields }: { why: Refusal; fields: (pointer: string) => { id: string; label: string } | null }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), [why]);
  const row = (one: Wrong): JSX.Element => {
    const field = fields(one.pointer);
    if (!field) return <>{one.text}</>;
    const to_field = (event: Event): void => {
      event.preventDefault();
      document.getElementById(field.id)?.focus();
    };
    return <a href={`#${field.id}`} onClick={to_field}>{field.label}：{one.text}</a>;
  };
  const needs_key = why.wrong.some((one) => one.pointer === '/signature');
  return (
    <div class="notice bad" role="alert" tabIndex={-1} ref={box} data-wrongs>
      <h2>{words.value.error_title}</h2>
      {why.wrong.length === 0 && <p>{why.text}</p>}
      {needs_key && <p>{words.value.signature_needed}</p>}
      {why.wrong.length > 0 && <ul>{why.wrong.map((one) => <li key={one.pointer + one.text}>{row(one)}</li>)}</ul>}
      {why.request && <p class="hint">{words.value.reference} {why.request}</p>}
    </div>
  );
}

interface InputProps {
  id?: string;
  label: string;
  hint?: string;
  wrong?: string;
  optional?: boolean;
  children: (props: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: 'true' }) => ComponentChildren;
}

/** A label, a hint, what is wrong, and the input that they belong to. */
export function Input({ id, label, hint, wrong, optional, children }: InputProps): JSX.Element {
  const made = useId();
  const own = id ?? made;
  const describes = [hint && `${own}-hint`, wrong && `${own}-wrong`].filter(Boolean).join(' ');
  return (
    <div class={wrong ? 'field wrong' : 'field'}>
      <label for={own}>{label}{optional && <span class="hint">{words.value.optional}</span>}</label>
      {hint && <p class="hint" id={`${own}-hint`}>{hint}</p>}
      {wrong && <p class="error" id={`${own}-wrong`}>{wrong}</p>}
      {children({ id: own, ...(describes && { 'aria-describedby': describes }), ...(wrong && { 'aria-invalid': 'true' as const }) })}
    </div>
  );
}

/** A choice of words, under their labels. */
export function Choice({ words: offered, value, on, given, required, prefer }: { words: string[]; value: string; on: (value: string) => void; given: object; required?: boolean; prefer?: string }): JSX.Element {
  return (
    <select {...given} value={value} required={required} onChange={(event) => on(event.currentTarget.value)}>
      <option value="">{words.value.choose}</option>
      {offered.map((word) => <option key={word} value={word}>{word_label(word, offered, prefer)}</option>)}
    </select>
  );
}

/** A title that takes the focus when its page opens, so that who hears the page hears where they are. */
export function Title({ children }: { children: ComponentChildren }): JSX.Element {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  return <h1 tabIndex={-1} ref={title}>{children}</h1>;
}

/** A dialog of the browser's own, open as long as it is there. */
export function Dialog({ title, children, on_close }: { title: string; children: ComponentChildren; on_close?: () => void }): JSX.Element {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    box.current?.showModal();
    return () => box.current?.close();
  }, []);
  return (
    <dialog ref={box} aria-labelledby={heading} onCancel={(event) => (on_close ? on_close() : event.preventDefault())}>
      <h2 id={heading}>{title}</h2>
      {children}
      {on_close && <button type="button" class="plain" onClick={on_close}>{words.value.close}</button>}
    </dialog>
  );
}
