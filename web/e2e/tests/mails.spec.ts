// The pages that mails link to.

import type { Page } from '@playwright/test';
import {
  accessible,
  address,
  addToCart,
  api,
  expect,
  mailedLink,
  mails,
  open,
  PASSWORD,
  product,
  signIn,
  somebody,
  test,
} from './shop.ts';

/** A guest's order for cash on delivery, which waits for the link in the mail to the address that this answers. */
async function orderCash(page: Page): Promise<string> {
  const lantern = await product();
  const email = somebody();
  await addToCart(page, lantern);
  await open(page, '/checkout');
  await page.getByLabel('Email address').fill(email);
  await address(page);
  await page.getByLabel('Cash on delivery').check();
  await page.getByRole('button', { name: /binding order/ }).click();
  await expect(page.getByText(`We have sent a mail to ${email}.`)).toBeVisible();
  return email;
}

async function confirmOrder(page: Page, email: string): Promise<void> {
  await open(page, await mailedLink(email, '/confirm-order'));
  await page.getByRole('button', { name: 'Confirm the order' }).click();
  await page.getByRole('link', { name: 'Show the order' }).click();
  await expect(page.getByText('Order confirmed')).toBeVisible();
}

test('a guest confirms cash on delivery, and sees the order', async ({ page }) => {
  await confirmOrder(page, await orderCash(page));
});

test('a guest confirms cash on delivery on another device, and sees the order there', async ({ page, elsewhere }) => {
  await confirmOrder(elsewhere, await orderCash(page));
});

test('a guest who lost the link to an order gets another one', async ({ page, elsewhere, expected }) => {
  expected.push('404 GET /api/v1/orders/');
  const email = await orderCash(page);
  await confirmOrder(page, email);
  const { pathname } = new URL(page.url());
  await open(elsewhere, pathname);
  await expect(elsewhere.getByRole('heading', { level: 1, name: 'We cannot show this order' })).toBeVisible();
  await elsewhere.getByLabel('Email address').fill(email);
  await accessible(elsewhere);
  const before = (await mails(email)).length;
  await elsewhere.getByRole('button', { name: 'Send me a link' }).click();
  await expect(elsewhere.getByText(`If ${email} is the address of the order`)).toBeVisible();
  await expect.poll(async () => (await mails(email)).length).toBeGreaterThan(before);
  await open(elsewhere, await mailedLink(email, pathname));
  await expect(elsewhere.getByText('Order confirmed')).toBeVisible();
});

test('a customer chooses a new password, and changes the address', async ({ page }) => {
  const [before, password, email] = [somebody(), `${PASSWORD}, and never will`, somebody()];
  await api('POST', '/auth/register', { name: 'Ada Lovelace', email: before, password: PASSWORD });
  await api('POST', '/auth/password/forgot', { email: before });
  await open(page, await mailedLink(before, '/reset-password'));
  await page.getByLabel('New password').fill(password);
  await page.getByRole('button', { name: 'Save the password' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
  await signIn(page, before, password);
  await page.getByRole('link', { name: 'Security' }).click();
  const form = page.getByRole('region', { name: 'Email address' });
  await form.getByLabel('New email address').fill(email);
  await form.getByLabel('Your password').fill(password);
  await form.getByRole('button', { name: 'Change the address' }).click();
  await open(page, await mailedLink(email, '/change-email'));
  await expect(page.getByText(`Your address is now ${email}.`)).toBeVisible();
});
