import { accessible, DESK, expect, fitsScreen, onScreens, test } from './shop.ts';

const GUIDES = '/api/docs/guides/';

test('the reference shows the routes of this shop, and sends requests to it', async ({ page }) => {
  await page.goto('/api/docs/#tag/shop/GET/api/v1/shop');
  await expect(page.getByRole('heading', { name: 'What a storefront needs to know of the shop' })).toBeVisible();
  await onScreens(page, async () => {
    await fitsScreen(page);
    await accessible(page);
  });
  await page.setViewportSize(DESK);
  await page.locator('[id$="GET/api/v1/shop"]').getByRole('button', { name: 'Test Request' }).click();
  const answer = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/v1/shop');
  await page.getByRole('button', { name: 'Send Request' }).click();
  expect((await answer).status()).toBe(200);
  await expect(page.getByText('200 OK')).toBeVisible();
});

test('a search finds guides and routes, by keyboard', async ({ page }) => {
  await page.goto(GUIDES);
  await page.keyboard.press('/');
  await page.getByRole('searchbox', { name: 'Search' }).fill('repeating a request');
  await expect(page.getByRole('dialog').getByRole('link', { name: /^Repeating a request/ })).toBeVisible();
  await accessible(page);
  await page.keyboard.press('Enter');
  // The script of the new page has run.
  await page.waitForURL(`${GUIDES}frontend/#repeating-a-request`);
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('searchbox', { name: 'Search' }).fill('listProducts');
  await page
    .getByRole('dialog')
    .getByRole('link', { name: /^GET \/api\/v1\/products/ })
    .click();
  await expect(page).toHaveURL('/api/docs/#tag/search/GET/api/v1/products');
});

// All have the same colours. That rule takes seconds for a long text, so it is tried on those that have everything.
const WITH_COLOURS = ['', 'returns/', 'client/', 'webhooks/'].map((name) => GUIDES + name);

test('every guide can be read', async ({ page }) => {
  await page.goto(GUIDES);
  const links = page.getByRole('navigation', { name: 'Guides' }).getByRole('link');
  const guides = await links.evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
  expect(guides.length).toBeGreaterThan(10);
  for (const guide of [GUIDES, ...guides]) {
    expect((await page.goto(guide))?.status(), guide).toBe(200);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    const isWhole = WITH_COLOURS.includes(guide);
    await onScreens(page, async () => {
      await fitsScreen(page);
      if (isWhole) await accessible(page);
    });
    if (!isWhole) await accessible(page, ['color-contrast']);
  }
});

test('language models get text', async ({ request }) => {
  for (const path of ['/llms.txt', '/llms-full.txt', `${GUIDES}frontend.md`]) {
    const answer = await request.get(path);
    expect([answer.status(), answer.headers()['content-type']?.split('/')[0]], path).toEqual([200, 'text']);
    expect(await answer.text(), path).toMatch(/^# /);
  }
});
