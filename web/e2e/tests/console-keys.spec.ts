// Orders are worked through without a mouse.

import { openConsole } from './console.ts';
import { accessible, expect, paidOrder, product, test } from './shop.ts';

test('orders of a queue are shipped one after the other by keyboard', async ({ page }) => {
  const { sku } = await product();
  const first = await paidOrder(sku);
  const second = await paidOrder(sku);
  const pageOf = ({ id }: { id: string }) => `/console/orders/${id}/show`;
  // Only the orders of this test, as a list has them.
  await page.route('**/api/v1/admin/orders?*', async (route) => {
    const url = new URL(route.request().url());
    url.searchParams.set('limit', '100');
    const answer = await route.fetch({ url: url.href });
    const { data, ...rest } = (await answer.json()) as { data: { id: string }[] };
    const own = data.filter(({ id }) => [first.id, second.id].includes(id));
    await route.fulfill({ json: { ...rest, data: own, pagination: { limit: 25, nextCursor: null } } });
  });
  await openConsole(page, '/orders');
  await page.getByRole('button', { name: 'Keys (?)' }).press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await accessible(page);
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'To send' }).press('Enter');
  const links = page.getByRole('table').getByRole('row').getByRole('link');
  await expect(links.first()).toHaveAttribute('href', pageOf(first));
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await expect(links.first()).toBeFocused();
  await page.keyboard.press('Enter');
  const titleOf = ({ number }: { number: string }) => page.getByRole('heading', { level: 1, name: `Order ${number}` });
  await expect(titleOf(first)).toBeFocused();

  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog', { name: 'Ship a parcel' });
  await expect(dialog.getByLabel('Tracking code')).toBeFocused();
  await accessible(page);
  await page.keyboard.press('Shift+Tab');
  await dialog.getByLabel('Carrier').press('ControlOrMeta+a');
  await page.keyboard.type('GLS');
  await page.keyboard.press('Tab');
  await expect(dialog.getByLabel('Tracking code')).toBeFocused();
  await page.keyboard.type('GL014600003SE');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The parcel is on its way.')).toBeVisible();
  await expect(dialog).toHaveCount(0);

  // The order has left the list, not the queue.
  await page.keyboard.press('j');
  await expect(page).toHaveURL(pageOf(second));
  await expect(titleOf(second)).toBeFocused();
  await page.keyboard.press('j');
  await expect(page.getByText('This is the last order of the list.')).toBeVisible();
  await page.keyboard.press('k');
  await expect(page).toHaveURL(pageOf(first));
  await expect(page.getByRole('link', { name: 'GL014600003SE' })).toBeVisible();
  await page.keyboard.press('u');
  const shown = () => links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  await expect.poll(shown).toEqual([pageOf(second)]);
  await page.unrouteAll({ behavior: 'wait' });
});
