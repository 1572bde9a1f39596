// Two windows change one product.

import { openConsole } from './console.ts';
import { accessible, api, expect, sizes, staff, test } from './shop.ts';

interface Saved {
  name: string;
  description: string;
  variants: { sku: string; price: { amount: number } }[];
}

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
  await other.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(other.getByText('It was saved.')).toBeVisible();

  expected.push(`412 PATCH /api/v1/products/${id}`);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Somebody else changed this meanwhile' });
  const line = (name: string) => dialog.getByRole('row', { name });
  await expect(line(`${sku}-S: price`)).toContainText('$20.00as it is$18.00');
  await expect(line(`${sku}-L: variant`)).toContainText('$25.00');
  await expect(dialog.getByText('{')).toHaveCount(0);
  await accessible(page);
  const save = dialog.getByRole('button', { name: 'Save my changes too' });
  await expect(save).toBeDisabled();
  await dialog.getByRole('radio', { name: 'Theirs' }).check();

  // Before it is decided, it changes once more.
  await api('PATCH', `/products/${id}`, { name: 'Renamed' }, await staff());
  await save.click();
  await expect(line('Name')).toContainText('Renamed');
  await save.click();
  await expect(page.getByText('It was saved.')).toBeVisible();
  await expect(dialog).toHaveCount(0);

  const { name, description, variants } = await api<Saved>('GET', `/products/${id}`);
  expect({ name, description }).toEqual({ name: 'Renamed', description: 'Theirs' });
  expect(variants.map((variant) => [variant.sku, variant.price.amount])).toEqual([
    [`${sku}-S`, 1800],
    [`${sku}-L`, 2500],
  ]);
});
