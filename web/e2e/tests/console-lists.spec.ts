// The lists of the console, also while they are read.

import { goTo, openConsole } from './console.ts';
import { accessible, api, expect, product, staff, test } from './shop.ts';

const LISTS = [
  ['/products', '/products'],
  ['/coupons', '/coupons'],
  ['/brands', '/brands'],
  ['/orders', '/admin/orders'],
] as const;

for (const width of [1280, 900, 360]) {
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height: 740 } });

    test('lists can be used while they are read', async ({ page }) => {
      await product();
      await openConsole(page, '/account');
      for (const [view, path] of LISTS) {
        const read = Promise.withResolvers<void>();
        await page.route(`**/api/v1${path}?*`, async (route) => {
          await read.promise;
          await route.continue();
        });
        await goTo(page, `/console${view}`);
        await accessible(page);
        read.resolve();
        await page.unrouteAll({ behavior: 'wait' });
      }
    });
  });
}

test('what can be done with chosen rows is there when rows are chosen', async ({ page }) => {
  const { sku } = await product();
  const token = await staff();
  // The list reads the search index, which follows.
  await expect.poll(async () => (await api<object[]>('GET', `/products?q=${sku}`, undefined, token)).length).toBe(1);
  await openConsole(page, `/products?filter=${encodeURIComponent(JSON.stringify({ q: sku }))}`);
  const archive = page.getByRole('button', { name: 'Archived' });
  const row = page.getByRole('checkbox', { name: 'Choose this row' });
  await expect(row).toBeVisible();
  await expect(archive).toHaveCount(0);
  await row.check();
  await expect(archive).toBeVisible();
  await accessible(page);
  await archive.click();
  await expect(page.getByText('1 product was changed.')).toBeVisible();
});

test('a row that is not seen any more is not changed with those that are chosen now', async ({ page }) => {
  const [hidden, shown] = [await product(), await product()];
  const token = await staff();
  const found = async (sku: string) => (await api<object[]>('GET', `/products?q=${sku}`, undefined, token)).length;
  for (const { sku } of [hidden, shown]) await expect.poll(() => found(sku)).toBe(1);
  await openConsole(page, `/products?filter=${encodeURIComponent(JSON.stringify({ q: hidden.sku }))}`);
  const archive = page.getByRole('button', { name: 'Archived' });
  const row = page.getByRole('checkbox', { name: 'Choose this row' });
  await row.check();
  await expect(archive).toBeVisible();
  await page.getByPlaceholder('Words or SKU').fill(shown.sku);
  await expect(page.getByRole('link', { name: shown.name })).toBeVisible();
  await expect(archive).toHaveCount(0);
  await row.check();
  await archive.click();
  await expect(page.getByText('1 product was changed.')).toBeVisible();
  const status = async ({ id }: { id: string }) =>
    (await api<{ status: string }>('GET', `/products/${id}`, undefined, token)).status;
  expect([await status(hidden), await status(shown)]).toEqual(['active', 'archived']);
});
