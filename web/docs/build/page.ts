import { BASE, type Guide, groups } from './guides.ts';
import { escaped, type Rendered, type Section } from './markdown.ts';

/** Puts a page into the template that Vite built. */
export function page(
  template: string,
  values: Record<'title' | 'about' | 'markdown' | 'navigation' | 'contents' | 'article', string>,
) {
  return template.replace(/<!--(\w+)-->/g, (_, name: keyof typeof values) => values[name]);
}

export function guidePage(template: string, guide: Guide, { html, sections }: Rendered): string {
  return page(template, {
    title: escaped(guide.title),
    about: meta(guide.about),
    markdown: `<link rel="alternate" type="text/markdown" href="${BASE}guides/${guide.name}.md" />`,
    navigation: navigation(guide),
    contents: contents(sections),
    article: html,
  });
}

/** The page that lists all guides. */
export function listPage(template: string): string {
  const item = ({ name, title, about }: Guide) =>
    `<li><a href="${BASE}guides/${name}/">${escaped(title)}</a><p>${escaped(about)}</p></li>`;
  const lists = groups.map(
    (group) => `<h2>${escaped(group.title)}</h2><ul class="cards">${group.guides.map(item).join('')}</ul>`,
  );
  return page(template, {
    title: 'Guides',
    about: meta('The guides of the shop: for storefronts, servers and operators.'),
    markdown: '',
    navigation: navigation(),
    contents: '',
    article: `<h1>Guides</h1><p>Every route of the API is in the <a href="${BASE}">reference</a>. The same for language models: <a href="/llms.txt">llms.txt</a>.</p>${lists.join('')}`,
  });
}

function meta(about: string): string {
  return `<meta name="description" content="${escaped(about)}" />`;
}

function navigation(current?: Guide): string {
  const item = (guide: Guide) =>
    `<li><a href="${BASE}guides/${guide.name}/"${guide === current ? ' aria-current="page"' : ''}>${escaped(guide.title)}</a></li>`;
  return groups
    .map((group) => `<p class="group">${escaped(group.title)}</p><ul>${group.guides.map(item).join('')}</ul>`)
    .join('');
}

function contents(sections: Section[]): string {
  const shown = sections.filter(({ depth }) => depth === 2 || depth === 3);
  const many = shown.length > 40;
  const items = shown
    .filter(({ depth }) => depth === 2 || !many)
    .map(({ id, title, depth }) => `<li class="depth-${depth}"><a href="#${id}">${escaped(title)}</a></li>`);
  if (items.length < 2) return '';
  return `<details class="contents"><summary>On this page</summary><nav aria-label="On this page"><ul>${items.join('')}</ul></nav></details>`;
}
