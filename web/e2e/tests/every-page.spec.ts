// Every page, as everybody sees it: a telephone and a desk, light and dark, English and German, by keyboard.

import type { Locator, Page } from '@playwright/test';
import { accessible, addToCart, expect, fitsScreen, product, register, test } from './shop.ts';

const PUBLIC = [
  '/',
  '/search?q=shirt',
  '/categories/clothing',
  '/products/harbour-t-shirt',
  '/cart',
  '/sign-in',
  '/register',
  '/forgot-password',
];
const OWN = [
  '/account',
  '/account/orders',
  '/account/addresses',
  '/account/security',
  '/account/preferences',
  '/account/wishlist',
  '/checkout',
];
const SCREENS = [
  { width: 360, height: 740, colorScheme: 'dark', locale: 'de-DE' },
  { width: 1280, height: 900, colorScheme: 'light', locale: 'en-US' },
] as const;

for (const { width, height, colorScheme, locale } of SCREENS) {
  test.describe(`${width} px, ${colorScheme}, ${locale}`, () => {
    test.use({ viewport: { width, height }, colorScheme, locale });

    test('pages for everybody', async ({ page }) => {
      for (const path of PUBLIC) await look(page, path);
    });

    test('pages of an account', async ({ browser }) => {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: 'en-US' });
      const page = await context.newPage();
      const lantern = await product();
      await register(page);
      await addToCart(page, lantern);
      for (const path of OWN) await look(page, path);
      await context.close();
    });

    test('a page that does not exist', async ({ page, expected }) => {
      expected.push('404 GET /nothing');
      await look(page, '/nothing');
    });
  });
}

async function look(page: Page, path: string): Promise<void> {
  await page.goto(path);
  // Before that it is the page for crawlers.
  await expect(page.getByRole('banner')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  await fitsScreen(page);
  await accessible(page);
}

test('a purchase by keyboard alone', async ({ page }) => {
  const lantern = await product();
  await page.goto(`/products/${lantern.slug}`);
  await expect(page.getByRole('button', { name: 'Add to cart' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await press(page, page.getByRole('button', { name: 'Add to cart' }));
  await expect(page.getByText(`Added to your cart: ${lantern.name}`)).toBeVisible();
  await page.goto('/cart');
  await press(page, page.getByRole('link', { name: 'Go to checkout' }));
  await expect(page).toHaveURL(/checkout/);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

/** Goes to an element with the Tab key, and presses Enter. */
async function press(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let tabs = 0; tabs < 80; tabs += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      await page.keyboard.press('Enter');
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error('the Tab key does not reach it');
}
