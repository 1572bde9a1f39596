// react-admin names fields by texts, which TypeScript does not compare with the API. So it is done here.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  allOf?: Schema[];
}

interface Description {
  components: { schemas: Record<string, Schema> };
  paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
}

interface Fields {
  /** What the views show and send. */
  schemas: string[];
  /** The list that they filter. */
  list?: string;
  /** What only the forms know, such as a box for words. */
  own?: string[];
}

const TERMS = { schemas: ['TermBody', 'TermInput'], own: ['q'] };
const FOLDERS: Record<string, Fields> = {
  account: { schemas: ['PasswordAndCodeInput'] },
  audit: { schemas: ['AuditBody'], list: '/api/v1/audit' },
  brands: TERMS,
  categories: TERMS,
  coupons: { schemas: ['CouponBody', 'CouponInput'], list: '/api/v1/coupons' },
  customers: { schemas: ['StaffUserBody', 'BanInput'], own: ['q'] },
  keys: { schemas: ['ApiKeyBody', 'ApiKeyInput'] },
  orders: {
    schemas: ['OrderSummaryBody', 'RefundInput', 'CancelOrderInput', 'ParcelInput', 'OrderNoteInput', 'ReturnInput'],
    list: '/api/v1/admin/orders',
    own: ['q', 'what'],
  },
  products: { schemas: ['ProductBody', 'ProductInput', 'ProductCardBody', 'StockLevelBody'], list: '/api/v1/products' },
  returns: { schemas: ['ReturnBody', 'DeclineReturnInput', 'ShipExchangeInput'], list: '/api/v1/admin/returns' },
  reviews: { schemas: ['WholeReviewBody', 'RejectReviewInput', 'ReviewAnswerInput'], list: '/api/v1/admin/reviews' },
  rules: { schemas: ['SearchRuleBody', 'ProductBody'], own: ['q'] },
  searches: { schemas: ['QueryWithoutResultsBody'], list: '/api/v1/admin/search/queries-without-results' },
  session: { schemas: ['ConfirmInput'] },
  shipping: { schemas: ['ShippingMethodBody', 'ShippingZoneBody', 'WeightTierBody', 'ValueTierBody'] },
  stock: { schemas: ['StockLevelBody', 'SetStockInput', 'AdjustStockInput'], list: '/api/v1/inventory' },
  synonyms: { schemas: ['SynonymBody'], own: ['q'] },
  webhooks: { schemas: ['WebhookEndpointBody', 'WebhookEndpointInput', 'ResendEventsInput'] },
};

const description = JSON.parse(
  await readFile(new URL('../../../functions/status/openapi.json', import.meta.url), 'utf8'),
) as Description;

function propertiesOf(name: string): string[] {
  const schema = description.components.schemas[name];
  assert.ok(schema, `the API has no ${name}`);
  const parts = [schema, ...(schema.allOf ?? [])];
  return parts.flatMap(({ $ref, properties }) => [
    ...Object.keys(properties ?? {}),
    ...($ref ? propertiesOf($ref.split('/').at(-1) ?? '') : []),
  ]);
}

function filtersOf(path: string): string[] {
  const parameters = description.paths[path]?.['get']?.parameters;
  assert.ok(parameters, `the API has no list ${path}`);
  return parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
}

test('every field that a view names is one of the API', async () => {
  const root = new URL('../src/', import.meta.url);
  for (const folder of await readdir(root, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    const files = (await readdir(new URL(`${folder.name}/`, root))).filter((file) => file.endsWith('.tsx'));
    const texts = await Promise.all(files.map((file) => readFile(new URL(`${folder.name}/${file}`, root), 'utf8')));
    const used = new Set(texts.flatMap((text) => [...text.matchAll(/\bsource="(\w+)/g)].map(([, name = '']) => name)));
    const fields = FOLDERS[folder.name];
    if (used.size === 0 && !fields) continue;
    assert.ok(fields, `src/${folder.name} is in the table`);
    const { schemas, list, own = [] } = fields;
    const known = new Set([...schemas.flatMap(propertiesOf), ...(list ? filtersOf(list) : []), ...own]);
    assert.deepEqual(
      [...used].filter((name) => !known.has(name)),
      [],
      `src/${folder.name}`,
    );
  }
});
