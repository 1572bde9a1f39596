// Writes src/generated/ from the description of the API: the types, the values that pages offer as a choice, and which
// operations take which of the client's headers. Nothing of it is committed, so it is always as new as the description.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';

interface Operation {
  operationId: string;
  parameters?: { in: string; name: string; required?: boolean }[];
  security?: Record<string, string[]>[];
}

const DESCRIPTION = new URL('../../../functions/status/openapi.json', import.meta.url);
const FOLDER = new URL('../src/generated/', import.meta.url);
/** Choices of people, by the schema and the field that has them. */
const CHOICES = {
  PICTURE_TYPES: ['PictureUploadInput', 'contentType'],
  RETURN_REASONS: ['ReturnItemInput', 'reason'],
} as const;
const HEADERS = ['Idempotency-Key', 'Cart-Token', 'Order-Token', 'Device-Token', 'Session-Cookie'];
const NOTE = '// Made from the description of the API by scripts/generate.ts.\n\n';

const description = JSON.parse(await readFile(DESCRIPTION, 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties: Record<string, { enum?: (string | null)[] }> }> };
};
const withoutToken: string[] = [];
const takes: Record<string, string[]> = Object.fromEntries(HEADERS.map((name) => [name, []]));

for (const [path, operations] of Object.entries(description.paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    const name = `${method.toUpperCase()} ${path}`;
    if (operation.security?.length === 0) withoutToken.push(name);
    for (const parameter of operation.parameters ?? []) {
      const operations = parameter.in === 'header' ? takes[parameter.name] : undefined;
      if (operations) {
        operations.push(name);
        // The client sends it by itself.
        parameter.required = false;
      }
    }
  }
}

const missing = HEADERS.filter((name) => takes[name]?.length === 0);
if (missing.length > 0) throw new Error(`no operation takes ${missing.join(', ')}`);

const types = await openapiTS(description as unknown as OpenAPI3, { rootTypes: true, rootTypesNoSchemaPrefix: true });
await mkdir(FOLDER, { recursive: true });
await writeFile(new URL('schema.ts', FOLDER), NOTE + astToString(types));
await writeFile(
  new URL('operations.ts', FOLDER),
  `${NOTE}/** The operations that nobody signs in for: they get no access token. */
export const WITHOUT_TOKEN: readonly string[] = ${JSON.stringify(withoutToken, null, 2)};

/** The operations that take each of these headers. */
export const TAKES = ${JSON.stringify(takes, null, 2)} as const satisfies Record<string, readonly string[]>;
`,
);

const choices = Object.entries(CHOICES).map(([name, [schema, field]]) => {
  const values = (description.components.schemas[schema]?.properties[field]?.enum ?? []).filter((one) => one !== null);
  if (values.length === 0) throw new Error(`${schema}.${field} has no values`);
  // In a list for people, `other` stands last.
  const sorted = [...values.filter((one) => one !== 'other'), ...values.filter((one) => one === 'other')];
  return `export const ${name} = ${JSON.stringify(sorted, null, 2)} as const;\n`;
});
await writeFile(new URL('choices.ts', FOLDER), NOTE + choices.join('\n'));
