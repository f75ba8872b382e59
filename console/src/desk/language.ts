import { computed, effect, signal } from '@preact/signals';
import { en } from '../words/en';
import { members_zh, readable, steps, type Both } from '../words/labels';
import { zh } from '../words/zh';

export type Language = 'zh' | 'en';

const remembered = 'language';

export const language = signal<Language>(localStorage.getItem(remembered) === 'en' ? 'en' : 'zh');
export const words = computed(() => (language.value === 'en' ? en : zh));

effect(() => {
  localStorage.setItem(remembered, language.value);
  document.documentElement.lang = words.value.tag;
});

export const in_language = (text: Both): string => text[language.value];

/** What a member of the contract is called. */
export const member = (name: string): string => (language.value === 'zh' ? members_zh[name] : undefined) ?? readable(name);

/** What a step is called. */
export const step_name = (operation: string): string => (steps[operation] ? in_language(steps[operation]) : readable(operation));

interface List { name: string; words: { word: string; label: Both }[] }

/** The closed lists of the contract with their labels (GET /v1/vocabulary), once they are here. */
export const vocabulary = signal<List[]>([]);

export async function load_vocabulary(): Promise<void> {
  const answer = await fetch('/v1/vocabulary');
  if (answer.ok) vocabulary.value = ((await answer.json()) as { lists: List[] }).lists;
}

/** The label of a word: of the list that has all these words, else of any that has it; the word itself if none has. */
export function word_label(word: string, among: string[] = [word], prefer?: string): string {
  const lists = vocabulary.value.filter((list) => among.every((one) => list.words.some((row) => row.word === one)));
  const list = lists.find((one) => one.name === prefer) ?? lists.sort((a, b) => a.words.length - b.words.length)[0];
  const found = list?.words.find((row) => row.word === word);
  return found ? in_language(found.label) : word;
}
