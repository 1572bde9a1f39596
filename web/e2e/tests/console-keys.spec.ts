// Orders are worked through without a mouse.

import { openConsole } from './console.ts';
import { accessible, expect, paidOrder, product, test } from './shop.ts';

test('orders of a queue are shipped one after the other by keyboard', async ({ page }) => {
  const { sku } = await product();
  const orders = [await paidOrder(sku), await paidOrder(sku)];
  // Only the orders of this test, as a list has them.
  await page.route('**/api/v1/admin/orders?*', async (route) => {
    const answer = await route.fetch();
    const { data, ...rest } = (await answer.json()) as { data: { id: string }[] };
    const own = data.filter(({ id }) => orders.some((order) => order.id === id));
    await route.fulfill({ json: { ...rest, data: own, pagination: { limit: 25, nextCursor: null } } });
  });
  await openConsole(page, '/orders');
  await page.getByRole('button', { name: 'Keys (?)' }).press('?');
  await accessible(page);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'To send' }).press('Enter');
  const rows = page.getByRole('table').getByRole('row');
  await expect(rows).toHaveCount(3);
  const numbers = await rows.getByRole('link').allTextContents();
  expect(numbers).toHaveLength(2);
  await page.keyboard.press('j');
  await expect(page.getByRole('link', { name: numbers[0] as string })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: `Order ${numbers[0]}` })).toBeFocused();

  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog', { name: 'Ship a parcel' });
  await accessible(page);
  await dialog.getByLabel('Carrier').press('D');
  await page.keyboard.type('HL');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(dialog.getByLabel('Tracking code')).toBeFocused();
  await page.keyboard.type('JD014600003SE');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The parcel is on its way.')).toBeVisible();
  await expect(dialog).toHaveCount(0);

  // The order has left the list, not the queue.
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { level: 1, name: `Order ${numbers[1]}` })).toBeFocused();
  await page.keyboard.press('j');
  await expect(page.getByText('This is the last order of the list.')).toBeVisible();
  await page.keyboard.press('k');
  await expect(page.getByRole('heading', { level: 1, name: `Order ${numbers[0]}` })).toBeFocused();
  await expect(page.getByRole('link', { name: 'JD014600003SE' })).toBeVisible();
  await page.keyboard.press('u');
  await expect(rows).toHaveCount(2);
});
