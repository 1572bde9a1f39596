// What staff typed is not lost without a question, and what the shop refuses of it is told where they typed it.

import type { Locator, Page } from '@playwright/test';
import { addPicture, openConsole, save, signIn } from './console.ts';
import { accessible, api, expect, newCode, paidOrder, product, settled, staff, test } from './shop.ts';

const goTo = (page: Page, view: string) => page.getByRole('menuitem', { name: view }).click();

/** Does something that asks before what was typed is lost, and keeps it, or loses it. */
async function asked(
  page: Page,
  answer: 'keep' | 'lose',
  act: () => Promise<void>,
  type: 'confirm' | 'beforeunload' = 'confirm',
): Promise<void> {
  const question = page.waitForEvent('dialog');
  const done = act();
  const dialog = await question;
  expect(dialog.type()).toBe(type);
  await (answer === 'keep' ? dialog.dismiss() : dialog.accept());
  await done;
}

/** The shop refuses the next change of this path, without naming a field. */
async function refuseOnce(page: Page, method: string, path: string): Promise<void> {
  const refusal = { statusCode: 409, code: 'conflict', message: 'Not now.', details: [] };
  let isDone = false;
  await page.route(`**${path}`, (route) => {
    if (isDone || route.request().method() !== method) return route.fallback();
    isDone = true;
    return route.fulfill({ status: 409, json: refusal });
  });
}

async function isRefused(field: Locator): Promise<void> {
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(/\S/);
}

test('after the shop refused to save it, a changed form asks before it is left', async ({ page, expected }) => {
  const { id } = await product();
  await openConsole(page, `/products/${id}`);
  const description = page.getByLabel('Description');
  await description.fill('Mine');
  expected.push(`409 PATCH /api/v1/products/${id}`);
  await refuseOnce(page, 'PATCH', `/api/v1/products/${id}`);
  await save(page);
  await expect(page.getByText('Not now.')).toBeVisible();
  await asked(page, 'keep', () => goTo(page, 'Brands'));
  await expect(page).toHaveURL(`/console/products/${id}`);
  await expect(description).toHaveValue('Mine');
  await asked(page, 'lose', () => goTo(page, 'Brands'));
  await expect(page.getByRole('heading', { level: 1, name: 'Brands' })).toBeVisible();
});

test('a form for what is new asks after a refusal, too, and not when it was made', async ({ page, expected }) => {
  await openConsole(page, '/brands/create');
  const name = newCode();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  expected.push('409 POST /api/v1/brands');
  await refuseOnce(page, 'POST', '/api/v1/brands');
  await save(page);
  await expect(page.getByText('Not now.')).toBeVisible();
  await asked(page, 'keep', () => goTo(page, 'Orders'));
  await expect(page).toHaveURL('/console/brands/create');
  // A question that nobody answers keeps the page.
  await save(page);
  await expect(page.getByText('It was made.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await goTo(page, 'Orders');
  await expect(page.getByRole('heading', { level: 1, name: 'Orders' })).toBeVisible();
});

test('a record that is deleted leaves no question about its form', async ({ page }) => {
  const { id } = await api<{ id: string }>('POST', '/brands', { name: newCode() }, await staff());
  await openConsole(page, `/brands/${id}`);
  await page.getByLabel('Description').fill('Mine');
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Brands' })).toBeVisible();
});

test('texts of pictures that are not saved are asked for, also after the form was saved', async ({
  page,
  expected,
}) => {
  const { id } = await product();
  await openConsole(page, `/products/${id}`);
  const pictures = await addPicture(page);
  const text = pictures.getByRole('textbox', { name: 'Text' });
  await text.fill('x'.repeat(201));
  await page.getByLabel('Description').fill('Mine');
  await save(page);
  await expect(page.getByText('It was saved.')).toBeVisible();
  await asked(page, 'keep', () => goTo(page, 'Brands'));

  expected.push(`400 PUT /api/v1/products/${id}/images`);
  await pictures.getByRole('button', { name: 'Save the pictures' }).click();
  await isRefused(text);
  await accessible(page);
  await text.fill('By night');
  await pictures.getByRole('button', { name: 'Save the pictures' }).click();
  await expect(page.getByText('The pictures were saved.')).toBeVisible();
  await expect(text).toHaveAttribute('aria-invalid', 'false');
  await goTo(page, 'Brands');
  await expect(page.getByRole('heading', { level: 1, name: 'Brands' })).toBeVisible();
});

test('what is typed in a dialog is not lost by a click beside it, and Escape, Back and a reload ask', async ({
  page,
}) => {
  const { number } = await paidOrder((await product()).sku);
  await openConsole(page, '/orders');
  await page.getByRole('link', { name: number }).click();
  const dialog = page.getByRole('dialog', { name: 'A note for staff' });
  const write = page.getByRole('button', { name: 'Add a note' });
  await write.click();
  await settled(page);
  await page.mouse.click(5, 5);
  await expect(dialog).toHaveCount(0);

  await write.click();
  await dialog.getByLabel('Note').fill('The buyer called');
  await page.mouse.click(5, 5);
  await settled(page);
  await asked(page, 'keep', () => page.keyboard.press('Escape'));
  await asked(page, 'keep', () => page.evaluate(() => history.back()));
  await asked(page, 'keep', () => page.evaluate(() => location.reload()), 'beforeunload');
  await expect(dialog.getByLabel('Note')).toHaveValue('The buyer called');
  await asked(page, 'lose', () => page.keyboard.press('Escape'));
  await expect(dialog).toHaveCount(0);
  await write.click();
  await dialog.getByLabel('Note').fill('The buyer called');
  await asked(page, 'lose', () => page.evaluate(() => history.back()));
  await expect(page.getByRole('heading', { level: 1, name: 'Orders' })).toBeVisible();
});

test('what the shop refuses of a sign-in is told at its field', async ({ page, expected }) => {
  await page.goto('/console/');
  const form = page.getByRole('main');
  expected.push('400 POST /api/v1/auth/login');
  await signIn(form, 'ada@localhost', 'x');
  await isRefused(form.getByLabel('Email'));
  await accessible(page);
  await signIn(form, 'ada@example.com', 'x'.repeat(129));
  await expect(form.getByLabel('Password')).toHaveAccessibleDescription('Must have at most 128 characters');
  await expect(form.getByLabel('Email')).toHaveAttribute('aria-invalid', 'false');
});

test('what the shop refuses of a filter is told at the filter', async ({ page, expected }) => {
  expected.push('400 GET /api/v1/audit', '400 GET /api/v1/admin/search/queries-without-results');
  await openConsole(page, '/audit');
  const actor = page.getByLabel('Actor');
  await actor.fill('nobody');
  await isRefused(actor);
  await accessible(page);
  await actor.fill('shop');
  await expect(actor).toHaveAttribute('aria-invalid', 'false');
  await page.goto('/console/searches');
  const from = page.getByLabel('From (empty: a week)');
  await from.fill('2020-01-01');
  await isRefused(from);
});
