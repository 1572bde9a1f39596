// Who signs in to the console, and what they see of it.

import { openConsole, signIn } from './console.ts';
import {
  accessible,
  account,
  confirmAddress,
  expect,
  lookedAt,
  PASSWORD,
  paidOrder,
  product,
  seen,
  test,
} from './shop.ts';
import { codeOf } from './totp.ts';

test('two-factor sign-in is turned on in the console, and then asked for', async ({ page }) => {
  const sam = await account('Sam Support', 'support');
  const { email } = sam;
  await confirmAddress(sam);
  await openConsole(page, '/account', { email, password: PASSWORD });
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Turn it on' }).click();
  await dialog.getByLabel('Password').fill(PASSWORD);
  await accessible(page);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  const secret = /secret: (\S+)/.exec((await dialog.getByText('Or type the secret').textContent()) ?? '')?.[1] ?? '';
  await dialog.getByLabel('The code that it shows').fill(codeOf(secret));
  await accessible(page);
  await dialog.getByRole('button', { name: 'Turn it on' }).click();
  const [recovery = ''] = (await dialog.getByLabel('Secret').inputValue()).split('\n');
  // It comes when the page is read again, and while it comes its colours are not there.
  await expect(page.getByText('Two-factor sign-in is on.')).toBeVisible();
  await accessible(page);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByText('It is on.')).toBeVisible();

  await page.getByRole('button', { name: 'Sam Support' }).click();
  // Only the shop can end the session, so who could not tell it is still signed in.
  await page.route('**/auth/logout', (route) => route.abort());
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByText('You are still signed in.')).toBeVisible();
  await page.unroute('**/auth/logout');
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  const form = page.getByRole('main');
  await expect(form.getByLabel('Password')).toBeVisible();
  await lookedAt(page);
  await signIn(form, email, PASSWORD);
  await expect(form.getByLabel('Code')).toBeFocused();
  await lookedAt(page);
  await form.getByLabel('Code').fill(recovery);
  await form.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByRole('button', { name: 'Sam Support' })).toBeVisible();
});

test('support does not see what it may not do', async ({ page, expected }) => {
  const { id, name, sku } = await product();
  const order = await paidOrder(sku);
  const { email } = await account('Sam Support', 'support');
  await openConsole(page, `/orders/${order.id}/show`, { email, password: PASSWORD });
  await expect(page.getByRole('button', { name: 'Ship', exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Refund' })).toHaveCount(0);
  await expect(page.getByRole('menuitem', { name: 'Shipping methods' })).toBeVisible();
  for (const view of ['Webhooks', 'API keys', 'Audit trail'])
    await expect(page.getByRole('menuitem', { name: view })).toHaveCount(0);
  await page.getByRole('menuitem', { name: 'Import and export' }).click();
  const exports = page.getByRole('region', { name: 'Export' });
  await expect(exports.getByRole('button', { name: 'Orders' })).toBeVisible();
  await expect(exports.getByRole('button', { name: 'Products' })).toHaveCount(0);
  await expect(page.getByText('Import products')).toHaveCount(0);

  await page.goto(`/console/products/${id}`);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Save' })).toHaveCount(0);
  await seen(page);
  await page.goto('/console/coupons');
  await expect(page.getByRole('table').getByRole('row').nth(1)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Create' })).toHaveCount(0);
  expected.push('403 GET /api/v1/admin/api-keys');
  await page.goto('/console/keys');
  await expect(page.getByRole('heading', { level: 1, name: 'Not allowed' })).toBeVisible();
  await seen(page);
});
