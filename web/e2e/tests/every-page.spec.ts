// Every page, as everybody sees it: a telephone and a desk, light and dark, English and German.

import type { Page } from '@playwright/test';
import { customer, expect, inCart, open, paidOrder, product, seen, test } from './shop.ts';

const PUBLIC = [
  '/',
  '/search?q=shirt',
  '/categories/clothing',
  '/products/harbour-t-shirt',
  '/cart',
  '/sign-in',
  '/register',
  '/forgot-password',
  // Mails link to these.
  '/verify-email?token=mailed',
  '/change-email?token=mailed',
  '/reset-password?token=mailed',
  '/confirm-order?token=mailed',
];
const OWN = ['', '/orders', '/addresses', '/security', '/preferences', '/wishlist'].map((path) => `/account${path}`);
const SCREENS = [
  { viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'de-DE' },
  { viewport: { width: 1280, height: 900 }, colorScheme: 'light', locale: 'en-US' },
] as const;

for (const screen of SCREENS) {
  test.describe(`${screen.viewport.width} px, ${screen.colorScheme}, ${screen.locale}`, () => {
    test.use(screen);

    test('pages for everybody', async ({ page, expected }) => {
      for (const path of PUBLIC) await look(page, path);
      expected.push('404 GET /nothing', '404 GET /api/v1/orders/');
      await look(page, '/nothing');
      await look(page, '/orders/ord_01arz3ndektsv4rrffq69g5fav');
    });

    test('pages of a customer', async ({ page, context }) => {
      const [lantern, who] = [await product(), await customer(context)];
      const order = await paidOrder(lantern.sku, who.accessToken);
      await inCart(lantern, who);
      for (const path of OWN) await look(page, path);
      await look(page, '/cart');
      await look(page, '/checkout');
      await look(page, `/orders/${order.id}`);
      await look(page, `/products/${lantern.slug}/review`);
    });
  });
}

async function look(page: Page, path: string): Promise<void> {
  await open(page, path);
  const language = await page.evaluate(() => navigator.language.slice(0, 2));
  await expect(page.locator('html')).toHaveAttribute('lang', language);
  await seen(page);
}
