// Writes the examples of the documents into tests/generated/, so that the compiler reads them.

import { mkdir, readFile, writeFile } from 'node:fs/promises';

const FOLDER = new URL('../tests/generated/', import.meta.url);
const DOCUMENTS = { readme: '../README.md', frontend: '../../../docs/frontend.md' };

await mkdir(FOLDER, { recursive: true });
for (const [name, path] of Object.entries(DOCUMENTS)) {
  const text = await readFile(new URL(path, import.meta.url), 'utf8');
  const examples = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
  await writeFile(new URL(`${name}.ts`, FOLDER), examples.join('\n'));
}
