// The browser's side of every test: nothing may go wrong silently, and nothing may be loaded from elsewhere.

import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page, type Request } from '@playwright/test';

export { expect };

const url = (name: string, standard: string) => process.env[name] ?? standard;
/** The shop, its API, and what stands in for the mailbox, S3 and Stripe. */
export const SHOP = url('SHOP', 'http://127.0.0.1:4571');
export const MAILBOX = url('MAILBOX', 'http://127.0.0.1:4566/_ministack/ses/messages');
export const CLOUD = new URL(MAILBOX).origin;
export const STRIPE = url('STRIPE', 'http://127.0.0.1:4567');

/** Errors that a test expects: a request that the shop refuses is an error in the console of the browser. */
export type Expected = { status: number; path: RegExp };

export const test = base.extend<{ expected: Expected[] }>({
  expected: async ({ context }, use) => {
    const expected: Expected[] = [];
    const wrong: string[] = [];
    const ours = [SHOP, CLOUD, STRIPE].map((one) => new URL(one).host);
    context.on('request', (request: Request) => {
      const { protocol, host } = new URL(request.url());
      if (/^(https?|wss?):$/.test(protocol) && !ours.includes(host)) wrong.push(`asked ${request.url()}`);
    });
    context.on('response', (response) => {
      const { pathname } = new URL(response.url());
      const known = expected.some(({ status, path }) => status === response.status() && path.test(pathname));
      if (response.status() >= 400 && !known)
        wrong.push(`${response.status()} of ${response.request().method()} ${pathname}`);
    });
    context.on('weberror', (error) => wrong.push(`${error.error()}`));
    context.on('console', (message) => {
      // Refused requests are judged above, with their path.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        wrong.push(message.text());
    });
    await use(expected);
    expect(wrong, 'console errors, refused requests and requests outside the shop').toEqual([]);
  },
});

/** No violation of the rules of accessibility, as far as a program can tell. */
export async function accessible(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  expect(found, `accessibility of ${name}`).toEqual([]);
}

/** An address that nobody else uses. */
export const somebody = () => `somebody.${crypto.randomUUID().slice(0, 12)}@example.com`;

interface Mail {
  To: unknown;
  Subject: string;
  BodyText: string;
}

/** The link of a mail to an address, as soon as there is one. */
export async function mailedLink(address: string, path: string): Promise<string> {
  let found: string | undefined;
  await expect
    .poll(
      async () => {
        const answer = (await (await fetch(MAILBOX)).json()) as { messages: Record<string, Mail[]> };
        const texts = Object.values(answer.messages)
          .flat()
          .filter(({ To }) => JSON.stringify(To).includes(address))
          .map(({ BodyText }) => BodyText);
        found = texts
          .flatMap((text) => text.match(/https?:\/\/\S+/g) ?? [])
          .find((link) => new URL(link).pathname.startsWith(path));
        return found;
      },
      { message: `a mail to ${address} with a link to ${path}`, timeout: 30_000 },
    )
    .toBeDefined();
  return String(found);
}
