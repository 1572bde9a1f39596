// The console's side of the tests.

import { expect, type Locator, type Page } from '@playwright/test';
import { beginSession, STAFF } from './shop.ts';

/** Opens a view of the console, signed in as the member of staff, or as somebody else. The id of the session. */
export async function openConsole(page: Page, view = '/', { email, password } = STAFF): Promise<string> {
  const { accessToken } = await beginSession(page.context(), 'console', 'login', { email, password });
  await page.goto(`/console${view}`);
  await expect(page.getByRole('heading', { level: 1 })).not.toHaveText(/^(Console)?$/);
  const [, claims = ''] = accessToken.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sid: string }).sid;
}

/** Goes to another view without loading the whole console again. */
export async function goTo(page: Page, to: string): Promise<void> {
  if (new URL(page.url()).pathname === to) return;
  const title = page.getByRole('heading', { level: 1 });
  const before = await title.textContent();
  await page.evaluate((path) => {
    history.pushState(null, '', path);
    dispatchEvent(new PopStateEvent('popstate'));
  }, to);
  await expect(title).not.toHaveText(before ?? '');
  await expect(title).not.toHaveText(/^(Console)?$/);
}

export async function signIn(form: Locator, email = STAFF.email, password = STAFF.password): Promise<void> {
  await form.getByLabel('Email').fill(email);
  await form.getByLabel('Password').fill(password);
  await form.getByRole('button', { name: 'Sign in' }).click();
}

/** No live updates from now on. */
export const withoutLive = (page: Page) => page.route('**/api/v1/live/tickets', (route) => route.abort());

/** Saves the form of the page. */
export const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();

/** Gives the product of the page its first picture. Answers the place of its pictures. */
export async function addPicture(page: Page): Promise<Locator> {
  const pictures = page.getByRole('region', { name: 'Pictures' });
  const buffer = await page.screenshot({ clip: { x: 0, y: 0, width: 300, height: 200 } });
  await pictures.locator('input[type=file]').setInputFiles({ name: 'one.png', mimeType: 'image/png', buffer });
  await expect(pictures.getByRole('img')).toHaveCount(1);
  return pictures;
}
