// What staff set up seldom, and the files that they take out.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { openConsole } from './console.ts';
import { api, downloaded, expect, newCode, product, staff, test } from './shop.ts';

test('a search shows pinned products first', async ({ page }) => {
  const word = newCode();
  const made = [await product({ name: `Gleam ${word} one` }), await product({ name: `Gleam ${word} two` })];
  const found = async () => (await api<{ id: string }[]>('GET', `/products?q=${word}`)).map(({ id }) => id);
  await expect.poll(async () => (await found()).length).toBe(2);
  const [first = '', last = ''] = await found();
  const name = made.find(({ id }) => id === last)?.name ?? '';
  await openConsole(page, '/rules/create');
  await page.getByLabel('A search for').fill(word);
  const shown = page.getByLabel('Shows these products first');
  await shown.fill(name);
  await page.getByRole('option', { name }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page).toHaveURL(/\/rules\/rul_/);
  await expect.poll(found).toEqual([last, first]);
});

interface Term {
  id: string;
  name: string;
  parentId: string | null;
  position: number;
}

test('a category is moved before its sibling, for customers too', async ({ page }) => {
  const [top, one, other] = [newCode(), newCode(), newCode()];
  const token = await staff();
  const make = (name: string, parentId: string | null) => api<Term>('POST', '/categories', { name, parentId }, token);
  const { id } = await make(top, null);
  await make(one, id);
  await make(other, id);
  const siblings = async () => {
    const all = await api<Term[]>('GET', '/categories', undefined, token);
    const own = all.filter(({ parentId }) => parentId === id);
    return own.sort((a, b) => a.position - b.position || a.name.localeCompare(b.name)).map(({ name }) => name);
  };
  const [before = '', after = ''] = await siblings();
  await openConsole(page, '/categories');
  await expect(page.getByRole('button', { name: `Move ${before} up` })).toBeDisabled();
  await page.getByRole('button', { name: `Move ${after} up` }).click();
  // Only the first has nowhere to go.
  await expect(page.getByRole('button', { name: `Move ${before} up` })).toBeEnabled();
  await expect(page.getByRole('button', { name: `Move ${after} up` })).toBeDisabled();
  await expect.poll(siblings).toEqual([after, before]);
});

test('a webhook is made, gets a test, and its log tells what the server answered', async ({ page }) => {
  const heard: string[] = [];
  const server = createServer(async (request, response) => {
    const { type } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { type: string };
    // It gets the events of other tests, too.
    if (type !== 'webhook.test') return void response.writeHead(200).end();
    heard.push(String(request.headers['webhook-id']));
    response.writeHead(heard.length === 1 ? 503 : 200).end('words of the server');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${newCode()}`;
    await openConsole(page, '/webhooks');
    await page.getByRole('button', { name: 'New webhook' }).click();
    const dialog = page.getByRole('dialog', { name: 'New webhook' });
    await dialog.getByLabel('Address').fill(url);
    await dialog.getByRole('button', { name: 'Make it' }).click();
    const shown = page.getByRole('dialog', { name: 'The secret of the webhook' });
    await expect(shown.getByLabel('Secret')).toHaveValue(/^whsec_/);
    await shown.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('row', { name: url }).click();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await expect(page.getByText('A test is on its way.', { exact: false })).toBeVisible();
    const log = page.getByRole('region', { name: 'Deliveries' });
    const row = log.getByRole('row', { name: 'webhook.test' });
    const answered = (status: string) =>
      expect(async () => {
        await log.getByRole('button', { name: 'Read again' }).click();
        await expect(row).toContainText(status, { timeout: 1_000 });
      }).toPass();
    await answered('503');
    await row.getByRole('button', { name: 'Again' }).click();
    await expect.poll(() => heard.length).toBe(2);
    expect(heard[1]).toBe(heard[0]);
    await answered('200');
    await row.getByRole('button', { name: 'Look' }).click();
    const delivery = page.getByRole('dialog', { name: 'webhook.test' });
    await expect(delivery.getByText('Status 503')).toBeVisible();
    await expect(delivery.getByText('Status 200')).toBeVisible();
    await expect(delivery.getByText('words of the server')).toHaveCount(2);
    await delivery.getByRole('button', { name: 'Close' }).click();
    // Events of other tests must not wait for this server.
    await api('DELETE', `/admin/webhooks/${new URL(page.url()).pathname.split('/').at(-1)}`, undefined, await staff());
  } finally {
    server.close();
  }
});

test('products are exported, and the file has a line for each', async ({ page }) => {
  const { sku } = await product();
  await openConsole(page, '/files');
  const exports = page.getByRole('region', { name: 'Export' });
  const file = await downloaded(page, () => exports.getByRole('button', { name: 'Products' }).click());
  const lines = (await readFile(await file.path(), 'utf8')).trim().split('\n');
  expect(lines.filter((line) => line.includes(sku))).toHaveLength(1);
  await expect(exports.getByText(/^\d+ lines in the file$/)).toBeVisible();
});

test('the page of the shop has its settings', async ({ page }) => {
  const shop = await api<{ name: string; timeZone: string; currency: { code: string } }>('GET', '/shop');
  await openConsole(page, '/shop');
  const settings = page.getByRole('region', { name: shop.name });
  await expect(settings.getByText(shop.currency.code.toUpperCase(), { exact: true })).toBeVisible();
  await expect(settings.getByText(shop.timeZone, { exact: true })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Parameters of the template' })).toContainText('HoldMinutes30');
});
