// What opens over pages, and the steps of forms, where it is narrowest.

import de from '../../storefront/src/i18n/de/index.ts';
import { confirmAddress, customer, deliver, expect, open, PASSWORD, paidOrder, product, seen, test } from './shop.ts';
import { codeOf } from './totp.ts';

test.use({ viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'de-DE' });

test('windows of addresses and orders', async ({ page, context }) => {
  const [lantern, who] = [await product(), await customer(context)];
  const order = await paidOrder(lantern.sku, who.accessToken);
  await open(page, '/account/addresses');
  await page.getByRole('button', { name: de['addresses.add'] }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await seen(page);
  await open(page, `/orders/${order.id}`);
  await page.getByRole('button', { name: de['order.cancel'] }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
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

test('steps of two-factor sign-in', async ({ page, context }) => {
  const who = await customer(context);
  await confirmAddress(who);
  await open(page, '/account/security');
  await page.getByRole('button', { name: de['security.turnOn'] }).click();
  const form = page.getByRole('dialog');
  await expect(form).toBeVisible();
  await seen(page);
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
