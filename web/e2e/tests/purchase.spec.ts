import type { Page } from '@playwright/test';
import {
  address,
  addToCart,
  api,
  customer,
  expect,
  inCart,
  lookedAt,
  mailedLink,
  newCode,
  open,
  paidOrder,
  product,
  SHOP,
  somebody,
  staff,
  test,
} from './shop.ts';

test('a guest buys: declined, then with 3-D Secure, and sees the order paid', async ({ page, expected }) => {
  expected.push('402 POST /pay/');
  const lantern = await product();
  const email = somebody();
  await addToCart(page, lantern);
  await open(page, '/cart');
  await expect(page.getByText(lantern.name)).toBeVisible();
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await page.getByLabel('Email address').fill(email);
  await address(page);
  const terms = page.getByRole('region', { name: 'Your order' }).getByRole('link', { name: 'Terms and conditions' });
  await expect(terms).toHaveAttribute('href', 'https://example.com/terms');
  await pay(page);
  await expect(page.getByRole('link', { name: /Invoice/ })).toBeVisible();

  const link = await mailedLink(email, '/orders/');
  expect(new URL(link).origin).toBe(SHOP);
  // The page of the order would be refused as soon as its token is gone.
  await open(page, '/sign-in');
  await page.context().clearCookies();
  await page.evaluate(() => localStorage.clear());
  await open(page, link);
  await expect(page.getByRole('heading', { name: /Order/ })).toBeVisible();
  await expect(page.getByText(lantern.name)).toBeVisible();
});

test('a customer buys with a coupon in the same way, cancels, and finds the order in the account', async ({
  page,
  context,
  expected,
}) => {
  expected.push('402 POST /pay/');
  const [lantern, who, code] = [await product(), await customer(context), newCode()];
  await api('POST', '/coupons', { code, percent: 25 }, await staff());
  await inCart(lantern, who);
  await open(page, '/checkout');
  await address(page);
  const button = page.getByRole('button', { name: /Order and pay/ });
  const before = amountIn(await button.textContent());
  await page.getByText('Do you have a coupon?').click();
  await page.getByLabel('Coupon code').fill(code);
  await page.getByRole('button', { name: 'Use coupon' }).click();
  await expect(page.getByText(`Discount (${code})`)).toBeVisible();
  await expect(page.getByText('−$5.00')).toBeVisible();
  // The lantern costs 20.00.
  await expect.poll(async () => amountIn(await button.textContent())).toBe(before - 500);
  await pay(page);
  await expect(page.getByText(`Discount (${code})`)).toBeVisible();

  await page.getByRole('button', { name: 'Cancel the order' }).click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(page.getByText('Order cancelled')).toBeVisible();
  await page.getByRole('link', { name: 'Orders' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Orders' })).toBeVisible();
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible();
});

test('the last one in stock is sold once, and the other buyer is told', async ({ page, expected }) => {
  expected.push('409 POST /api/v1/orders');
  const lantern = await product({ stock: 1 });
  await addToCart(page, lantern);
  await open(page, '/checkout');
  await page.getByLabel('Email address').fill(somebody());
  await address(page);
  await page.getByLabel('Cash on delivery').check();
  const order = page.getByRole('button', { name: /binding order/ });
  await expect(order).toBeEnabled();
  await api('PATCH', `/inventory/${lantern.sku}`, { adjust: -1, reason: 'Sold at the fair' }, await staff());
  await order.click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(page).toHaveURL(/\/checkout/);
});

test('another kind of shipping changes what the order costs', async ({ page }) => {
  await addToCart(page, await product());
  await open(page, '/checkout');
  await page.getByLabel('Email address').fill(somebody());
  await address(page);
  await page.getByLabel('Cash on delivery').check();
  const button = page.getByRole('button', { name: /binding order/ });
  const before = amountIn(await button.textContent());
  const express = page.getByRole('radio', { name: /^Express/ });
  await express.click();
  await expect(express).toBeChecked();
  // Standard costs 5.00, and Express 15.00.
  await expect.poll(async () => amountIn(await button.textContent())).toBe(before + 1_000);
  await button.click();
  await expect(page.getByText('We have sent a mail to')).toBeVisible();
  await expect(page.getByText('Express', { exact: true })).toBeVisible();
  expect(amountIn(await page.locator('dd.total').textContent())).toBe(before + 1_000);
});

test('a guest checks out on a telephone', async ({ page }) => {
  await addToCart(page, await product());
  await open(page, '/checkout');
  await page.getByLabel('Email address').fill(somebody());
  await address(page);
  await lookedAt(page);
  await page.getByLabel('Cash on delivery').check();
  await page.getByRole('button', { name: /binding order/ }).click();
  await expect(page.getByText('We have sent a mail to')).toBeVisible();
});

test('a guest cancels an order', async ({ page }) => {
  const order = await paidOrder((await product()).sku);
  await open(page, `/orders/${order.id}?token=${order.token}`);
  await page.getByRole('button', { name: 'Cancel the order' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('What you have paid goes back to you.')).toBeVisible();
  await dialog.getByLabel('Reason').fill('Ordered twice');
  await dialog.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(page.getByText('Order cancelled')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel the order' })).toHaveCount(0);
});

/** Orders, and pays on Stripe's page: the card is declined, and later there is another one with 3-D Secure. */
async function pay(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Order and pay/ }).click();
  await page.getByRole('button', { name: 'Use a card that is declined' }).click();
  await expect(page.getByRole('alert')).toContainText('declined');
  await page.getByRole('link', { name: 'Back to the shop' }).click();
  await page.getByRole('button', { name: 'Pay now' }).click();
  await page.getByRole('button', { name: 'Pay with 3-D Secure' }).click();
  await page.getByRole('button', { name: 'Yes, pay' }).click();
  // That page leads back by itself.
  await expect(page.getByText('Payment received')).toBeVisible();
}

/** The amount of a text, in cents. */
const amountIn = (text: string | null) => Number(text?.replace(/\D/g, ''));
