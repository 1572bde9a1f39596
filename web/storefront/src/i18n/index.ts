import { formatOf } from '@kontor/client';
import { signal } from '@preact/signals';
import { ofShop } from '../storage.ts';
import en from './en/index.ts';

/** To add a language: a folder beside `en` with the same files, a line here, and one in `load`. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

type English = typeof en;
export type Messages = Record<keyof English, string>;

/** `results_one` and `results_other` are one key, `results`: the number `count` chooses between them. */
type Singular<Name> = Name extends `${infer Key}_${'one' | 'other'}` ? Key : Name;
export type Key = Singular<keyof English>;
type TextOf<K extends Key> = K extends keyof English
  ? English[K]
  : `${K}_other` extends keyof English
    ? English[`${K}_other`]
    : never;
type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<K extends Key> = [Names<TextOf<K>>] extends [never]
  ? []
  : [values: Record<Names<TextOf<K>>, string | number>];

const KEPT = 'kontor.language';
const messages = signal<Messages>(en);
export const language = signal<Language>('en');

/** English is in the first script; others are loaded when somebody reads them. */
async function load(chosen: Language): Promise<Messages> {
  return chosen === 'de' ? (await import('./de/index.ts')).default : en;
}

export async function setLanguage(chosen: Language, keep = true): Promise<void> {
  messages.value = await load(chosen);
  language.value = chosen;
  document.documentElement.lang = chosen;
  if (keep) ofShop.setItem(KEPT, chosen);
}

/** The language that was chosen before, the first of the browser's that the pages have, or that of the shop's own HTML. */
export function preferredLanguage(): Language {
  return firstKnown([ofShop.getItem(KEPT) ?? '', ...navigator.languages, document.documentElement.lang]);
}

/** The first language of these tags, such as `de-AT`, that the pages have. */
export function firstKnown(tags: readonly string[]): Language {
  const codes = tags.map((tag) => tag.split('-')[0]?.toLowerCase() ?? '');
  return codes.find((code): code is Language => Object.hasOwn(languages, code)) ?? 'en';
}

/** The text of a key in the language of the page. A component that calls it is drawn again when the language changes. */
export function t<K extends Key>(key: K, ...[values]: Values<K>): string {
  return textOf(key, values) ?? key;
}

/** The text of a key that is only known at run time, such as that of an error code. */
export function textIfKnown(key: string): string | undefined {
  return textOf(key);
}

function textOf(key: string, values: Record<string, string | number> = {}): string | undefined {
  const texts = messages.value as Record<string, string | undefined>;
  const text = texts[key] ?? texts[`${key}_${formFor(Number(values['count'] ?? 0))}`];
  return text?.replace(/\{(\w+)\}/g, (_, name: string) => shown(values[name]));
}

function formFor(count: number): 'one' | 'other' {
  return formatOf(Intl.PluralRules, language.value).select(count) === 'one' ? 'one' : 'other';
}

function shown(value: string | number | undefined): string {
  return typeof value === 'number' ? formatNumber(value) : (value ?? '');
}

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return formatOf(Intl.NumberFormat, language.value, options).format(value);
}

/** A day, or with `time` a moment. Days such as `2026-12-24` are the same in every time zone. */
export function formatDate(value: string, style: 'day' | 'time' = 'day'): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(value);
  const options: Intl.DateTimeFormatOptions = {
    dateStyle: 'long',
    ...(style === 'time' && { timeStyle: 'short' }),
    ...(isDay && { timeZone: 'UTC' }),
  };
  return formatOf(Intl.DateTimeFormat, language.value, options).format(new Date(value));
}
