// The papers of an order, as files.

import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { openConsole } from './console.ts';
import { api, downloaded, expect, paidOrder, product, staff, test } from './shop.ts';

async function nameOfPdf(page: Page, press: () => Promise<void>): Promise<string> {
  const file = await downloaded(page, press);
  const bytes = await readFile(await file.path());
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  return file.suggestedFilename();
}

test('the packing slip and the invoice of an order are downloaded', async ({ page }) => {
  const { sku } = await product();
  const { id } = await paidOrder(sku);
  const token = await staff();
  const documents = () => api<{ number: string }[]>('GET', `/orders/${id}/documents`, undefined, token);
  await expect.poll(async () => (await documents()).length).toBe(1);
  const [invoice] = await documents();
  const { number } = await api<{ number: string }>('GET', `/admin/orders/${id}`, undefined, token);

  await openConsole(page, `/orders/${id}/show`);
  await expect(page.getByRole('button', { name: 'Packing slip' })).toBeVisible();
  expect(await nameOfPdf(page, () => page.keyboard.press('p'))).toBe(`packing-slip-${number}.pdf`);
  const button = page.getByRole('button', { name: `Invoice ${invoice?.number}` });
  expect(await nameOfPdf(page, () => button.click())).toBe(`${invoice?.number}.pdf`);
  await expect(page).toHaveURL(`/console/orders/${id}/show`);
  await page.goto('/console/orders');
  await page.getByPlaceholder('Number, name', { exact: false }).fill(invoice?.number ?? '');
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('row', { name: number })).toBeVisible();
});
