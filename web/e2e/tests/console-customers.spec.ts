// What staff see of a customer, and do for them.

import { openConsole } from './console.ts';
import { accessible, account, api, expect, PASSWORD, paidOrder, product, SHOP, staff, test } from './shop.ts';

test('staff end all sessions of a customer', async ({ page }) => {
  const { id, accessToken } = await account('Ada Lovelace');
  await openConsole(page, `/customers/${id}/show`);
  const sessions = page.getByRole('region', { name: 'Sessions' });
  await expect(sessions.getByRole('row')).toHaveCount(2);
  await sessions.getByRole('button', { name: 'End all sessions' }).click();
  const dialog = page.getByRole('dialog', { name: 'End all sessions of Ada Lovelace?' });
  await accessible(page);
  await dialog.getByRole('button', { name: 'End all sessions' }).click();
  await expect(page.getByText('All sessions are over.')).toBeVisible();
  await expect(dialog).toHaveCount(0);
  await expect(sessions.getByText('Signed in nowhere.')).toBeVisible();
  await expect(sessions.getByRole('button', { name: 'End all sessions' })).toHaveCount(0);
  const refused = await fetch(`${SHOP}/api/v1/users/me`, { headers: { authorization: `Bearer ${accessToken}` } });
  expect(refused.status).toBe(401);
});

test('staff act on users of a lower role, and find them by name or address', async ({ page }) => {
  const [ada, sam] = [await account('Ada Lovelace'), await account('Sam Support', 'support')];
  const other = await account('Olga Other', 'support');
  await openConsole(page, `/customers/${other.id}/show`, { email: sam.email, password: PASSWORD });
  await expect(page.getByRole('heading', { level: 1, name: 'Olga Other' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Sessions' }).getByRole('row')).toHaveCount(2);
  for (const name of ['Ban', 'End all sessions'])
    await expect(page.getByRole('button', { name, exact: true })).toHaveCount(0);

  // Opens a row before the search is sent, while the view's script takes longer.
  await page.clock.install();
  await page.goto('/console/customers');
  const row = page.getByRole('row', { name: ada.email });
  await expect(row).toBeVisible();
  const script = Promise.withResolvers<void>();
  await page.route(/\/assets\/show-/, (route) => script.promise.then(() => route.continue()));
  await page.getByPlaceholder('Name or email').fill(ada.email);
  await row.getByRole('link', { name: 'Ada Lovelace' }).click();
  await page.clock.runFor(1000);
  script.resolve();
  await expect(page.getByRole('button', { name: 'Ban', exact: true })).toBeVisible();
  const ban = { until: '2099-12-31T12:00:00Z', reason: 'Parcels were never paid' };
  await api('POST', `/users/${ada.id}/ban`, ban, await staff());
  await page.reload();
  await expect(page.getByText('Banned until', { exact: false })).toBeVisible();
  await expect(page.getByRole('button', { name: 'End the ban' }), 'an admin banned them').toHaveCount(0);
});

test('the page of a customer lists their orders, and only theirs', async ({ page }) => {
  const { sku } = await product();
  const { id, accessToken } = await account('Ada Lovelace');
  const [own, other] = [await paidOrder(sku, accessToken), await paidOrder(sku)];
  await openConsole(page, `/customers/${id}/show`);
  const orders = page.getByRole('region', { name: 'Orders' });
  await expect(orders.getByRole('row')).toHaveCount(1);
  await expect(orders.getByRole('row')).toContainText('Paid');
  await expect(orders.getByRole('link', { name: other.number })).toHaveCount(0);
  await orders.getByRole('link', { name: own.number }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Order ${own.number}` })).toBeVisible();
});
