// The console's side of the tests.

import { expect, type Locator, type Page } from '@playwright/test';
import { STAFF } from './shop.ts';

/** Opens a view of the console, signed in as the member of staff, or as somebody else. The id of the session. */
export async function openConsole(page: Page, view = '/', { email, password } = STAFF): Promise<string> {
  await page.goto(`/console${view}`);
  const answer = page.waitForResponse('**/api/v1/auth/login');
  await signIn(page.getByRole('main'), email, password);
  const { data } = (await (await answer).json()) as { data: { accessToken: string } };
  await expect(page.getByRole('heading', { level: 1, name: 'Console' })).toHaveCount(0);
  const [, claims = ''] = data.accessToken.split('.');
  return (JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sid: string }).sid;
}

export async function signIn(form: Locator, email = STAFF.email, password = STAFF.password): Promise<void> {
  await form.getByLabel('Email').fill(email);
  await form.getByLabel('Password').fill(password);
  await form.getByRole('button', { name: 'Sign in' }).click();
}
