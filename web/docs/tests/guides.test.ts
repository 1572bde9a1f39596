import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Marked } from 'marked';
import { states } from '../build/diagrams.ts';
import { files, guides, ROOT, source } from '../build/guides.ts';
import { resolve, target, withPublishedLinks } from '../build/links.ts';
import { full, short } from '../build/llms.ts';
import { render, slug } from '../build/markdown.ts';
import { address, operation, operations } from '../build/operations.ts';
import { guidePage, listPage } from '../build/page.ts';
import { entries } from '../build/search.ts';

const TEMPLATE = '<!--title--><!--about--><!--markdown--><!--navigation--><!--contents--><!--article-->';
const pages = new Map(guides.map((guide) => [guide.file, render(source(guide), guide.file)]));
const linksIn = (html: string) => [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href);

test('every guide of docs/ is published, and is in the navigation of every page', () => {
  const written = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const published = guides.map(({ file }) => file);
  assert.deepEqual(
    written.filter((name) => !published.includes(`docs/${name}`)),
    [],
  );
  for (const guide of guides) {
    const links = linksIn(guidePage(TEMPLATE, guide, pages.get(guide.file)!));
    for (const { name } of guides)
      assert.ok(links.includes(`/api/docs/guides/${name}/`), `${guide.name} links ${name}`);
  }
});

test('every link of a guide means a file that exists, and a heading that it has', () => {
  for (const { file, name } of guides) {
    new Marked().walkTokens(new Marked().lexer(source({ file, name, title: '', about: '' })), (token) => {
      if (token.type !== 'link') return;
      const meant = target(token['href'] as string, file);
      if (!meant) return;
      assert.ok(existsSync(join(ROOT, meant.file)), `${file} links ${meant.file}`);
      const page = pages.get(meant.file);
      if (page && meant.fragment)
        assert.ok(
          page.sections.some(({ id }) => id === meant.fragment),
          `${file} links ${meant.file}#${meant.fragment}`,
        );
    });
  }
});

test('every link of a page leads to a page, a file or a route', () => {
  const addresses = new Set<string>([
    '/api/docs/',
    '/api/docs/guides/',
    '/llms.txt',
    '/llms-full.txt',
    '/api/v1/openapi.json',
  ]);
  for (const { name, file } of guides) {
    addresses.add(`/api/docs/guides/${name}/`).add(`/api/docs/guides/${name}.md`);
    for (const { id } of pages.get(file)!.sections) addresses.add(`/api/docs/guides/${name}/#${id}`);
  }
  for (const path of files.values()) addresses.add(`/api/docs/${path}`);
  for (const one of operations) addresses.add(address(one));
  const made = [
    ...guides.map((guide) => [guidePage(TEMPLATE, guide, pages.get(guide.file)!), guide.name]),
    [listPage(TEMPLATE), ''],
  ];
  for (const [html = '', name] of made) {
    for (const href of linksIn(html)) {
      const whole = href.startsWith('#') ? `/api/docs/guides/${name}/${href}` : href;
      assert.ok(whole.startsWith('https://') || addresses.has(whole), `${name} links ${href}`);
    }
  }
  for (const { url } of entries()) assert.ok(addresses.has(url), `the search finds ${url}`);
});

test('links to sources that are not published are plain text', () => {
  assert.equal(resolve('../template.yaml', 'docs/operations.md', 'page'), null);
  assert.equal(
    withPublishedLinks('[a](../template.yaml) [b](errors.md#x)\n', 'docs/frontend.md'),
    'a [b](/api/docs/guides/errors.md#x)\n',
  );
  assert.equal(withPublishedLinks('```ts\nf[a](b)\n```\n', 'docs/frontend.md'), '```ts\nf[a](b)\n```\n');
});

test('a link that is the name of a file has the title of its guide', () => {
  const { html } = render('See [checkout.md](checkout.md#orders).\n', 'docs/returns.md');
  assert.equal(html, '<p>See <a href="/api/docs/guides/checkout/#orders">Checkout</a>.</p>\n');
});

test('headings have the ids of GitHub, each once', () => {
  assert.equal(slug('The shop’s `GET /shop`, and more'), 'the-shops-get-shop-and-more');
  const { sections } = render('# A\n\n## B\n\ntext\n\n## B\n', 'docs/frontend.md');
  assert.deepEqual(
    sections.map(({ id }) => id),
    ['a', 'b', 'b-1'],
  );
  assert.equal(sections[1]?.text, 'text');
});

test('routes and operations in code lead to the reference', () => {
  assert.equal(operation('GET /products/{id}?currency=usd')?.id, 'getProduct');
  assert.equal(operation('listProducts')?.path, '/api/v1/products');
  assert.equal(operation('GET /nothing'), undefined);
});

test('a diagram of states is a table', () => {
  const html = states('stateDiagram-v2\n  [*] --> paid: nothing to pay\n  paid --> shipped\n') ?? '';
  assert.match(html, /<td>\(new\)<\/td><td><code>paid<\/code><\/td><td>nothing to pay<\/td>/);
  assert.match(html, /<td><code>paid<\/code><\/td><td><code>shipped<\/code><\/td><td><\/td>/);
  assert.equal(states('flowchart LR'), null);
});

test('llms.txt names routes that exist and links files that are published', () => {
  const text = short();
  assert.match(text, /^# .+\n\n> /);
  const routes = [...text.matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`?]*)/g)].map(([, route = '']) => route);
  assert.ok(routes.length > 10);
  for (const route of routes) assert.ok(operation(route), `llms.txt names ${route}`);
  for (const { name } of guides) assert.ok(text.includes(`(/api/docs/guides/${name}.md)`));
  for (const { path } of operations) assert.ok(full().includes(path));
});
