// Every dialog of the console can be used by all, and closes without doing anything.

import type { Page } from '@playwright/test';
import { goTo, openConsole } from './console.ts';
import { accessible, account, deliver, expect, paidOrder, product, test } from './shop.ts';

/** Opens a view, and each of the dialogs that its buttons open. */
async function look(page: Page, view: string, buttons: string[]): Promise<void> {
  await goTo(page, `/console/${view}`);
  for (const name of buttons) {
    await page.getByRole('button', { name, exact: true }).first().click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await accessible(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
}

test('dialogs of orders', async ({ page }) => {
  test.slow();
  const { sku } = await product();
  const [paid, delivered] = [await paidOrder(sku), await paidOrder(sku)];
  await openConsole(page);
  await look(page, `orders/${paid.id}/show`, ['Ship', 'Refund', 'Cancel the order', 'Add a note']);
  await deliver(delivered);
  await look(page, `orders/${delivered.id}/show`, ['New return']);
  await page.getByRole('button', { name: 'New return' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/, of 1$/).fill('1');
  await dialog.getByRole('button', { name: 'Approve it' }).click();
  await expect(page.getByText('The return is approved.')).toBeVisible();
  await look(page, `orders/${delivered.id}/show`, ['Complete', 'Decline']);
});

test('other dialogs', async ({ page }) => {
  test.slow();
  const { sku } = await product();
  const { id } = await account('Ada Lovelace');
  await openConsole(page);
  await look(page, `customers/${id}/show`, ['Ban', 'Change the role', 'Change', 'End all sessions']);
  await look(page, `stock/${sku}`, ['Add or take units']);
  await look(page, 'webhooks', ['New webhook']);
  await look(page, 'keys', ['New key']);
});
