// Writes the guides as pages and as Markdown, the data of the search, and llms.txt, after Vite has built the rest.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BASE, files, guides, ROOT, source } from './guides.ts';
import { withPublishedLinks } from './links.ts';
import { full, short } from './llms.ts';
import { render } from './markdown.ts';
import { guidePage, listPage } from './page.ts';
import { entries } from './search.ts';

const SITE = join(import.meta.dirname, '../dist');

function write(address: string, content: string) {
  const path = join(SITE, address);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

const templateFile = join(SITE, BASE, 'guides.html');
const template = readFileSync(templateFile, 'utf8');
rmSync(templateFile);

write(`${BASE}guides/index.html`, listPage(template));
for (const guide of guides) {
  const markdown = source(guide);
  write(`${BASE}guides/${guide.name}/index.html`, guidePage(template, guide, render(markdown, guide.file)));
  write(`${BASE}guides/${guide.name}.md`, withPublishedLinks(markdown, guide.file));
}
for (const [file, path] of files) {
  mkdirSync(dirname(join(SITE, BASE, path)), { recursive: true });
  cpSync(join(ROOT, file), join(SITE, BASE, path));
}
write(`${BASE}search.json`, JSON.stringify(entries()));
write('llms.txt', short());
write('llms-full.txt', full());
