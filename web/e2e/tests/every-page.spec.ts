// Every page, as everybody sees it: a telephone and a desk, light and dark, English and German.

import type { Page } from '@playwright/test';
import de from '../../storefront/src/i18n/de/index.ts';
import {
  accessible,
  confirmAddress,
  customer,
  deliver,
  expect,
  fitsScreen,
  inCart,
  open,
  PASSWORD,
  paidOrder,
  product,
  test,
} from './shop.ts';
import { codeOf } from './totp.ts';

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
const TELEPHONE = { viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'de-DE' } as const;
const DESK = { viewport: { width: 1280, height: 900 }, colorScheme: 'light', locale: 'en-US' } as const;

for (const screen of [TELEPHONE, DESK]) {
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
      await look(page, '/checkout');
      await look(page, `/orders/${order.id}`);
      await look(page, `/products/${lantern.slug}/review`);
    });
  });
}

test.describe('windows and steps', () => {
  test.use(TELEPHONE);

  test('of addresses and orders', async ({ page, context }) => {
    const [lantern, who] = [await product(), await customer(context)];
    const order = await paidOrder(lantern.sku, who.accessToken);
    await open(page, '/account/addresses');
    await page.getByRole('button', { name: de['addresses.add'] }).click();
    await seen(page);
    await open(page, `/orders/${order.id}`);
    await page.getByRole('button', { name: de['order.cancel'] }).click();
    await seen(page);
    await page.keyboard.press('Escape');
    await deliver(order);
    await page.getByRole('button', { name: de['return.start'] }).click();
    await page.getByRole('dialog').getByRole('radio', { name: de['return.kind.return'], exact: true }).check();
    await page.getByRole('dialog').getByRole('spinbutton').fill('1');
    await seen(page);
    await page.keyboard.press('Escape');
    await seen(page);
  });

  test('of two-factor sign-in', async ({ page, context }) => {
    const who = await customer(context);
    await confirmAddress(who);
    await open(page, '/account/security');
    await page.getByRole('button', { name: de['security.turnOn'] }).click();
    await seen(page);
    const form = page.getByRole('dialog');
    await form.getByLabel(de['security.yourPassword']).fill(PASSWORD);
    await form.getByRole('button', { name: de['security.continue'] }).click();
    const secret = (await form.locator('.secret').textContent()) ?? '';
    await seen(page);
    await form.getByLabel(de['security.code']).fill(codeOf(secret));
    await form.getByRole('button', { name: de['security.turnOn'] }).click();
    await expect(form.getByText(de['security.codesText'])).toBeVisible();
    await seen(page);
    await form.getByRole('button', { name: de['security.codesSaved'] }).click();
    await expect(page.getByText(de['security.twoFactorOn'])).toBeVisible();
    await seen(page);

    await context.clearCookies();
    await page.evaluate(() => localStorage.clear());
    await open(page, '/sign-in');
    await page.getByLabel(de['signIn.email']).fill(who.email);
    await page.getByLabel(de['signIn.password']).fill(PASSWORD);
    await page.getByRole('main').getByRole('button', { name: de['signIn.button'] }).click();
    await expect(page.getByLabel(de['signIn.code'])).toBeFocused();
    await seen(page);
  });
});

async function look(page: Page, path: string): Promise<void> {
  await open(page, path);
  await seen(page);
}

/** Looks at what is shown now. */
async function seen(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
  await fitsScreen(page);
  await accessible(page);
}
