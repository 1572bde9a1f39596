import { openConsole } from './console.ts';
import { accessible, api, deliver, expect, paidOrder, product, SHOP, staff, stockOf, test } from './shop.ts';

test.beforeEach(async ({ page }) => {
  await openConsole(page);
});

test('a refund in the console is seen at once on the page of the buyer', async ({ page, context }) => {
  const { sku } = await product();
  const placed = await paidOrder(sku);
  const buyer = await context.newPage();
  await buyer.goto(`${SHOP}/orders/${placed.id}?token=${placed.token}`);
  await expect(buyer.getByText('Payment received')).toBeVisible();

  await page.goto(`/console/orders/${placed.id}/show`);
  await page.getByRole('button', { name: 'Refund' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('All that is left').check();
  await dialog.getByLabel('Reason').fill('It was out of stock');
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await expect(page.getByText('The refund is on its way.')).toBeVisible();
  await expect(buyer.getByText(/^Refunded: |A refund of /).first()).toBeVisible();
});

test('a part of an order is refunded, and its goods are on sale again', async ({ page }) => {
  const { sku } = await product();
  const { id } = await paidOrder(sku);
  const left = async () => (await stockOf(sku)).available;
  await expect.poll(left).toBe(9);
  await page.goto(`/console/orders/${id}/show`);
  await page.getByRole('button', { name: 'Refund' }).click();
  const dialog = page.getByRole('dialog', { name: 'Refund' });
  await dialog.getByLabel(/, of 1$/).fill('1');
  await dialog.getByLabel('Reason').fill('It came too late');
  await expect(dialog.getByLabel('The goods can be sold again')).toBeChecked();
  await dialog.getByRole('button', { name: 'Refund' }).click();
  await expect(page.getByText('The refund is on its way.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Payment' }).getByText('Partially refunded')).toBeVisible();
  await expect.poll(left).toBe(10);
});

test('goods of a refunded order are recorded when they come back', async ({ page }) => {
  const { sku } = await product();
  const placed = await paidOrder(sku);
  await deliver(placed);
  const left = async () => (await stockOf(sku)).available;
  await page.goto(`/console/orders/${placed.id}/show`);
  await page.getByRole('button', { name: 'Refund' }).click();
  const refund = page.getByRole('dialog', { name: 'Refund' });
  await refund.getByLabel('Reason').fill('It is broken');
  await refund.getByRole('button', { name: 'Refund' }).click();
  await expect(refund.getByText('Write how many units come back.')).toBeVisible();
  await refund.getByLabel('All that is left').check();
  await accessible(page);
  await refund.getByRole('button', { name: 'Refund' }).click();
  await expect(page.getByText('The refund is on its way.')).toBeVisible();
  expect(await left()).toBe(9);
  await page.getByRole('button', { name: 'Goods came back' }).click();
  const goods = page.getByRole('dialog', { name: 'Goods came back' });
  await goods.getByLabel(/, of 1$/).fill('1');
  await goods.getByLabel('Reason').fill('It came back');
  await goods.getByRole('button', { name: 'Record' }).click();
  await expect(page.getByText('The goods are recorded.')).toBeVisible();
  await expect.poll(left).toBe(10);
});

test('from the stock of a SKU to the orders that have it', async ({ page }) => {
  const { sku } = await product();
  const { id, number } = await paidOrder(sku);
  // It is listed with the figures, some seconds later.
  const found = async () => api<{ id: string }[]>('GET', `/admin/orders?sku=${sku}`, undefined, await staff());
  await expect.poll(async () => (await found()).map((order) => order.id)).toEqual([id]);
  await page.goto(`/console/stock/${sku}`);
  await page.getByRole('link', { name: 'Orders', exact: true }).last().click();
  await expect(page.getByRole('textbox', { name: 'SKU', exact: true })).toHaveValue(sku);
  await expect(page.getByRole('link', { name: number })).toBeVisible();
  await expect(page.getByText('1-1 of 1')).toBeVisible();
});

test('what the shop refuses is said at its field, and only there', async ({ page, expected }) => {
  const { id } = await product();
  await page.goto(`/console/products/${id}`);
  const sku = page.getByRole('textbox', { name: 'SKU' });
  await sku.fill('no/sku');
  expected.push(`400 PATCH /api/v1/products/${id}`);
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await save.click();
  await expect(page.getByText('Some fields were not accepted.', { exact: true })).toBeVisible();
  await expect(sku).toHaveAttribute('aria-invalid', 'true');
  await expect(sku).toHaveAccessibleDescription(/must/i);
  await sku.fill(`E2E-${crypto.randomUUID().slice(0, 8)}`.toUpperCase());
  await save.click();
  await expect(page.getByText('It was saved.')).toBeVisible();
});

test('it asks before an order has arrived, because the buyer gets a mail', async ({ page }) => {
  const { sku } = await product();
  const [one, other] = [await paidOrder(sku), await paidOrder(sku)];
  const token = await staff();
  for (const { id } of [one, other]) await api('PATCH', `/admin/orders/${id}`, { status: 'shipped' }, token);
  const status = async ({ id }: { id: string }) =>
    (await api<{ status: string }>('GET', `/orders/${id}`, undefined, token)).status;

  await page.goto(`/console/orders/${one.id}/show`);
  await page.getByRole('button', { name: 'All arrived' }).click();
  const all = page.getByRole('dialog', { name: 'All arrived?' });
  await accessible(page);
  await all.getByRole('button', { name: 'Cancel' }).click();
  await expect(all).toHaveCount(0);
  expect(await status(one)).toBe('shipped');
  await page.getByRole('button', { name: 'All arrived' }).click();
  await all.getByRole('button', { name: 'All arrived' }).click();
  await expect(page.getByText('All parcels have arrived.')).toBeVisible();
  expect(await status(one)).toBe('delivered');

  await page.goto(`/console/orders/${other.id}/show`);
  await page.getByRole('button', { name: 'It arrived' }).click();
  const parcel = page.getByRole('dialog', { name: 'It arrived?' });
  await parcel.getByRole('button', { name: 'Cancel' }).click();
  await expect(parcel).toHaveCount(0);
  expect(await status(other)).toBe('shipped');
  await page.getByRole('button', { name: 'It arrived' }).click();
  await parcel.getByRole('button', { name: 'It arrived' }).click();
  await expect(page.getByText('The parcel has arrived.')).toBeVisible();
  expect(await status(other)).toBe('delivered');
});
