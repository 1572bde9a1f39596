import { openConsole } from './console.ts';
import { expect, paidOrder, product, SHOP, test } from './shop.ts';

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
