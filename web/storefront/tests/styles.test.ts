import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const files = globSync('src/**/*.css').sort();
const textOf = (file: string) => readFileSync(file, 'utf8').replace(/\/\*.*?\*\//gs, '');

test('every file of styles is imported once', () => {
  const imported = [...textOf('src/style.css').matchAll(/@import "\.\/(.+?)"/g)].map(([, name]) => `src/${name}`);
  const others = files.filter((file) => file !== 'src/style.css' && file !== 'src/ui/look.css');
  assert.deepEqual(imported.sort(), others);
});

/** All styles are on every page, so what two files say of one class would change each other's pages. */
test('a class is described in one file', () => {
  const known = new Map<string, string>();
  for (const file of files) {
    for (const [, selectors = ''] of textOf(file).matchAll(/([^{}]+)\{/g)) {
      for (const selector of selectors.split(',')) {
        const name = /\.([a-z][\w-]*)/.exec(selector)?.[1];
        if (name === undefined) continue;
        assert.equal(known.get(name) ?? file, file, selector.trim());
        known.set(name, file);
      }
    }
  }
  assert.ok(known.has('card'));
});
