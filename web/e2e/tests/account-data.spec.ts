// What belongs to a person: sessions, preferences, data, the account itself; and the language.

import { readFile } from 'node:fs/promises';
import {
  ADDRESS,
  accessible,
  api,
  confirmAddress,
  customer,
  downloaded,
  expect,
  inCart,
  mailedLink,
  mails,
  open,
  PASSWORD,
  picture,
  product,
  seen,
  signIn,
  somebody,
  staff,
  test,
} from './shop.ts';

test('preferences are kept, all sessions are ended, and the account is exported and deleted', async ({
  page,
  context,
  expected,
}) => {
  expected.push('401 POST /api/v1/auth/');
  const who = await customer(context);
  await open(page, '/account/preferences');
  await page.getByLabel('News and offers').check();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('News and offers')).toBeChecked();

  await open(page, '/account/security');
  const data = await downloaded(page, () => page.getByRole('button', { name: 'Get my data' }).click());
  expect(await readFile(await data.path(), 'utf8')).toContain(who.email);

  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page).toHaveURL(/sign-in/);
  await signIn(page, who.email);
  // It leads back to the page of before.
  await page.getByRole('button', { name: 'Delete my account' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Your password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Delete it for good' }).click();
  await expect(page.getByText('Your account is deleted.')).toBeVisible();
  await open(page, '/sign-in');
  await signIn(page, who.email);
  await expect(page.getByRole('alert')).toBeVisible();
});

test('the language that is chosen stays, and mails are in it', async ({ page }) => {
  await open(page, '/register');
  await page.getByLabel('Language').selectOption('Deutsch');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  const email = somebody();
  await page.getByLabel('Ihr Name').fill('Ada Lovelace');
  await page.getByLabel('E-Mail-Adresse').fill(email);
  await page.getByLabel('Passwort').fill(PASSWORD);
  await page.getByRole('button', { name: 'Konto erstellen' }).click();
  await mailedLink(email, '/verify-email');
  expect((await mails(email)).join()).toContain('bitte bestätigen Sie');
  await open(page, '/');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
});

test('who waits for a product gets a mail when it is back', async ({ page, context }) => {
  const lantern = await product({ stock: 0 });
  const who = await customer(context);
  await confirmAddress(who);
  await open(page, `/products/${lantern.slug}`);
  await page.getByRole('button', { name: 'Mail me when it is back' }).click();
  await expect(page.getByText('We will mail you when it is back in stock.')).toBeVisible();
  await page.reload();
  await expect(page.getByText('We will mail you when it is back in stock.')).toBeVisible();
  await api('PATCH', `/inventory/${lantern.sku}`, { adjust: 5, reason: 'A delivery' }, await staff());
  expect(await mailedLink(who.email, '/products/')).toContain(lantern.slug);
  await expect(page.getByRole('button', { name: 'Add to cart' })).toBeEnabled();

  await page.goto(await mailedLink(who.email, '/api/v1/mail/unsubscribe'));
  await seen(page);
  await page.getByRole('main').getByRole('button').click();
  await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
  await seen(page);
});

test('an order is paid by the address for invoices that the account has', async ({ page, context }) => {
  const [lantern, who] = [await product(), await customer(context)];
  await inCart(lantern, who);
  await api('POST', '/users/me/addresses', { ...ADDRESS, type: 'shipping' }, who.accessToken);
  const office = { ...ADDRESS, name: 'Lovelace Ltd', country: 'CH', postalCode: '8001', city: 'Zürich' };
  await api('POST', '/users/me/addresses', { ...office, type: 'billing' }, who.accessToken);
  await open(page, '/checkout');
  await expect(page.getByRole('radio', { name: /^Lovelace Ltd/ })).toBeChecked();
  await accessible(page);
  await page.getByRole('button', { name: /Order and pay/ }).click();
  await expect(page).toHaveURL(/\/pay\/cs_/);
  const [order] = await api<{ id: string }[]>('GET', '/orders', undefined, who.accessToken);
  const { billingAddress } = await api<{ billingAddress: { name: string } }>(
    'GET',
    `/orders/${order?.id}`,
    undefined,
    who.accessToken,
  );
  expect(billingAddress.name).toBe('Lovelace Ltd');
});

test('a picture of a product is looked at large', async ({ page }) => {
  await open(page, '/products/harbour-t-shirt');
  const enlarge = page.getByRole('button', { name: /^Enlarge picture 1/ });
  await enlarge.click();
  await expect(page.getByRole('dialog').getByRole('img')).not.toHaveJSProperty('naturalWidth', 0);
  await accessible(page);
  await page.keyboard.press('Escape');
  await expect(enlarge).toBeFocused();
});

test('several pictures are looked at one after the other: small, and large with buttons and keys', async ({ page }) => {
  const lantern = await product();
  const png = await page.screenshot();
  for (const alt of ['By day', 'By night']) await picture(lantern, alt, png);
  await open(page, `/products/${lantern.slug}`);
  const second = page.getByRole('button', { name: 'Show picture 2: By night' });
  await second.click();
  await expect(second).toHaveAttribute('aria-pressed', 'true');
  const enlarge = page.getByRole('button', { name: 'Enlarge picture 2: By night' });
  await enlarge.click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Picture 2 of 2')).toBeVisible();
  await expect(dialog.getByRole('img', { name: 'By night' })).not.toHaveJSProperty('naturalWidth', 0);
  await accessible(page);
  await dialog.getByRole('button', { name: 'Next picture' }).click();
  await expect(dialog.getByText('Picture 1 of 2')).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await expect(dialog.getByText('Picture 2 of 2')).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(dialog.getByRole('img', { name: 'By day' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Enlarge picture 1: By day' })).toBeFocused();
});

test('a product that was opened by its id keeps the first choice', async ({ page }) => {
  const values = ['S', 'M'].flatMap((Size) => ['Red', 'Blue'].map((Colour) => ({ Size, Colour })));
  const variants = values.map((options, n) => ({
    sku: `E2E-${crypto.randomUUID().slice(0, 8)}-${n}`.toUpperCase(),
    price: { amount: 1000, currency: 'usd' },
    stock: 3,
    options,
  }));
  const several = { sku: undefined, stock: undefined, price: undefined, options: ['Size', 'Colour'], variants };
  const { id } = await product(several);
  await open(page, `/products/${id}`);
  await page.getByRole('radio', { name: 'M' }).check();
  await page.getByRole('radio', { name: 'Blue' }).check();
  await expect(page).toHaveURL(new RegExp(`/products/${id}\\?sku=`));
  await expect(page.getByRole('radio', { name: 'M' })).toBeChecked();
});
