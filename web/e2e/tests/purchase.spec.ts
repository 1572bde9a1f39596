import { address, addToCart, api, expect, mailedLink, product, register, SHOP, somebody, staff, test } from './shop.ts';

test('a guest buys: declined, then with 3-D Secure, and sees the order paid', async ({ page, expected }) => {
  expected.push('402 POST /pay/');
  const lantern = await product();
  const email = somebody();
  await addToCart(page, lantern);
  await page.goto('/cart');
  await page.reload();
  await expect(page.getByText(lantern.name)).toBeVisible();
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await page.getByLabel('Email address').fill(email);
  await address(page);
  await page.getByRole('button', { name: /Order and pay/ }).click();

  await expect(page).toHaveURL(/\/pay\/cs_/);
  await page.getByRole('button', { name: 'Use a card that is declined' }).click();
  await expect(page.getByRole('alert')).toContainText('declined');
  await page.getByRole('link', { name: 'Back to the shop' }).click();
  await expect(page.getByRole('button', { name: 'Pay now' })).toBeVisible();
  await page.getByRole('button', { name: 'Pay now' }).click();

  await expect(page).toHaveURL(/\/pay\/cs_/);
  await page.getByRole('button', { name: 'Pay with 3-D Secure' }).click();
  await page.getByRole('button', { name: 'Yes, pay' }).click();
  await page.getByRole('link', { name: 'Back to the shop' }).click();
  await expect(page.getByText('Payment received')).toBeVisible();
  await expect(page.getByRole('link', { name: /Invoice/ })).toBeVisible();

  const link = await mailedLink(email, '/orders/');
  expect(new URL(link).origin).toBe(SHOP);
  await page.context().clearCookies();
  await page.evaluate(() => localStorage.clear());
  await page.goto(link);
  await expect(page.getByRole('heading', { name: /Order/ })).toBeVisible();
  await expect(page.getByText(lantern.name)).toBeVisible();
});

test('a customer buys with a coupon, cancels, and finds the order in the account', async ({ page }) => {
  const lantern = await product();
  await register(page);
  await addToCart(page, lantern);
  await page.goto('/checkout');
  await address(page);
  await page.getByLabel('Cash on delivery').check();
  await page.getByRole('button', { name: /binding order/ }).click();
  await expect(page).toHaveURL(/\/orders\/ord_/);
  await page.getByRole('button', { name: 'Cancel the order' }).click();
  await page.getByRole('button', { name: 'Yes, cancel it' }).click();
  await expect(page.getByText('The order is cancelled.')).toBeVisible();
  await page.goto('/account/orders');
  await expect(page.getByText('Cancelled')).toBeVisible();
});

test('the last one in stock is sold once, and the other buyer is told', async ({ page, expected }) => {
  expected.push('409 POST /api/v1/orders');
  const lantern = await product({ stock: 1 });
  await addToCart(page, lantern);
  await page.goto('/checkout');
  await page.getByLabel('Email address').fill(somebody());
  await address(page);
  await page.getByLabel('Cash on delivery').check();
  await expect(page.getByRole('button', { name: /binding order/ })).toBeEnabled();
  await api('PATCH', `/inventory/${lantern.sku}`, { adjust: -1, reason: 'Sold at the fair' }, await staff());
  await page.getByRole('button', { name: /binding order/ }).click();
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(page).toHaveURL(/\/checkout/);
});
