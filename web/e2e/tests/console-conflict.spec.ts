// Two people, or two windows, change one record.

import type { Page } from '@playwright/test';
import { addPicture, openConsole, save } from './console.ts';
import { accessible, account, api, expect, newCode, PASSWORD, product, sizes, staff, test } from './shop.ts';

interface Saved {
  name: string;
  description: string;
  variants: { id: string; sku: string; options: object; price: { amount: number } }[];
}

const conflict = (page: Page) => page.getByRole('dialog', { name: 'This was changed meanwhile' });

test('what two people changed is saved, and only what both changed is asked for', async ({
  page,
  context,
  expected,
}) => {
  const { id, sku } = await sizes({ S: 3 });
  await openConsole(page, `/products/${id}`);
  await page.getByRole('textbox', { name: 'Price', exact: true }).fill('18.00');
  await page.getByLabel('Description').fill('Mine');

  const other = await context.newPage();
  await other.goto(`/console/products/${id}`);
  await other.getByLabel('Description').fill('Theirs');
  await other.getByRole('button', { name: 'Add a variant' }).click();
  await other.getByRole('textbox', { name: 'Size' }).last().fill('L');
  await other.getByRole('textbox', { name: 'SKU' }).last().fill(`${sku}-L`);
  await other.getByRole('textbox', { name: 'Price', exact: true }).last().fill('25.00');
  await save(other);
  await expect(other.getByText('It was saved.')).toBeVisible();

  expected.push(`412 PATCH /api/v1/products/${id}`);
  await save(page);
  const dialog = conflict(page);
  const line = (name: string) => dialog.getByRole('row', { name });
  await expect(line(`${sku}-S: price`)).toContainText('$20.00as it is$18.00');
  await expect(line(`${sku}-L: variant`)).toContainText('$25.00');
  await expect(dialog.getByText('{')).toHaveCount(0);
  await accessible(page);
  const saveBoth = dialog.getByRole('button', { name: 'Save my changes too' });
  await expect(saveBoth).toBeDisabled();
  await dialog.getByRole('radio', { name: 'Theirs' }).check();

  // Before it is decided, it changes once more.
  await api('PATCH', `/products/${id}`, { name: 'Renamed' }, await staff());
  await saveBoth.click();
  await expect(line('Name')).toContainText('Renamed');
  await saveBoth.click();
  await expect(page.getByText('It was saved.')).toBeVisible();
  await expect(dialog).toHaveCount(0);

  const { name, description, variants } = await api<Saved>('GET', `/products/${id}`);
  expect({ name, description }).toEqual({ name: 'Renamed', description: 'Theirs' });
  expect(variants.map((variant) => [variant.sku, variant.price.amount])).toEqual([
    [`${sku}-S`, 1800],
    [`${sku}-L`, 2500],
  ]);
});

test('a text of somebody else that the page reads meanwhile is not overwritten without a question', async ({
  page,
  expected,
}) => {
  const { id } = await product();
  await openConsole(page, `/products/${id}`);
  const description = page.getByLabel('Description');
  await description.fill('Mine');
  await api('PATCH', `/products/${id}`, { description: 'Theirs' }, await staff());
  await addPicture(page);
  await expect(description).toHaveValue('Mine');
  expected.push(`412 PATCH /api/v1/products/${id}`);
  await save(page);
  const dialog = conflict(page);
  await expect(dialog.getByRole('row', { name: 'Description' })).toContainText('Theirs');
  await dialog.getByRole('radio', { name: 'Mine' }).check();
  await dialog.getByRole('button', { name: 'Save my changes too' }).click();
  await expect(page.getByText('It was saved.')).toBeVisible();
  expect((await api<Saved>('GET', `/products/${id}`)).description).toBe('Mine');
});

test('after an act of one’s own there is no conflict, and the fields that nobody typed in are as they are now', async ({
  page,
}) => {
  const { id } = await product();
  await openConsole(page, `/products/${id}`);
  await page.getByLabel('Description').fill('Mine');
  await api('PATCH', `/products/${id}`, { name: 'Renamed' }, await staff());
  await addPicture(page);
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Renamed');
  await expect(page.getByLabel('Description')).toHaveValue('Mine');
  await save(page);
  await expect(page.getByText('It was saved.')).toBeVisible();
  const { name, description } = await api<Saved>('GET', `/products/${id}`);
  expect({ name, description }).toEqual({ name: 'Renamed', description: 'Mine' });
});

