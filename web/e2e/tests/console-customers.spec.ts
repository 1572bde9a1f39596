// What staff see of a customer, and do for them.

import { openConsole } from './console.ts';
import { accessible, account, expect, SHOP, test } from './shop.ts';

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
  await expect(sessions.getByText('Signed in nowhere.')).toBeVisible();
  await expect(sessions.getByRole('button', { name: 'End all sessions' })).toHaveCount(0);
  const refused = await fetch(`${SHOP}/api/v1/users/me`, { headers: { authorization: `Bearer ${accessToken}` } });
  expect(refused.status).toBe(401);
});
