import { posix } from 'node:path';
import { BASE, files, guides } from './guides.ts';

export type Form = 'page' | 'markdown';

/** The file of the repository that a link of another one means, and the place in it. Null for an address elsewhere. */
export function target(href: string, from: string): { file: string; fragment: string } | null {
  if (/^[a-z]+:/.test(href)) return null;
  const [path = '', fragment = ''] = href.split('#');
  return { file: path ? posix.join(posix.dirname(from), path) : from, fragment };
}

/** Where a link of a guide leads on these pages. Null if it is a file of the repository that is not published. */
export function resolve(href: string, from: string, form: Form): string | null {
  const meant = target(href, from);
  // Addresses of the local cloud are no links for those who read this elsewhere.
  if (!meant) return href.startsWith('http:') ? null : href;
  const end = meant.fragment && `#${meant.fragment}`;
  const guide = guides.find(({ file }) => file === meant.file);
  if (guide) return `${BASE}guides/${guide.name}${form === 'page' ? '/' : '.md'}${end}`;
  const file = files.get(meant.file);
  return file ? BASE + file : null;
}

/** The text of a guide whose links lead to other published texts. */
export function withPublishedLinks(markdown: string, from: string): string {
  // Every second part is a block of code.
  const parts = markdown.split(/(^```[\s\S]*?^```)/m);
  const linked = (text: string) =>
    text.replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, words: string, href: string) => {
      const address = resolve(href, from, 'markdown');
      return address ? `[${words}](${address})` : words;
    });
  return parts.map((part, index) => (index % 2 ? part : linked(part))).join('');
}
