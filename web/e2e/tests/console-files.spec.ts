// Files that staff give the shop: pictures and CSV.

import type { Page } from '@playwright/test';
import { openConsole } from './console.ts';
import { accessible, api, CLOUD, downloaded, expect, newCode, product, test } from './shop.ts';

/** What the shop says of work is changed, as long as the test wants. */
const said = (page: Page, path: string, change: object, isWanted = () => true) =>
  page.route(path, async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as { data: object };
    const changed = { ...body, data: { ...body.data, ...change } };
    await route.fulfill({ response, json: isWanted() ? changed : body });
  });

/** Files that are dropped on a place, as a browser does it. */
async function drop(page: Page, place: string, file: { name: string; type: string; bytes: Buffer }): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ({ name, type, bytes }) => {
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      data.items.add(new File([content], name, { type }));
      return data;
    },
    { ...file, bytes: file.bytes.toString('base64') },
  );
  await page.getByRole('button', { name: place }).dispatchEvent('drop', { dataTransfer });
}

test('a picture that is dropped is shown with its progress, and then among the pictures', async ({ page }) => {
  const { id, name } = await product();
  await openConsole(page, `/products/${id}`);
  const pictures = page.getByRole('region', { name: 'Pictures' });
  const send = Promise.withResolvers<void>();
  await page.route(
    (url) => url.origin === new URL(CLOUD).origin,
    async (route) => {
      if (route.request().method() === 'POST') await send.promise;
      await route.continue();
    },
  );
  const bytes = await page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 200 } });
  await drop(page, 'Add pictures, or drop them here', { name: 'lantern.png', type: 'image/png', bytes });
  await expect(pictures.getByRole('progressbar', { name: 'lantern.png' })).toBeVisible();
  await expect(pictures.getByText(/lantern\.png – \d+ %/)).toBeVisible();
  send.resolve();
  await expect(pictures.getByRole('img', { name })).toHaveCount(1);
  await expect(pictures.getByRole('progressbar')).toHaveCount(0);
});

test('texts of pictures that are not saved yet stay when others are added or deleted', async ({ page }) => {
  const { id, name } = await product();
  await openConsole(page, `/products/${id}`);
  const pictures = page.getByRole('region', { name: 'Pictures' });
  const buffer = await page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 200 } });
  const add = (file: string) =>
    pictures.locator('input[type=file]').setInputFiles({ name: file, mimeType: 'image/png', buffer });
  await add('one.png');
  const text = pictures.getByRole('textbox', { name: 'Text' });
  await text.fill('By night');
  // The second one waits for the first.
  await add('two.png');
  await add('three.png');
  await expect(pictures.getByRole('img')).toHaveCount(3);
  await expect(text.first()).toHaveValue('By night');

  await pictures.getByRole('button', { name: 'Delete the picture' }).last().click();
  const dialog = page.getByRole('dialog', { name: 'Delete the picture?' });
  await accessible(page);
  await dialog.getByRole('button', { name: 'Confirm' }).click();
  await expect(pictures.getByRole('img')).toHaveCount(2);
  await pictures.getByRole('button', { name: 'Save the pictures' }).click();
  await expect(page.getByText('The pictures were saved.')).toBeVisible();
  const { images } = await api<{ images: { alt: string }[] }>('GET', `/products/${id}`);
  expect(images.map(({ alt }) => alt)).toEqual(['By night', name]);
});

