import de from '../../storefront/src/i18n/de/index.ts';
import { expect, open, product, publishedReview, SHOP, test } from './shop.ts';

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

test('each page of a list has an address, and the head of the first one is gone', async ({ page }) => {
  // No other test adds to it.
  await open(page, '/categories/clothing');
  const names = page.getByRole('main').getByRole('heading', { level: 3 });
  const head = page.locator('link[rel=canonical], link[rel=prev], link[rel=next], meta[property="og:url"]');
  await expect(names).toHaveCount(24);
  const first = await names.allTextContents();
  await expect(head).toHaveCount(3);
  await page.getByRole('link', { name: 'Page 2', exact: true }).click();
  await expect(page).toHaveURL(`${SHOP}/categories/clothing?page=2`);
  await expect(head).toHaveCount(0);
  await expect(names.first()).not.toHaveText(first[0] ?? '');
  // Eight kinds of clothing, four of each.
  await expect(names).toHaveCount(32 - 24);
  const second = await names.allTextContents();
  expect(second.filter((name) => first.includes(name))).toEqual([]);
  await page.goBack();
  await expect(page).toHaveURL(`${SHOP}/categories/clothing`);
  await expect(names).toHaveText(first);
});

test('a category, an option and a brand leave as many products as they say', async ({ page }) => {
  // The first of each kind of the sample shop. No other test adds to them.
  await open(page, '/search?q=harbour');
  const filters = page.getByRole('region', { name: 'Filters' });
  const chips = page.getByRole('list', { name: 'Chosen filters' }).getByRole('button');
  const left = (count: string) => expect(page.getByRole('main').getByRole('status')).toHaveText(count);
  await left('25 products');
  await filters.getByRole('link', { name: 'Home 8' }).click();
  await left('8 products');
  await filters.getByRole('checkbox', { name: 'Moss 5' }).check();
  await expect(page).toHaveURL(`${SHOP}/search?q=harbour&category=home&options[Colour]=Moss`);
  await left('5 products');
  await filters.getByRole('checkbox', { name: 'Kestrel 1' }).check();
  await left('1 product');
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['Harbour Mug']);
  await expect(chips).toHaveText(['Remove Kestrel', 'Remove Colour: Moss']);
  await page.goBack();
  await left('5 products');
  await expect(chips).toHaveText(['Remove Colour: Moss']);
  await expect(filters.getByRole('checkbox', { name: 'Kestrel 1' })).not.toBeChecked();
  await chips.click();
  await left('8 products');
  await expect(page).toHaveURL(`${SHOP}/search?q=harbour&category=home`);
});

test('a list is narrowed to what others like', async ({ page }) => {
  const word = `Beacon${crypto.randomUUID().slice(0, 8)}`;
  await product({ name: `${word} of nobody` });
  const liked = await product({ name: `${word} of Ada` });
  await publishedReview(liked, { stars: 4 });
  const filters = page.getByRole('region', { name: 'Filters' });
  const stars = filters.getByRole('radio', { name: '4 stars and more 1' });
  // Search knows it a moment later.
  await expect(async () => {
    await open(page, `/search?q=${word}`);
    await expect(stars).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 60_000 });
  const names = page.getByRole('main').getByRole('heading', { level: 3 });
  await expect(names).toHaveCount(2);
  await stars.click();
  await expect(page).toHaveURL(`${SHOP}/search?q=${word}&rating=4`);
  await expect(names).toHaveText([liked.name]);
  await page.getByRole('button', { name: 'Remove 4 stars and more' }).click();
  await expect(names).toHaveCount(2);
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

test('an address that cannot be read is that of no page', async ({ page }) => {
  // What stands before the pages may refuse it itself.
  const home = await (await page.request.get('/')).text();
  const unreadable = ['/products/%ZZ', '//'];
  const fulfill = { contentType: 'text/html', body: home };
  await page.route(
    ({ pathname }) => unreadable.includes(pathname),
    (route) => route.fulfill(fulfill),
  );
  for (const path of unreadable) {
    await page.goto(SHOP + path);
    await expect(page.getByRole('heading', { level: 1, name: 'We did not find this page' })).toBeVisible();
    await expect(page.getByRole('banner')).toBeVisible();
  }
});

test('a page that a slow line brings is announced while the previous one is still shown', async ({ page }) => {
  await open(page, '/');
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await page.route(/assets\/shop\/cart-[^/]*\.js$/, async (route) => {
    await arrived;
    await route.continue();
  });
  await page.getByRole('link', { name: 'Cart' }).click();
  const sign = page.locator('.page-load');
  await expect(sign).toHaveAttribute('data-shown', 'true');
  await expect(sign).toHaveText('Loading …');
  arrive();
  await expect(page.getByRole('heading', { level: 1, name: 'Your cart' })).toBeVisible();
  await expect(sign).toHaveAttribute('data-shown', 'false');
});

test.describe('in German', () => {
  test.use({ locale: 'de-DE' });

  test('names and descriptions say that they are in the language of the catalogue', async ({ page }) => {
    const lantern = await product();
    await open(page, `/products/${lantern.slug}`);
    const heading = page.getByRole('heading', { level: 1, name: lantern.name });
    await expect(heading).toHaveAttribute('lang', 'en');
    await page.getByRole('button', { name: de['product.add'] }).click();
    await expect(page.getByText(de['product.added'].replace('{name}', lantern.name))).toBeVisible();
    await open(page, '/cart');
    await expect(page.getByRole('heading', { level: 2, name: lantern.name })).toHaveAttribute('lang', 'en');
  });

  test('a page or a filter that a list does not have is told in this language, with a way out', async ({
    page,
    expected,
  }) => {
    expected.push('404 GET /search', '400 GET /api/v1/products/search');
    const alert = page.getByRole('main').getByRole('alert');
    await open(page, '/search?page=417');
    await expect(alert).toHaveText(de['list.noSuchPage']);
    await page.getByRole('link', { name: de['list.firstPage'] }).click();
    const products = page.getByRole('main').getByRole('heading', { level: 3 });
    await expect(products.first()).toBeVisible();
    await open(page, '/search?minPrice=10.5');
    await expect(alert).toHaveText(de['list.refused']);
    await expect(page.getByLabel(de['facets.minPrice'], { exact: true })).toHaveAccessibleDescription(
      de['list.refused'],
    );
    await page.getByRole('link', { name: de['list.fewerFilters'] }).click();
    await expect(products.first()).toBeVisible();
  });
});

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });

  test('a product page tells a crawler everything', async ({ page, expected }) => {
    expected.push('csp GET /assets/shop/');
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
