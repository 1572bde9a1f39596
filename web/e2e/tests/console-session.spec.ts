// What happens in the console when a session ends in the middle of work.

import type { Page } from '@playwright/test';
import { openConsole, signIn, withoutLive } from './console.ts';
import { account, api, expect, lookedAt, PASSWORD, product, staff, test } from './shop.ts';

const SIGN_IN = { name: 'Sign in again' };
const endSession = async (id: string) => api('DELETE', `/auth/sessions/${id}`, undefined, await staff());

/** Opens a view, and waits until live updates have answered. */
async function openWatching(page: Page, view: string): Promise<string> {
  const answered = page.waitForEvent('websocket').then((socket) => socket.waitForEvent('framereceived'));
  const session = await openConsole(page, view);
  await answered;
  return session;
}

test('what was typed is saved after the sign-in, on the same page', async ({ page, expected }) => {
  // They would find it out at once, before anything is pressed.
  await withoutLive(page);
  const { id } = await product();
  const session = await openConsole(page, `/products/${id}`);
  const description = page.getByLabel('Description');
  await description.fill('It shines.');
  const refused: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 401) refused.push(`${response.request().method()} ${new URL(response.url()).pathname}`);
  });
  expected.push('401 ');
  await endSession(session);

  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = page.getByRole('dialog', SIGN_IN);
  await expect(dialog.getByText('The session is over.')).toBeVisible();
  await expect(description).toHaveCount(1);
  await lookedAt(page);
  await signIn(dialog, undefined, 'not the password');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await signIn(dialog);

  await expect(dialog).toHaveCount(0);
  await expect(page.getByText('It was saved.')).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/console/products/${id}$`));
  await expect(description).toHaveValue('It shines.');
  expect((await api<{ description: string }>('GET', `/products/${id}`)).description).toBe('It shines.');
  // What found it out, the refresh and the wrong password were refused once each.
  expect(refused).toContain('POST /api/v1/auth/refresh');
  expect(refused).toEqual([...new Set(refused)]);
});

test('a session that ends elsewhere asks for the sign-in at once, and the list is read again', async ({
  page,
  expected,
}) => {
  const session = await openWatching(page, '/coupons');
  await expect(page.getByRole('table').getByRole('row').nth(1)).toBeVisible();
  expected.push('401 ');
  await endSession(session);
  const dialog = page.getByRole('dialog', SIGN_IN);
  const read = page.waitForResponse('**/api/v1/coupons?*');
  await signIn(dialog);
  await expect(dialog).toHaveCount(0);
  expect((await read).status()).toBe(200);
  await expect(page).toHaveURL(/\/console\/coupons/);
});

test('a session that ended while the console was closed', async ({ page, expected }) => {
  const session = await openConsole(page);
  await page.goto('about:blank');
  expected.push('401 ');
  await endSession(session);
  await page.goto('/console/brands');
  await expect(page.getByText('The session is over.')).toBeVisible();
  await signIn(page.getByRole('main'));
  await expect(page.getByRole('heading', { level: 1, name: 'Brands' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Orders' })).toBeVisible();
});

test('a sign-in in another tab is one for this tab too', async ({ page, context, expected }) => {
  const session = await openWatching(page, '/coupons');
  expected.push('401 ');
  await endSession(session);
  await expect(page.getByRole('dialog', SIGN_IN)).toBeVisible();
  const tab = await context.newPage();
  await tab.goto('/console/');
  await signIn(tab.getByRole('main'));
  await expect(page.getByRole('dialog', SIGN_IN)).toHaveCount(0);
  await page.getByRole('menuitem', { name: 'Brands' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Brands' })).toBeVisible();
});

test('what somebody else typed is not saved by whoever signs in next', async ({ page, expected }) => {
  await withoutLive(page);
  const { email } = await account('Sam Support', 'support');
  const { id, name } = await product();
  const session = await openConsole(page, `/products/${id}`);
  await page.getByLabel('Description').fill('Not to be saved.');
  expected.push('401 ');
  await endSession(session);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  page.on('dialog', (leave) => leave.accept());
  await signIn(page.getByRole('dialog', SIGN_IN), email, PASSWORD);
  await expect(page.getByRole('button', { name: 'Sam Support' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  expect((await api<{ description: string }>('GET', `/products/${id}`)).description).toBe('');
});
