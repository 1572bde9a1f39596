import { accessible, addToCart, customer, expect, inCart, open, product, signIn, test } from './shop.ts';

test('two windows show one cart', async ({ page, context }) => {
  const lantern = await product();
  const other = await context.newPage();
  await open(other, '/cart');
  await expect(other.getByText('Your cart is empty.')).toBeVisible();
  await addToCart(page, lantern);
  await expect(other.getByText(lantern.name)).toBeVisible();
  await other.getByRole('button', { name: `One more of ${lantern.name}` }).click();
  await expect(other.getByLabel(`Quantity of ${lantern.name}`)).toHaveValue('2');
  await open(page, '/cart');
  await expect(page.getByLabel(`Quantity of ${lantern.name}`)).toHaveValue('2');
});

test("what a guest has in the cart joins the customer's", async ({ page, context }) => {
  const [first, second, who] = [await product(), await product(), await customer(context)];
  await inCart(first, who);
  await open(page, '/account');
  // All that the page asks for has come, so nothing is refused after the sign-out.
  await expect(page.getByText('You have not ordered anything yet.')).toBeVisible();
  await expect(page.getByText(', 1 item')).toBeAttached();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/sign-in/);
  await addToCart(page, second);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await signIn(page, who.email);
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await page.getByRole('navigation', { name: 'Account', exact: true }).getByRole('link', { name: 'Cart' }).click();
  for (const { name } of [first, second]) await expect(page.getByRole('link', { name })).toBeVisible();
});

test('a quantity counts, also for those who go on to the checkout at once', async ({ page }) => {
  const lantern = await product();
  await addToCart(page, lantern);
  await open(page, '/cart');
  await page.getByLabel(`Quantity of ${lantern.name}`).fill('3');
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  const order = page.getByRole('region', { name: 'Your order' });
  await expect(order.getByRole('heading', { name: `3 × ${lantern.name}` })).toBeVisible();
  await accessible(page);
});

test('a cart survives that the shop cannot be reached for a while', async ({ page, context }) => {
  const lantern = await product();
  await addToCart(page, lantern);
  await open(page, '/cart');
  const more = page.getByRole('button', { name: `One more of ${lantern.name}` });
  const quantity = page.getByLabel(`Quantity of ${lantern.name}`);
  await expect(quantity).toHaveValue('1');
  await context.setOffline(true);
  await more.click();
  await expect(page.getByText('The shop could not be reached.')).toBeVisible();
  await expect(quantity).toHaveValue('1');
  await context.setOffline(false);
  await more.click();
  await expect(page.getByText('Your cart was changed.')).toBeVisible();
  await expect(quantity).toHaveValue('2');
});
