// The search over guides and routes. Its index is made when somebody searches for the first time.
import type MiniSearch from 'minisearch';

type Entry = { id: number; url: string; page: string; title: string; name: string; text: string };

const MOST = 12;
const find = <T extends HTMLElement>(selector: string) => document.querySelector<T>(selector)!;
const dialog = find<HTMLDialogElement>('#search');
const words = find<HTMLInputElement>('#words');
const found = find('#found');
const results = find('#results');

let index: Promise<MiniSearch<Entry>> | undefined;

async function makeIndex(): Promise<MiniSearch<Entry>> {
  const [{ default: MiniSearch }, answer] = await Promise.all([import('minisearch'), fetch('/api/docs/search.json')]);
  if (!answer.ok) throw new Error(`search.json: ${answer.status}`);
  const made = new MiniSearch<Entry>({
    fields: ['title', 'name', 'page', 'text'],
    storeFields: ['url', 'page', 'title', 'text'],
    searchOptions: { boost: { name: 8, title: 4, page: 2 }, prefix: true, fuzzy: 0.15, combineWith: 'AND' },
  });
  made.addAll((await answer.json()) as Entry[]);
  return made;
}

function open() {
  if (dialog.open) return;
  dialog.showModal();
  words.select();
  void search();
}

async function search() {
  const asked = words.value.trim();
  if (!asked) {
    found.textContent = 'Guides, error codes and routes.';
    results.replaceChildren();
    return;
  }
  try {
    index ??= makeIndex();
    const all = (await index).search(asked);
    // Somebody typed on meanwhile.
    if (asked !== words.value.trim()) return;
    found.textContent = all.length
      ? `${all.length === 1 ? '1 place' : `${all.length} places`}`
      : `Nothing has “${asked}”.`;
    results.replaceChildren(...all.slice(0, MOST).map((one) => item(one as unknown as Entry & { terms: string[] })));
  } catch (error) {
    console.error(error);
    index = undefined;
    found.textContent = 'The search could not be loaded. Please try again.';
  }
}

function item({ url, page, title, text, terms }: Entry & { terms: string[] }): HTMLElement {
  const link = element('a', '', element('strong', title), element('span', page), element('span', excerpt(text, terms)));
  link.setAttribute('href', url);
  link.addEventListener('click', () => dialog.close());
  return element('li', '', link);
}

/** The text around the first word that was found. */
function excerpt(text: string, terms: string[]): string {
  const lower = text.toLowerCase();
  const places = terms.map((term) => lower.indexOf(term)).filter((place) => place >= 0);
  const from = Math.max(0, Math.min(...places, lower.length) - 60);
  const start = places.length && from ? text.indexOf(' ', from) + 1 : 0;
  const part = text.slice(start, start + 160);
  return `${start ? '… ' : ''}${part}${start + 160 < text.length ? ' …' : ''}`;
}

function element(name: string, text: string, ...children: HTMLElement[]): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  made.append(...children);
  return made;
}

/** The arrow keys go from the words to the results, and back. */
function move(event: KeyboardEvent) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const stops: HTMLElement[] = [words, ...results.querySelectorAll('a')];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

/** A slash opens the search, unless somebody is writing. */
function shortcut(event: KeyboardEvent) {
  const at = event.target as HTMLElement;
  const isWriting = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
  if (event.key !== '/' || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  open();
}

find('#open-search').addEventListener('click', open);
words.addEventListener('input', () => void search());
dialog.addEventListener('keydown', move);
// Enter opens the first result, and does not close the dialog.
words.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return;
  event.preventDefault();
  results.querySelector('a')?.click();
});
document.addEventListener('keydown', shortcut);
for (const link of document.querySelectorAll<HTMLAnchorElement>('.places a')) {
  if (new URL(link.href).pathname === location.pathname) link.setAttribute('aria-current', 'page');
}