test('units that are added while a threshold is typed are kept when it is saved', async ({ page }) => {
  const { sku } = await product();
  await openConsole(page, `/stock/${sku}`);
  await page.getByLabel('Low at').fill('7');
  await page.getByLabel('Reason').fill('It sells fast');
  await page.getByRole('button', { name: 'Add or take units' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Units').fill('5');
  await dialog.getByLabel('Reason').fill('A delivery');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The stock was changed.')).toBeVisible();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByLabel('Units on hand')).toHaveValue('15');
  await expect(page.getByLabel('Low at')).toHaveValue('7');
  await save(page);
  await expect(page.getByText('It was saved.')).toBeVisible();
  const level = await api<object>('GET', `/inventory/${sku}`, undefined, await staff());
  expect(level).toMatchObject({ onHand: 15, threshold: 7 });
});

test('a price that is typed is of its variant, also when somebody takes out the one before it', async ({
  page,
  expected,
}) => {
  const { id, sku } = await sizes({ S: 3, M: 3 });
  await openConsole(page, `/products/${id}`);
  const prices = page.getByRole('textbox', { name: 'Price', exact: true });
  await prices.nth(1).fill('18.00');
  const { variants } = await api<Saved>('GET', `/products/${id}`);
  const left = variants.flatMap(({ id, sku: code, options, price }) =>
    code === `${sku}-M` ? [{ id, sku: code, options, price }] : [],
  );
  await api('PATCH', `/products/${id}`, { variants: left }, await staff());
  await addPicture(page);
  await expect(prices.nth(1)).toHaveValue('18.00');
  expected.push(`412 PATCH /api/v1/products/${id}`);
  await save(page);
  const dialog = conflict(page);
  await expect(dialog.getByRole('row', { name: `${sku}-M: price` })).toContainText('$18.00');
  await expect(dialog.getByRole('row', { name: `${sku}-S: variant` })).toBeVisible();
  await dialog.getByRole('button', { name: 'Save my changes too' }).click();
  await expect(page.getByText('It was saved.')).toBeVisible();
  const now = await api<Saved>('GET', `/products/${id}`, undefined, await staff());
  expect(now.variants.map((variant) => [variant.sku, variant.price.amount])).toEqual([[`${sku}-M`, 1800]]);
});

test('what the shop refuses of both changes together is told at its field', async ({ page, expected }) => {
  const { id, sku } = await sizes({ S: 3 });
  await openConsole(page, `/products/${id}`);
  await page.getByRole('textbox', { name: 'Price before' }).fill('25.00');
  const [variant] = (await api<Saved>('GET', `/products/${id}`)).variants;
  const dearer = {
    id: variant?.id,
    sku: variant?.sku,
    options: variant?.options,
    price: { amount: 3000, currency: 'usd' },
  };
  await api('PATCH', `/products/${id}`, { variants: [dearer] }, await staff());
  expected.push(`412 PATCH /api/v1/products/${id}`, `400 PATCH /api/v1/products/${id}`);
  await save(page);
  const dialog = conflict(page);
  const line = dialog.getByRole('row', { name: `${sku}-S: compare at price` });
  await expect(line).toContainText('$25.00');
  await dialog.getByRole('button', { name: 'Save my changes too' }).click();
  await expect(line).toContainText(/must/i);
  await accessible(page);
});

test('a conflict names who changed this one, not who changed another', async ({ page, expected }) => {
  const code = newCode();
  const longer = `${code}-XL`;
  for (const one of [code, longer]) await api('POST', '/coupons', { code: one, percent: 10 }, await staff());
  const { email } = await account('Olga Other', 'admin');
  const olga = await api<{ accessToken: string }>('POST', '/auth/login', { email, password: PASSWORD });
  await openConsole(page, `/coupons/${code}`);
  await page.getByLabel('Percent off').fill('15');
  await api('PATCH', `/coupons/${code}`, { percent: 20 }, olga.accessToken);
  await api('PATCH', `/coupons/${longer}`, { percent: 20 }, await staff());
  expected.push(`412 PATCH /api/v1/coupons/${code}`);
  await save(page);
  await expect(conflict(page).getByText(/^By /)).toContainText('Olga Other');
});

test('a stock level that came with a file is of who sent the file', async ({ page, context, expected }) => {
  const { sku } = await product();
  await openConsole(page, `/stock/${sku}`);
  await page.getByLabel('Units on hand').fill('50');
  await page.getByLabel('Reason').fill('Counted');
  const files = await context.newPage();
  await files.goto('/console/files');
  const stock = files.getByRole('region', { name: 'Import stock' });
  const buffer = Buffer.from(`sku,on_hand\n${sku},7\n`);
  await stock.locator('input[type=file]').setInputFiles({ name: 'stock.csv', mimeType: 'text/csv', buffer });
  await expect(stock.getByText(/^Of 1 lines, 1 changed something/)).toBeVisible();
  expected.push(`412 PUT /api/v1/inventory/${sku}`);
  await save(page);
  await expect(conflict(page).getByText(/^By /)).toContainText('By you');
  await expect(conflict(page).getByRole('row', { name: 'On hand' })).toContainText('7');
});

test('where the audit trail cannot be read, nobody is named', async ({ page, expected }) => {
  const { id } = await product();
  await openConsole(page, `/products/${id}`);
  await page.getByLabel('Description').fill('Mine');
  await api('PATCH', `/products/${id}`, { description: 'Theirs' }, await staff());
  expected.push(`412 PATCH /api/v1/products/${id}`, '403 GET /api/v1/audit');
  await page.route('**/api/v1/audit?*', (route) =>
    route.fulfill({ status: 403, json: { statusCode: 403, code: 'forbidden', message: 'It is closed.' } }),
  );
  await save(page);
  await expect(conflict(page).getByText('Who it was is not known: It is closed.')).toBeVisible();
});
