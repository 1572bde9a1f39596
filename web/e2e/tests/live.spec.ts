import { api, expect, open, paidOrder, product, staff, test } from './shop.ts';

test('what happened while there was no network is shown when it is back, without a reload', async ({
  page,
  context,
}) => {
  const order = await paidOrder((await product()).sku);
  const watched = page
    .waitForEvent('websocket')
    .then((socket) => socket.waitForEvent('framereceived', ({ payload }) => payload.includes('subscribed')));
  await open(page, `/orders/${order.id}?token=${order.token}`);
  await watched;
  await page.evaluate(() => Object.assign(window, { isTheSame: true }));
  await context.setOffline(true);
  const shipment = { carrier: 'DHL', trackingCode: '00340434161094015902' };
  await api('PATCH', `/admin/orders/${order.id}`, { status: 'shipped', ...shipment }, await staff());
  await expect(page.getByText('Order sent')).toHaveCount(0);
  await context.setOffline(false);
  await expect(page.getByText('Order sent')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Track it at DHL' })).toBeVisible();
  // And from then on it is told again.
  await api('PATCH', `/admin/orders/${order.id}`, { status: 'delivered' }, await staff());
  await expect(page.getByText('Order delivered')).toBeVisible();
  expect(await page.evaluate(() => 'isTheSame' in window)).toBe(true);
});
