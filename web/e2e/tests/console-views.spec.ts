// Every view of the console, at a desk and on a telephone, light and dark.

import type { Page } from '@playwright/test';
import { openConsole, withoutLive } from './console.ts';
import { accessible, account, api, expect, fitsScreen, product, review, settled, staff, test } from './shop.ts';

const LISTS = [
  '',
  'orders',
  'returns',
  'customers',
  'coupons',
  'reviews',
  'products',
  'categories',
  'brands',
  'stock',
  'files',
  'synonyms',
  'rules',
  'searches',
  'shipping',
  'webhooks',
  'keys',
  'audit',
  'shop',
  'account',
];
const NEW = ['coupons', 'products', 'categories', 'brands', 'synonyms', 'rules', 'shipping'];
const SCREENS = [
  { width: 1280, height: 900, colorScheme: 'light' },
  { width: 360, height: 740, colorScheme: 'dark' },
] as const;
const [DESK] = SCREENS;

test.slow();

test('lists', async ({ page }) => {
  // What other tests do would make the figures pale while they are read again.
  await withoutLive(page);
  await openConsole(page);
  for (const view of LISTS) await look(page, view);
});

test('forms for what is new', async ({ page }) => {
  await openConsole(page);
  for (const view of NEW) await look(page, `${view}/create`);
});

test('pages of one record', async ({ page }) => {
  const { id, sku } = await product();
  await openConsole(page);
  await look(page, `products/${id}`);
  await look(page, `stock/${sku}`);
  await look(page, `coupons/${await first('/coupons', 'code')}`);
  await look(page, `customers/${(await account('Ada Lovelace')).id}/show`);
  await look(page, `orders/${await first('/admin/orders')}/show`);
  for (const terms of ['brands', 'categories']) await look(page, `${terms}/${await first(`/${terms}`)}`);
  await look(page, `shipping/${await first('/admin/shipping-methods')}`);
  await look(page, 'nothing/here');
  await expect(page.getByText('There is nothing at this address.')).toBeVisible();
});

test('pages of what was made for it', async ({ page }) => {
  const { id, sku } = await product();
  await openConsole(page);
  await look(page, `reviews/${await review(id, sku)}/show`);
  await look(page, `synonyms/${await made('/admin/search/synonyms', { terms: [sku, id] })}`);
  await look(page, `rules/${await made('/admin/search/rules', { query: sku, productIds: [id] })}`);
  const hook = { url: 'https://example.com/hook', description: sku, eventTypes: ['return.cancelled'] };
  const { endpoint } = await api<{ endpoint: { id: string } }>('POST', '/admin/webhooks', hook, await staff());
  await look(page, `webhooks/${endpoint.id}`);
  await api('DELETE', `/admin/webhooks/${endpoint.id}`, undefined, await staff());
});

test('a window that becomes narrow shows the page, not the menu', async ({ page }) => {
  await openConsole(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole('button', { name: '7 days' }).click();
  await expect(page.getByRole('button', { name: '7 days' })).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Open menu' }).click();
  await expect(page.getByRole('menuitem', { name: 'Orders' })).toBeVisible();
});

const first = async (path: string, name = 'id') =>
  (await api<Record<string, string>[]>('GET', path, undefined, await staff()))[0]?.[name];

const made = async (path: string, body: object) => (await api<{ id: string }>('POST', path, body, await staff())).id;

/** Opens a view at a desk, and then holds it like a telephone. */
async function look(page: Page, view: string): Promise<void> {
  await hold(page, DESK);
  await go(page, `/console/${view}`);
  for (const screen of SCREENS) {
    await hold(page, screen);
    await expect(page.getByRole('progressbar', { name: /load|read/i })).toHaveCount(0);
    await fitsScreen(page);
    await accessible(page);
  }
}

/** Goes to another view without loading the whole console again. */
async function go(page: Page, to: string): Promise<void> {
  if (new URL(page.url()).pathname === to) return;
  const title = page.getByRole('heading', { level: 1 });
  const before = await title.textContent();
  await page.evaluate((path) => {
    history.pushState(null, '', path);
    dispatchEvent(new PopStateEvent('popstate'));
  }, to);
  await expect(title).not.toHaveText(before ?? '');
  await expect(title).not.toHaveText(/^(Console)?$/);
}

/** Shows a page on a screen. */
async function hold(page: Page, { width, height, colorScheme }: (typeof SCREENS)[number]): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme });
  await settled(page);
}
