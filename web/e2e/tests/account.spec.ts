import {
  ADDRESS,
  address,
  api,
  confirmAddress,
  customer,
  expect,
  inCart,
  mailedLink,
  open,
  PASSWORD,
  product,
  signIn,
  sizes,
  somebody,
  test,
} from './shop.ts';
import { codeOf } from './totp.ts';

test('two-factor sign-in is turned on, and then asks for a code of the app or a recovery code', async ({
  page,
  context,
  expected,
}) => {
  // The cart may still be on its way when the person signs out again.
  expected.push('401 GET /api/v1/cart');
  const who = await customer(context);
  await confirmAddress(who);
  await open(page, '/account/security');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Your password').fill(PASSWORD);
  await form.getByRole('button', { name: 'Continue' }).click();
  const secret = (await form.locator('.secret').textContent()) ?? '';
  await form.getByLabel('Code of the app').fill(codeOf(secret));
  const sent = Date.now();
  await form.getByRole('button', { name: 'Turn it on' }).click();
  const recovery = (await form.locator('.codes li').first().textContent()) ?? '';
  await form.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page.getByText('Two-factor sign-in is on.')).toBeVisible();
  await page.getByRole('navigation', { name: 'Your account' }).getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByText('You have not ordered anything yet.')).toBeVisible();
  for (const code of [() => codeOf(secret, sent), () => recovery]) {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('navigation', { name: 'Account', exact: true }).getByRole('link', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(/sign-in/);
    await signIn(page, who.email);
    await page.getByLabel('Code').fill(code());
    await page.getByRole('button', { name: 'Confirm' }).click();
    await expect(page.getByText('You have not ordered anything yet.')).toBeVisible();
  }
});

test('a session that ends during the checkout loses nothing that was typed', async ({ page, context, expected }) => {
  expected.push('401 ');
  const who = await customer(context);
  await inCart(await product(), who);
  await open(page, '/checkout');
  await address(page);
  // All devices are signed out from another one.
  await api('DELETE', '/auth/sessions', undefined, who.accessToken);
  await page.getByRole('button', { name: /Order and pay/ }).click();
  await expect(page).toHaveURL(/sign-in/);
  await signIn(page, who.email);
  await expect(page).toHaveURL(/\/checkout$/);
  await expect(page.getByLabel('Street and number')).toHaveValue('1 Harbour Street');
  await page.getByRole('button', { name: /Order and pay/ }).click();
  await expect(page).toHaveURL(/\/pay\/cs_/);
});

test('the heart of a variant is as it was saved, after a reload too', async ({ page, context }) => {
  const lantern = await sizes({ S: 1, M: 1 });
  await customer(context);
  await open(page, `/products/${lantern.slug}`);
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

test('an address is removed after a question', async ({ page, context }) => {
  const { accessToken } = await customer(context);
  await api('POST', '/users/me/addresses', { ...ADDRESS, type: 'shipping' }, accessToken);
  await open(page, '/account/addresses');
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

test('who registers confirms the address; the session outlives a reload, and no script reads its token', async ({
  page,
}) => {
  const email = somebody();
  await open(page, '/register');
  await page.getByLabel('Your name').fill('Ada Lovelace');
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page).not.toHaveURL(/register/);
  await open(page, await mailedLink(email, '/verify-email'));
  await expect(page.getByText('Your address is confirmed.')).toBeVisible();
  await page.getByRole('link', { name: 'Your account' }).click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  const readable = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(readable).not.toContain('rft_');
});
