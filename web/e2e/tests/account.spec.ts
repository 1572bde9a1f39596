import { address, addToCart, api, expect, PASSWORD, product, register, sizes, test } from './shop.ts';
import { codeOf } from './totp.ts';

test('two-factor sign-in is turned on, and then asked for', async ({ page }) => {
  const email = await register(page);
  await page.goto('/account/security');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const proof = page.locator('form').filter({ has: page.getByRole('button', { name: 'Continue' }) });
  await proof.getByLabel('Your password').fill(PASSWORD);
  await proof.getByRole('button', { name: 'Continue' }).click();
  const secret = (await page.locator('.secret').textContent()) ?? '';
  await page.getByLabel('Code of the app').fill(codeOf(secret));
  await page.getByRole('dialog').getByRole('button', { name: 'Turn it on' }).click();
  const recovery = (await page.locator('.codes li').first().textContent()) ?? '';
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.goto('/account');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Sign in' })).toBeVisible();
  await page.goto('/sign-in');
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByLabel('Code').fill(recovery);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page).not.toHaveURL(/sign-in/);
});

test('a session that ends during the checkout loses nothing that was typed', async ({ page, expected }) => {
  expected.push('401 ');
  const lantern = await product();
  const email = await register(page);
  await addToCart(page, lantern);
  await page.goto('/checkout');
  await address(page);
  // All devices are signed out from another one.
  const { accessToken } = await api<{ accessToken: string }>('POST', '/auth/login', { email, password: PASSWORD });
  await api('DELETE', '/auth/sessions', undefined, accessToken);
  await page.getByLabel('Cash on delivery').check();
  await page.getByRole('button', { name: /binding order|Order and pay/ }).click();
  await expect(page).toHaveURL(/sign-in/);
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/checkout/);
  await expect(page.getByLabel('Street and number')).toHaveValue('1 Harbour Street');
  await page.getByRole('button', { name: /binding order/ }).click();
  await expect(page).toHaveURL(/\/orders\/ord_/);
});

test('the heart of a variant is as it was saved, after a reload too', async ({ page }) => {
  const lantern = await sizes({ S: 1, M: 1 });
  await register(page);
  await page.goto(`/products/${lantern.slug}`);
  const heart = page.locator('.wish');
  await heart.click();
  await expect(page.getByText('Please choose first: Size')).toBeVisible();
  await page.getByRole('radio', { name: 'M' }).check();
  await heart.click();
  await expect(heart).toHaveAccessibleName('On your wish list');
  await page.reload();
  await expect(heart).toHaveAccessibleName('On your wish list');
  await page.getByRole('radio', { name: 'S' }).check();
  await expect(heart).toHaveAccessibleName('Save to wish list');
});

test('an address is removed after a question', async ({ page }) => {
  const email = await register(page);
  const { accessToken } = await api<{ accessToken: string }>('POST', '/auth/login', { email, password: PASSWORD });
  const harbour = {
    name: 'Ada Lovelace',
    line1: '1 Harbour Street',
    postalCode: '10115',
    city: 'Berlin',
    country: 'DE',
  };
  await api('POST', '/users/me/addresses', { ...harbour, type: 'shipping' }, accessToken);
  await page.goto('/account/addresses');
  const remove = page.getByRole('button', { name: 'Remove the address of Ada Lovelace' });
  await remove.click();
  await page.getByRole('button', { name: 'No, go back' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(remove).toBeFocused();
  await remove.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByText('You have not kept any addresses yet.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('the session outlives a reload, and no script can read its token', async ({ page }) => {
  await register(page);
  await page.reload();
  await page.goto('/account');
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  const readable = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(readable).not.toContain('rft_');
});
