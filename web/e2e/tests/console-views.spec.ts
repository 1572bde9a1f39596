// Every view of the console, at a desk and on a telephone, light and dark.

import type { Page } from '@playwright/test';
import { goTo, openConsole, withoutLive } from './console.ts';
import {
  accessible,
  account,
  api,
  expect,
  fitsScreen,
  onScreens,
  product,
  review,
  settled,
  staff,
  test,
} from './shop.ts';

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

test.slow();

test('lists', async ({ page }) => {
  // What other tests do would make the figures pale while they are read again.
  await withoutLive(page);
  await look(page, LISTS);
});

test('forms for what is new', async ({ page }) => {
  await look(
    page,
    NEW.map((view) => `${view}/create`),
  );
});

test('pages of one record', async ({ page }) => {
  const { id, sku } = await product();
  await look(page, [
    `products/${id}`,
    `stock/${sku}`,
    `coupons/${await first('/coupons', 'code')}`,
    `customers/${(await account('Ada Lovelace')).id}/show`,
    `orders/${await first('/admin/orders')}/show`,
    `brands/${await first('/brands')}`,
    `categories/${await first('/categories')}`,
    `shipping/${await first('/admin/shipping-methods')}`,
    'nothing/here',
  ]);
  await expect(page.getByText('There is nothing at this address.')).toBeVisible();
});

test('pages of what was made for it', async ({ page }) => {
  const { id, sku } = await product();
  const hook = { url: 'https://example.com/hook', description: sku, eventTypes: ['return.cancelled'] };
  const { endpoint } = await api<{ endpoint: { id: string } }>('POST', '/admin/webhooks', hook, await staff());
  await look(page, [
    `reviews/${await review(id, sku)}/show`,
    `synonyms/${await made('/admin/search/synonyms', { terms: [sku, id] })}`,
    `rules/${await made('/admin/search/rules', { query: sku, productIds: [id] })}`,
    `webhooks/${endpoint.id}`,
  ]);
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

/** Opens views at a desk, and then on a telephone. A page that changes its screen takes longer than a view. */
async function look(page: Page, views: string[]): Promise<void> {
  await openConsole(page, `/${views[0]}`);
  await onScreens(page, async () => {
    for (const view of views) {
      await goTo(page, `/console/${view}`);
      await expect(page.getByRole('progressbar', { name: /load|read/i })).toHaveCount(0);
      await settled(page);
      await fitsScreen(page);
      await accessible(page);
    }
  });
}
