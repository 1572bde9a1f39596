// The figures of the shop, and what happens in it while the console is open.

import { readFile } from 'node:fs/promises';
import { openConsole } from './console.ts';
import { accessible, downloaded, expect, paidOrder, product, test, watched } from './shop.ts';

interface Period {
  from: string;
  to: string;
  revenue: { net: { amount: number } };
}

const days = ({ from, to }: Period) => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;

test('the values of a chart are those of now and of before, and both are of as many days', async ({ page }) => {
  // Each day has a revenue of one dollar now, and of two before.
  const today = new Date().toISOString().slice(0, 10);
  await page.route('**/api/v1/admin/dashboard?*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { data: { to: string; periods: Period[] } };
    const ofADay = body.data.to >= today ? 100 : 200;
    for (const period of body.data.periods) period.revenue.net.amount = ofADay * days(period);
    await route.fulfill({ response: answer, json: body });
  });
  await openConsole(page);
  const chart = page.getByRole('figure', { name: 'Revenue, net' });
  await chart.getByText('Values of “Revenue, net”').click();
  await expect(chart.getByRole('row', { name: /\$1\.00\s*\$2\.00$/ })).toHaveCount(30);
  const rows = chart.locator('tbody tr');
  const amountsOf = (row: string) => [...row.matchAll(/\$(\d+)\.00/g)].map(([, dollars]) => Number(dollars));
  const sumsTo = (sum: number) =>
    expect(async () => {
      const all = (await rows.allTextContents()).map(amountsOf);
      expect(all.reduce((before, [now = 0]) => before + now, 0)).toBe(sum);
      for (const [now = 0, before] of all) expect(before).toBe(2 * now);
    }).toPass();
  await sumsTo(30);
  for (const [name, sum] of [
    ['7 days', 7],
    ['90 days', 90],
    ['A year', 365],
  ] as const) {
    await page.getByRole('button', { name }).click();
    await sumsTo(sum);
  }
  await page.unrouteAll({ behavior: 'wait' });
});

test('a time that is too long is refused at the day on which it begins', async ({ page, expected }) => {
  expected.push('400 GET /api/v1/admin/dashboard');
  await openConsole(page);
  const from = page.getByLabel('From', { exact: true });
  await from.fill('2020-01-01');
  await expect(from).toHaveAttribute('aria-invalid', 'true');
  await expect(from).toHaveAccessibleDescription(/must/i);
  await accessible(page);
  await page.getByRole('button', { name: '7 days' }).click();
  await expect(from).toHaveAttribute('aria-invalid', 'false');
  const file = await downloaded(page, () => page.getByRole('button', { name: 'CSV' }).click());
  expect((await readFile(await file.path(), 'utf8')).trim().split('\n')).toHaveLength(7 + 1);
});

test('an order that is paid is told at once, and leads to its page', async ({ page }) => {
  const { sku } = await product();
  const ready = watched(page);
  await openConsole(page);
  await ready;
  const { id, number } = await paidOrder(sku);
  const feed = page.getByRole('region', { name: 'Live' });
  await feed
    .getByRole('link', { name: /^Order paid/ })
    .and(page.locator(`[href="/console/orders/${id}/show"]`))
    .click();
  await expect(page.getByRole('heading', { level: 1, name: `Order ${number}` })).toBeVisible();
});
