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

/** An order whose invoice is there, and the number of that. */
async function invoiced(): Promise<{ id: string; invoice: string }> {
  const { id } = await paidOrder((await product()).sku);
  const token = await staff();
  const documents = () => api<{ number: string }[]>('GET', `/orders/${id}/documents`, undefined, token);
  await expect.poll(async () => (await documents()).length).toBe(1);
  return { id, invoice: (await documents())[0]?.number ?? '' };
}

test('the packing slip and the invoice of an order are downloaded', async ({ page }) => {
  const { id, invoice } = await invoiced();
  const order = await api<{ number: string; email: string }>('GET', `/admin/orders/${id}`, undefined, await staff());
  const { number } = order;

  await openConsole(page, `/orders/${id}/show`);
  await expect(page.getByRole('button', { name: 'Packing slip' })).toBeVisible();
  expect(await nameOfPdf(page, () => page.keyboard.press('p'))).toBe(`packing-slip-${number}.pdf`);
  const button = page.getByRole('button', { name: `Invoice ${invoice}` });
  expect(await nameOfPdf(page, () => button.click())).toBe(`${invoice}.pdf`);
  await expect(page).toHaveURL(`/console/orders/${id}/show`);
  await page.goto('/console/orders');
  const beginning = order.email.replace(/@.*/, '@');
  const byBeginning = async () =>
    api<object[]>('GET', `/admin/orders?emailPrefix=${encodeURIComponent(beginning)}`, undefined, await staff());
  await expect.poll(async () => (await byBeginning()).length).toBe(1);
  for (const words of [invoice, beginning]) {
    await page.getByPlaceholder('Number, name', { exact: false }).fill(words);
    await expect(page.getByRole('row')).toHaveCount(2);
    await expect(page.getByRole('row', { name: number })).toBeVisible();
    await page.getByPlaceholder('Number, name', { exact: false }).fill('nobody');
    await expect(page.getByRole('row', { name: number })).toHaveCount(0);
  }
});

test('orders are found by the name of a product, and their packing slips are one file', async ({ page }) => {
  const { sku, name } = await product();
  await paidOrder(sku);
  await paidOrder(sku);
  const token = await staff();
  const found = async () =>
    (await api<object[]>('GET', `/admin/orders?q=${encodeURIComponent(name)}`, undefined, token)).length;
  await expect.poll(found).toBe(2);
  await openConsole(page, '/orders');
  await page.getByPlaceholder('Number, name', { exact: false }).fill(name);
  await expect(page.getByRole('row')).toHaveCount(3);
  await page.getByRole('checkbox', { name: 'Choose all rows of this page' }).check();
  const slips = page.getByRole('button', { name: 'Packing slips' });
  expect(await nameOfPdf(page, () => slips.click())).toBe('packing-slips.pdf');
  await expect(page.getByText('The packing slips of what can be sent now were downloaded.')).toBeVisible();
});

test('a document whose link cannot be made is not downloaded by an old link', async ({ page, expected }) => {
  const { id, invoice } = await invoiced();
  await openConsole(page, `/orders/${id}/show`);
  const button = page.getByRole('button', { name: `Invoice ${invoice}` });
  await expect(button).toBeVisible();
  expected.push(`403 GET /api/v1/orders/${id}/documents`);
  const refusal = { statusCode: 403, code: 'forbidden', message: 'It is closed.', details: [] };
  await page.route(`**/api/v1/orders/${id}/documents`, (route) => route.fulfill({ status: 403, json: refusal }));
  const links: string[] = [];
  page.on('download', (download) => links.push(download.url()));
  await button.click();
  await expect(page.getByText('It is closed.')).toBeVisible();
  await expect(button).toBeEnabled();
  await page.unrouteAll();
  await downloaded(page, () => button.click());
  expect(links).toHaveLength(1);
});
