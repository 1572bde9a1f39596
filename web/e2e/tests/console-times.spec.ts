// Days and times of the console are those of the shop, which is in UTC here, wherever its staff are.

import { openConsole } from './console.ts';
import { api, expect, staff, test } from './shop.ts';

test.use({ timezoneId: 'Pacific/Kiritimati', locale: 'de-DE' });

test('a coupon begins at the time in the shop that was typed', async ({ page }) => {
  const code = `E2E-${crypto.randomUUID().slice(0, 8)}`.toUpperCase();
  await openConsole(page, '/coupons/create');
  await page.getByLabel('Code').fill(code);
  await page.getByLabel('Percent off').fill('10');
  await page.getByLabel('Starts').fill('2030-01-01T10:00');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('It was made.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: code })).toBeVisible();
  await expect(page.getByLabel('Starts')).toHaveValue('2030-01-01T10:00');
  const made = await api<{ startsAt: string }>('GET', `/coupons/${code}`, undefined, await staff());
  expect(new Date(made.startsAt).toISOString()).toBe('2030-01-01T10:00:00.000Z');
});

test('the figures end with the day that it is in the shop', async ({ page }) => {
  const noon = new Date();
  noon.setUTCHours(12, 0, 0, 0);
  await page.clock.setFixedTime(noon);
  await openConsole(page);
  const today = noon.toISOString().slice(0, 10);
  // In English, as all of the console.
  await expect(page.getByText(/^Days in the time zone UTC\. .*: [A-Z][a-z]{2} \d+, \d{4} to /)).toBeVisible();
  await expect(page.getByLabel('To', { exact: true })).toHaveValue(today);
  await page.getByRole('button', { name: '7 days' }).click();
  await expect(page.getByRole('button', { name: '7 days' })).toHaveAttribute('aria-pressed', 'true');
  const first = new Date(noon.getTime() - 6 * 86_400_000).toISOString().slice(0, 10);
  await expect(page.getByLabel('From', { exact: true })).toHaveValue(first);
  // Searches are counted over 31 days at most.
  const from = new Date(noon.getTime() - 30 * 86_400_000).toISOString().slice(0, 10);
  const searches = page.waitForResponse((answer) => answer.url().includes(`queries-without-results?from=${from}`));
  await page.getByRole('button', { name: '90 days' }).click();
  expect((await searches).status()).toBe(200);
  await expect(page.getByRole('region', { name: 'Searches without results' }).getByRole('alert')).toHaveCount(0);
});
