import type { Page } from '@playwright/test';
import { api, customer, expect, open, paidOrder, product, staff, test, watched } from './shop.ts';

const mark = (page: Page) => page.evaluate(() => Object.assign(window, { isTheSame: true }));
const isTheSame = (page: Page) => page.evaluate(() => 'isTheSame' in window);

test('what happened while there was no network is shown when it is back, without a reload', async ({
  page,
  context,
  elsewhere,
}) => {
  const order = await paidOrder((await product()).sku);
  const link = `/orders/${order.id}?token=${order.token}`;
  const both = Promise.all([watched(page), watched(elsewhere)]);
  await open(page, link);
  await open(elsewhere, link);
  await both;
  await mark(page);
  await context.setOffline(true);
  const shipment = { carrier: 'DHL', trackingCode: '00340434161094015902' };
  await api('PATCH', `/admin/orders/${order.id}`, { status: 'shipped', ...shipment }, await staff());
  // Whoever has a network is told.
  await expect(elsewhere.getByText('Order sent')).toBeVisible();
  await expect(page.getByText('Order sent')).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByText('Order sent')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Track it at DHL' })).toBeVisible();
  // And from then on it is told again.
  await api('PATCH', `/admin/orders/${order.id}`, { status: 'delivered' }, await staff());
  await expect(page.getByText('Order delivered')).toBeVisible();
  expect(await isTheSame(page)).toBe(true);
});

test('a customer who looks at an order sees what the shop does, without a reload', async ({ page, context }) => {
  const who = await customer(context);
  const order = await paidOrder((await product()).sku, who.accessToken);
  const ready = watched(page);
  await open(page, `/orders/${order.id}`);
  await ready;
  await mark(page);
  await api('PATCH', `/admin/orders/${order.id}`, { status: 'shipped' }, await staff());
  await expect(page.getByText('Order sent')).toBeVisible();
  expect(await isTheSame(page)).toBe(true);
});
