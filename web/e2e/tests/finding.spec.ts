import { expect, open, product, SHOP, test } from './shop.ts';

test('facets are in the address, and the back button takes them away again', async ({ page }) => {
  await open(page, '/search?q=shirt');
  const count = page.getByText(/^\d+ products?$/).first();
  const all = await count.textContent();
  await page.getByRole('checkbox', { name: 'In stock' }).first().check();
  await expect(page).toHaveURL(/inStock=true/);
  await page.getByLabel('Sort by').selectOption({ label: 'Price, lowest first' });
  await expect(page).toHaveURL(/sort=price/);
  await page.goBack();
  await expect(page).not.toHaveURL(/sort=price/);
  await page.goBack();
  await expect(page).not.toHaveURL(/inStock/);
  await expect(count).toHaveText(all ?? '');
});

test('a list that was refused or failed shows no products of another one', async ({ page, expected }) => {
  expected.push('400 GET /api/v1/products/search', '500 GET /api/v1/products/search');
  await page.goto('/search');
  const products = page.getByRole('main').getByRole('heading', { level: 3 });
  await expect(products.first()).toBeVisible();
  await page.getByLabel('From').fill('1,000');
  await page.getByLabel('To', { exact: true }).fill('10.50');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/minPrice=100000&maxPrice=1050/);
  await expect(page.getByLabel('To', { exact: true })).toHaveAccessibleDescription(/lower than the lowest/);
  await expect(products).toHaveCount(0);
  await page.getByRole('link', { name: 'Clear all' }).click();
  await expect(products.first()).toBeVisible();

  const broken = { status: 500, json: { statusCode: 500, code: 'internal', message: 'An error.' } };
  await page.route(/products\/search\?.*inStock/, (route) => route.fulfill(broken), { times: 1 });
  await page.getByRole('checkbox', { name: 'In stock' }).check();
  await expect(page.getByRole('alert')).toContainText('Something went wrong');
  await expect(products).toHaveCount(0);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(products.first()).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'In stock' })).toBeChecked();
});

test('a search with a mistake finds, and the keyboard chooses a suggestion', async ({ page }) => {
  await open(page, '/');
  const box = page.getByRole('combobox', { name: 'Search the shop' });
  await box.fill('harb');
  await expect(page.getByRole('option').first()).toBeVisible();
  await box.press('ArrowDown');
  await box.press('Enter');
  await expect(page).not.toHaveURL(`${SHOP}/`);
  await open(page, '/search?q=harbuor+tshirt');
  await expect(page.getByRole('link', { name: /Harbour T-shirt/ }).first()).toBeVisible();
});

test('the way back from a product leads to the same place of the list', async ({ page }) => {
  // No other test adds to it.
  await open(page, '/categories/clothing');
  const link = page.getByRole('main').getByRole('article').nth(14).getByRole('link');
  const scrolled = () => page.evaluate(() => scrollY);
  await link.scrollIntoViewIfNeeded();
  const place = await scrolled();
  expect(place).toBeGreaterThan(0);
  await link.click();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await expect.poll(scrolled).toBe(0);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await expect.poll(scrolled).toBe(place);
  await expect(link).toBeInViewport();
});

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });

  test('a product page tells a crawler everything', async ({ page }) => {
    const lantern = await product({ description: 'Shines </script><b>bright</b>.' });
    await page.goto(`/products/${lantern.slug}`);
    await expect(page).toHaveTitle(new RegExp(lantern.name));
    await expect(page.getByRole('heading', { name: lantern.name })).toBeVisible();
    expect(await page.locator('link[rel=canonical]').getAttribute('href')).toBe(`${SHOP}/products/${lantern.slug}`);
    const texts = await page.locator('script[type="application/ld+json"]').allTextContents();
    const types = texts.map((text) => (JSON.parse(text) as { '@type': string })['@type']);
    expect(types.some((type) => /^Product/.test(type))).toBe(true);
  });
});
