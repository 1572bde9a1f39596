// Makes HTML of a guide, and the sections that its table of contents and the search are made from.
import { Marked, type Token, type Tokens } from 'marked';
import { states } from './diagrams.ts';
import { guides } from './guides.ts';
import { resolve, target } from './links.ts';
import { address, operation } from './operations.ts';

export type Section = { id: string; title: string; depth: number; text: string };
export type Rendered = { html: string; sections: Section[] };

export function render(markdown: string, file: string): Rendered {
  const sections: Section[] = [];
  const ids = new Set<string>();
  let isInLink = false;
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const { id, title } = sections[sections.length - 1] as Section;
        const inner = this.parser.parseInline(tokens);
        if (depth === 1) return `<h1 id="${id}">${inner}</h1>\n`;
        const link = `<a class="anchor" href="#${id}" aria-label="Link to “${escaped(title)}”">#</a>`;
        return `<h${depth} id="${id}">${inner} ${link}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        isInLink = true;
        const inner = this.parser.parseInline(tokens);
        isInLink = false;
        const to = resolve(href, file, 'page');
        const guide = /\.md$/.test(inner) && guides.find((one) => one.file === target(href, file)?.file);
        if (guide) return `<a href="${to}">${escaped(guide.title)}</a>`;
        return to ? `<a href="${escaped(to)}">${inner}</a>` : inner;
      },
      codespan({ text }) {
        const route = isInLink ? undefined : operation(text);
        const code = `<code>${escaped(text)}</code>`;
        return route ? `<a class="route" href="${escaped(address(route))}">${code}</a>` : code;
      },
      code({ text, lang }) {
        if (lang === 'mermaid') return states(text) ?? block(text, 'Diagram');
        return block(text, lang ? `Code: ${lang}` : 'Code');
      },
      table(token) {
        const cell = ({ tokens, header }: Tokens.TableCell) => {
          // A heading without words is none for those who listen.
          const name = header && tokens.length ? 'th' : 'td';
          return `<${name}>${this.parser.parseInline(tokens)}</${name}>`;
        };
        const row = (cells: Tokens.TableCell[]) => `<tr>${cells.map(cell).join('')}</tr>`;
        const body = token.rows.map((cells) => row(cells)).join('\n');
        return table(row(token.header), body, sections[sections.length - 1]?.title ?? '');
      },
    },
  });
  const parts = marked.lexer(markdown).filter((token) => !isContents(token));
  const html = parts.map((token) => {
    if (token.type === 'heading') {
      const title = plain(marked.parseInline(token.raw.replace(/^#+\s*/, ''), { async: false }));
      sections.push({ id: unique(slug(title), ids), title, depth: token['depth'] as number, text: '' });
      return marked.parser([token]);
    }
    const part = marked.parser([token]);
    const section = sections[sections.length - 1];
    if (section) section.text += `${plain(part)} `;
    return part;
  });
  return { html: html.join(''), sections: sections.map((one) => ({ ...one, text: one.text.trim() })) };
}

/** A block that is wider than a phone scrolls in itself, also by keyboard. */
export function table(head: string, body: string, name: string): string {
  const label = escaped(`Table: ${name}`);
  return `<div class="wide" tabindex="0" role="group" aria-label="${label}"><table><thead>${head}</thead><tbody>${body}</tbody></table></div>\n`;
}

function block(text: string, name: string): string {
  return `<pre tabindex="0" role="group" aria-label="${escaped(name)}"><code>${escaped(text)}</code></pre>\n`;
}

/** A list of nothing but links to the same page. Pages have a table of contents beside the text. */
function isContents(token: Token): boolean {
  return (
    token.type === 'list' &&
    token.raw.trim().split('\n').length > 3 &&
    /^(- \[[^\]]+\]\(#[^)]+\)\n?)+$/.test(token.raw.trim())
  );
}

/** The id that GitHub gives a heading, because links were written for it. */
export function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function unique(id: string, ids: Set<string>): string {
  let name = id;
  for (let n = 1; ids.has(name); n++) name = `${id}-${n}`;
  ids.add(name);
  return name;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function plain(html: string): string {
  const text = html
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"');
  return text.replaceAll('&#39;', "'").replaceAll('&amp;', '&').replace(/\s+/g, ' ').trim();
}
