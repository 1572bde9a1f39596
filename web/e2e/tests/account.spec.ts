import {
  ADDRESS,
  account,
  address,
  addressFields,
  api,
  confirmAddress,
  customer,
  expect,
  inCart,
  mailedLink,
  open,
  PASSWORD,
  product,
  SHOP,
  seen,
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

test('what was typed before a session ended is not shown to somebody else', async ({ page, context, expected }) => {
  expected.push('401 ');
  const [who, other, lantern] = [await customer(context), await account('Grace Hopper'), await product()];
  for (const one of [who, other]) await inCart(lantern, one);
  await open(page, '/checkout');
  await address(page);
  await api('DELETE', '/auth/sessions', undefined, who.accessToken);
  await page.getByRole('button', { name: /Order and pay/ }).click();
  await expect(page).toHaveURL(/sign-in/);
  await signIn(page, other.email);
  await expect(page).toHaveURL(/\/checkout$/);
  await expect(page.getByText(`You are signed in as ${other.email}.`)).toBeVisible();
  await expect(page.getByLabel('Street and number')).toHaveValue('');
});

test('who signs out without a network is told that it did not work, and tries again', async ({ page, context }) => {
  await customer(context);
  await open(page, '/account');
  await expect(page.getByText('You have not ordered anything yet.')).toBeVisible();
  await context.setOffline(true);
  const signOut = page.getByRole('button', { name: 'Sign out' });
  await signOut.click();
  await expect(page.getByText('You are still signed in.')).toBeVisible();
  expect(await context.cookies()).toHaveLength(1);
  await context.setOffline(false);
  await signOut.click();
  await expect(page).toHaveURL(/sign-in/);
  expect(await context.cookies()).toEqual([]);
});

test('one of several sessions is ended, and only that one', async ({ page, context }) => {
  const { email } = await customer(context);
  const { refreshToken } = await api<{ refreshToken: string }>('POST', '/auth/login', { email, password: PASSWORD });
  await open(page, '/account/security');
  const sessions = page.getByRole('region', { name: 'Where you are signed in' });
  const end = sessions.getByRole('button', { name: /^Sign out (?!everywhere)/ });
  await expect(sessions.getByText('(This device)')).toBeVisible();
  await expect(sessions.getByRole('listitem')).toHaveCount(2);
  await end.click();
  await expect(page.getByText(' is signed out.')).toBeVisible();
  await expect(sessions.getByRole('listitem')).toHaveCount(1);
  const headers = { 'content-type': 'application/json' };
  const refresh = { method: 'POST', headers, body: JSON.stringify({ refreshToken }) };
  expect((await fetch(`${SHOP}/api/v1/auth/refresh`, refresh)).status).toBe(401);
  await page.reload();
  await expect(sessions.getByText('(This device)')).toBeVisible();
  await expect(end).toHaveCount(0);
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

test('a wish is put into the cart, and another one is removed', async ({ page, context }) => {
  const [first, second, who] = [await product(), await product(), await customer(context)];
  for (const { sku } of [first, second]) await api('POST', '/wishlist', { sku }, who.accessToken);
  await open(page, '/account/wishlist');
  const wishes = page.getByRole('region', { name: 'Wish list' });
  for (const { name } of [first, second]) await expect(wishes.getByRole('link', { name })).toBeVisible();
  await seen(page);
  await wishes.getByRole('button', { name: `Put into the cart: ${first.name}` }).click();
  await expect(page.getByText(`${first.name} is in your cart.`)).toBeVisible();
  await expect(wishes.getByRole('link', { name: first.name })).toHaveCount(0);
  await wishes.getByRole('button', { name: `Remove ${second.name} from the wish list` }).click();
  await expect(page.getByText('Your wish list is empty.')).toBeVisible();
  await open(page, '/cart');
  await expect(page.getByRole('link', { name: first.name })).toBeVisible();
});

test('an address is added, and then changed', async ({ page, context }) => {
  await customer(context);
  await open(page, '/account/addresses');
  await page.getByRole('button', { name: 'Add an address' }).click();
  const { country, ...texts } = addressFields(page);
  for (const [name, field] of Object.entries(texts)) await field.fill(ADDRESS[name as keyof typeof texts]);
  await country.selectOption(ADDRESS.country);
  const save = page.getByRole('dialog').getByRole('button', { name: 'Save' });
  await save.click();
  await expect(page.getByText('10115 Berlin')).toBeVisible();
  await page.getByRole('button', { name: 'Change the address of Ada Lovelace' }).click();
  await texts.city.fill('Potsdam');
  await page.getByLabel('Use it when nothing else is chosen').check();
  await save.click();
  await expect(page.getByText('10115 Potsdam')).toBeVisible();
  await expect(page.getByText('Default', { exact: true })).toBeVisible();
  await expect(page.getByText('10115 Berlin')).toHaveCount(0);
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
