import { addToCart, expect, PASSWORD, product, register, test } from './shop.ts';

test('two windows show one cart', async ({ page, context }) => {
  const lantern = await product();
  const other = await context.newPage();
  await other.goto('/cart');
  await expect(other.getByText('Your cart is empty.')).toBeVisible();
  await addToCart(page, lantern);
  await expect(other.getByText(lantern.name)).toBeVisible();
  await other.getByRole('button', { name: `One more of ${lantern.name}` }).click();
  await expect(other.getByLabel(`Quantity of ${lantern.name}`)).toHaveValue('2');
  await page.goto('/cart');
  await expect(page.getByLabel(`Quantity of ${lantern.name}`)).toHaveValue('2');
});

test("what a guest has in the cart joins the customer's", async ({ page }) => {
  const [first, second] = [await product(), await product()];
  const email = await register(page);
  await addToCart(page, first);
  await page.goto('/account');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Sign in' })).toBeVisible();
  await addToCart(page, second);
  await page.goto('/sign-in');
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  await page.goto('/cart');
  await expect(page.getByText(first.name)).toBeVisible();
  await expect(page.getByText(second.name)).toBeVisible();
});

test('a cart survives that the shop cannot be reached for a while', async ({ page, context }) => {
  const lantern = await product();
  await addToCart(page, lantern);
  await page.goto('/cart');
  await context.setOffline(true);
  await page.getByRole('button', { name: `One more of ${lantern.name}` }).click();
  await context.setOffline(false);
  await expect(page.getByLabel(`Quantity of ${lantern.name}`)).toHaveValue('2');
});
