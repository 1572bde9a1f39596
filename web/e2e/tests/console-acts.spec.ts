// What staff do every day, from the form to what became of it.

import type { Route } from '@playwright/test';
import { openConsole } from './console.ts';
import {
  account,
  api,
  expect,
  newCode,
  open,
  PASSWORD,
  paidOrder,
  product,
  review,
  SHOP,
  settled,
  staff,
  stockOf,
  test,
} from './shop.ts';

test('units are added, a threshold is set, and the history tells both', async ({ page }) => {
  const { sku } = await product();
  await openConsole(page, `/stock/${sku}`);
  await page.getByRole('button', { name: 'Add or take units' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Units').fill('-4');
  await dialog.getByLabel('Reason').fill('Four are broken');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The stock was changed.')).toBeVisible();
  const history = page.getByRole('region', { name: 'History' });
  await expect(history.getByRole('row', { name: /Four are broken/ })).toContainText('-4');
  await page.getByLabel('Low at').fill('7');
  await page.getByLabel('Reason').fill('It sells fast');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('It was saved.')).toBeVisible();
  const { available, stock } = await stockOf(sku);
  expect([available, stock]).toEqual([6, 'low']);
});

test('a review is approved and answered, customers read both, and staff find it by its product', async ({ page }) => {
  const { id, sku, slug, name } = await product();
  const written = await review(id, sku);
  await openConsole(page, `/reviews/${written}/show`);
  const told = page.getByText('The review is approved.');
  // Nothing is told before the page has read the new version: what staff do next would be refused.
  const toldEarly = Promise.withResolvers<boolean>();
  const look = async (route: Route) => {
    await settled(page);
    toldEarly.resolve(await told.isVisible());
    await route.continue();
  };
  await page.route(`**/api/v1/admin/reviews/${written}`, look, { times: 1 });
  await page.getByRole('button', { name: 'Approve' }).click();
  expect(await toldEarly.promise).toBe(false);
  await expect(told).toBeVisible();
  await page.getByRole('button', { name: 'Answer' }).click();
  const dialog = page.getByRole('dialog', { name: 'Answer in public' });
  await dialog.getByLabel('Answer').fill('We are glad.');
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('The answer is published.')).toBeVisible();
  await page.getByRole('link', { name }).click();
  await page.getByRole('link', { name: 'Reviews', exact: true }).click();
  await page.getByRole('row', { name: 'Shines far' }).getByRole('link', { name: '4 of 5 stars' }).click();
  await expect(page.getByText('We are glad.')).toBeVisible();
  await open(page, `/products/${slug}`);
  await page.getByRole('heading', { name: 'Reviews' }).scrollIntoViewIfNeeded();
  for (const text of ['Shines far', 'We are glad.']) await expect(page.getByText(text)).toBeVisible();
});

test('a customer is banned, let in again, and becomes a colleague', async ({ page }) => {
  const { id, email } = await account('Ada Lovelace');
  const signIn = async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ email, password: PASSWORD });
    return (await fetch(`${SHOP}/api/v1/auth/login`, { method: 'POST', headers, body })).status;
  };
  await openConsole(page, `/customers/${id}/show`);
  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  const ban = page.getByRole('dialog', { name: 'Ban Ada Lovelace' });
  await ban.getByLabel('Until').fill('2099-12-31T12:00');
  await ban.getByLabel('Reason').fill('Parcels were never paid');
  await ban.getByRole('button', { name: 'Ban' }).click();
  await expect(page.getByText('The account is banned.')).toBeVisible();
  expect(await signIn()).toBe(403);
  await page.getByRole('button', { name: 'End the ban' }).click();
  await expect(page.getByText('The ban is over.')).toBeVisible();
  expect(await signIn()).toBe(200);
  await page.getByRole('button', { name: 'Change the role' }).click();
  const role = page.getByRole('dialog', { name: 'The role of Ada Lovelace' });
  await role.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'Support' }).click();
  await role.getByRole('button', { name: 'Change' }).click();
  await expect(page.getByText('The role was changed.')).toBeVisible();
  const user = await api<{ role: string }>('GET', `/users/${id}`, undefined, await staff());
  expect(user.role).toBe('support');
});

test('a note is written at an order, and read in its history', async ({ page }) => {
  const { id } = await paidOrder((await product()).sku);
  await openConsole(page, `/orders/${id}/show`);
  await page.getByRole('button', { name: 'Add a note' }).click();
  const dialog = page.getByRole('dialog', { name: 'A note for staff' });
  await dialog.getByLabel('Note').fill('The buyer called');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByText('The note was added.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'History' }).getByText('The buyer called')).toBeVisible();
});

test('an API key is made, works, and is ended', async ({ page }) => {
  const name = newCode();
  await openConsole(page, '/keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('See orders').check();
  await dialog.getByRole('button', { name: 'Make it' }).click();
  const shown = page.getByRole('dialog', { name: 'The API key' });
  const key = await shown.getByLabel('Secret').inputValue();
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  const read = () => fetch(`${SHOP}/api/v1/admin/orders?limit=1`, { headers: { authorization: `Bearer ${key}` } });
  expect((await read()).status).toBe(200);
  const row = page.getByRole('row', { name });
  await row.getByRole('button', { name: 'End' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByText('It was deleted.')).toBeVisible();
  expect((await read()).status).toBe(401);
  // A row behind a dialog would count as gone.
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(row).toHaveCount(0);
});

test('a search finds by a synonym that was made, and the audit trail tells who made it', async ({ page }) => {
  const word = `glim${crypto.randomUUID().replace(/[^a-z]/g, '')}`;
  const { id, name } = await product();
  const [, code = ''] = name.split(' ');
  await openConsole(page, '/synonyms/create');
  await page.getByLabel('A search for').fill(word);
  const finds = page.getByLabel('Finds');
  await finds.fill(code);
  await finds.press('Enter');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page).toHaveURL(/\/synonyms\/syn_/);
  const found = async () => (await api<{ id: string }[]>('GET', `/products?q=${word}`)).map((one) => one.id);
  await expect.poll(found).toContain(id);
  const synonym = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  await page.goto('/console/audit');
  await page.getByLabel('Action').fill('search-synonym.create');
  await expect(page.getByRole('row', { name: synonym })).toContainText('search-synonym.create');
});

test('a review is rejected, and its writer is told why', async ({ page }) => {
  const { id, sku } = await product();
  const written = await review(id, sku);
  await openConsole(page, `/reviews/${written}/show`);
  await page.getByRole('button', { name: 'Reject' }).click();
  const dialog = page.getByRole('dialog', { name: 'Reject the review' });
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(dialog.getByText('Required')).toBeVisible();
  await dialog.getByLabel('Reason').fill('It is about the parcel');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(page.getByText('The review is rejected.')).toBeVisible();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('It is about the parcel')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Reject' })).toHaveCount(0);
  const now = await api<object>('GET', `/admin/reviews/${written}`, undefined, await staff());
  expect(now).toMatchObject({ state: 'rejected', reason: 'It is about the parcel' });
});