test('a file that is no picture says why', async ({ page }) => {
  const { id } = await product();
  await openConsole(page, `/products/${id}`);
  const pictures = page.getByRole('region', { name: 'Pictures' });
  await pictures
    .locator('input[type=file]')
    .setInputFiles({ name: 'no.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await expect(pictures.getByText(/^no\.png: /)).toBeVisible();
});

test('a CSV file with a bad line changes what it can, and says what was not accepted', async ({ page }) => {
  const { sku } = await product();
  await openConsole(page, '/files');
  const stock = page.getByRole('region', { name: 'Import stock' });
  await stock.locator('input[type=file]').setInputFiles({
    name: 'stock.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`sku,on_hand\n${sku},7\n${sku}-NOT-THERE,3\n`),
  });
  await expect(
    stock.getByText('Of 2 lines, 1 changed something, 0 changed nothing and 1 were not accepted.'),
  ).toBeVisible();
  const bad = stock.getByRole('table', { name: 'Lines that were not accepted' }).getByRole('row').nth(1);
  await expect(bad).toContainText('3');
  await expect(bad).toContainText('sku');
  await expect(bad).toContainText('is not known');
  await page.reload();
  await expect(bad).toContainText('is not known');
  await page.goto(`/console/stock/${sku}`);
  await expect(page.getByLabel('Units on hand')).toHaveValue('7');
});

test('a CSV file of products makes and changes them', async ({ page }) => {
  const { sku, slug } = await product();
  const made = newCode();
  await openConsole(page, '/files');
  const products = page.getByRole('region', { name: 'Import products' });
  await products.locator('input[type=file]').setInputFiles({
    name: 'products.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      `slug,sku,name,price,status\n${slug},${sku},Storm lantern,25.00,active\n${made.toLowerCase()},${made},Oil lamp,12.00,draft\n`,
    ),
  });
  await expect(
    products.getByText('Of 2 lines, 2 changed something, 0 changed nothing and 0 were not accepted.'),
  ).toBeVisible();
  expect(await api('GET', `/products/${slug}`)).toMatchObject({ name: 'Storm lantern', price: { amount: 2_500 } });
  await page.goto(`/console/stock/${made}`);
  await expect(page.getByText(`Stock of ${made}`)).toBeVisible();
});

test('a page that was left while files are worked off stays left, and shows each file when it is opened again', async ({
  page,
}) => {
  await openConsole(page, '/files');
  // They are not done as long as this test looks.
  await said(page, '**/api/v1/uploads/*', { state: 'running' });
  for (const name of ['products', 'stock']) {
    const file = { name: `${name}.csv`, mimeType: 'text/csv', buffer: Buffer.from('sku,on_hand\n') };
    await page
      .getByRole('region', { name: `Import ${name}` })
      .locator('input[type=file]')
      .setInputFiles(file);
  }
  for (const name of ['products', 'stock'])
    await expect(page.getByText(`${name}.csv – being worked off`)).toBeVisible();
  await page.getByRole('menuitem', { name: 'Brands' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Brands' })).toBeVisible();
  // The answers of the first looks were worked off when the later ones come.
  for (let look = 0; look < 6; look += 1) await page.waitForResponse('**/api/v1/uploads/*');
  expect(new URL(page.url()).pathname).toBe('/console/brands');
  await page.getByRole('menuitem', { name: 'Import and export' }).click();
  for (const name of ['products', 'stock']) {
    const section = page.getByRole('region', { name: `Import ${name}` });
    await expect(section.getByText('The file – being worked off')).toBeVisible();
  }
  await page.unrouteAll({ behavior: 'wait' });
});

test('a file that nobody works on any more ends for who sent it', async ({ page }) => {
  await page.clock.install();
  await openConsole(page, '/files');
  let looks = 0;
  page.on('request', (request) => {
    if (/\/uploads\/\w+$/.test(request.url())) looks += 1;
  });
  await said(page, '**/api/v1/uploads/*', { state: 'running', lines: null });
  const stock = page.getByRole('region', { name: 'Import stock' });
  const file = { name: 'stock.csv', mimeType: 'text/csv', buffer: Buffer.from('sku,on_hand\n') };
  await stock.locator('input[type=file]').setInputFiles(file);
  // With the second look, what the first one told is known.
  await expect.poll(() => looks).toBeGreaterThan(1);
  // No timer ends meanwhile: a look that waits would not be answered in time.
  await page.clock.setSystemTime(Date.now() + 36 * 60_000);
  await expect(stock.getByText('stock.csv: Nobody works on this file any more.')).toBeVisible();
  await expect(stock.getByRole('progressbar')).toHaveCount(0);
  await page.unrouteAll({ behavior: 'wait' });
});

test('an export outlives a reload and a look at another page, and its link is made anew for each download', async ({
  page,
}) => {
  await openConsole(page, '/files');
  const exports = page.getByRole('region', { name: 'Export' });
  let isHeld = true;
  await said(page, '**/api/v1/exports/*', { state: 'running', url: null }, () => isHeld);
  await exports.getByRole('button', { name: 'Stock' }).click();
  const progress = exports.getByRole('progressbar', { name: 'Exporting' });
  await expect(exports.getByText('so far')).toBeVisible();
  await page.reload();
  await expect(progress).toBeVisible();
  await page.getByRole('menuitem', { name: 'Brands' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Brands' })).toBeVisible();
  await page.getByRole('menuitem', { name: 'Import and export' }).click();
  await expect(progress).toBeVisible();
  await expect(exports.getByRole('button', { name: 'Stock' })).toBeDisabled();
  await downloaded(page, async () => {
    isHeld = false;
  });
  const read = page.waitForRequest('**/api/v1/exports/*');
  await downloaded(page, () => exports.getByRole('button', { name: 'Download the file' }).click());
  await read;
  await page.unrouteAll({ behavior: 'wait' });
});
