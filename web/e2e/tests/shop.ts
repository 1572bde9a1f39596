// The browser's side of every test: nothing may go wrong silently, and nothing may be loaded from elsewhere.

import { readFileSync } from 'node:fs';
import { type BrowserContext, test as base, type Download, expect, type Page, type Request } from '@playwright/test';
import type axe from 'axe-core';
import { SHOP } from '../playwright.config.ts';

declare global {
  interface Window {
    axe: typeof axe;
  }
}

export { expect, SHOP };

const variable = (name: string, standard: string) => process.env[name] ?? standard;
/** What stands in for the cloud and for Stripe. */
export const CLOUD = variable('CLOUD', 'http://127.0.0.1:4566');
export const STRIPE = variable('STRIPE', 'http://127.0.0.1:4567');
export const PASSWORD = 'A sentence that nobody guesses';

interface Fixtures {
  /** A refusal that a test expects, such as `'402 POST /pay/'`. All others fail the test. */
  expected: string[];
  /** A page on another device, which knows nothing of the first one. */
  elsewhere: Page;
}

export const test = base.extend<Fixtures & { watch: (context: BrowserContext) => void }>({
  expected: async ({ context: _ }, use) => use([]),
  watch: [
    async ({ context, expected }, use) => {
      const wrong: string[] = [];
      const watch = (one: BrowserContext) => hear(one, expected, wrong);
      watch(context);
      await use(watch);
      expect(wrong, 'errors, refused requests, and requests to others').toEqual([]);
    },
    { auto: true },
  ],
  elsewhere: async ({ browser, watch }, use) => {
    const context = await browser.newContext();
    watch(context);
    await use(await context.newPage());
    await context.close();
  },
});

/** A page was left, or a test took the network away or refused a request. */
const BY_TESTS = ['net::ERR_ABORTED', 'net::ERR_INTERNET_DISCONNECTED', 'net::ERR_FAILED'];

function hear(context: BrowserContext, expected: string[], wrong: string[]): void {
  const ours = [SHOP, CLOUD, STRIPE].map((one) => new URL(one).host);
  const asked = (url: string) => {
    const { protocol, host } = new URL(url);
    if (/^(https?|wss?):$/.test(protocol) && !ours.includes(host)) wrong.push(`asked ${url}`);
  };
  context.on('request', (request) => asked(request.url()));
  context.on('page', (page) => page.on('websocket', (socket) => asked(socket.url())));
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    const said = `${reason} ${request.method()} ${new URL(request.url()).pathname}`;
    if (!BY_TESTS.includes(reason) && !expected.some((one) => said.startsWith(one))) wrong.push(said);
  });
  context.on('response', (response) => {
    const { pathname } = new URL(response.url());
    const said = `${response.status()} ${response.request().method()} ${pathname}`;
    if (response.status() >= 400 && !expected.some((one) => said.startsWith(one))) wrong.push(said);
  });
  context.on('weberror', (error) => wrong.push(String(error.error())));
  context.on('console', (message) => {
    // Refused requests are judged above, with their path.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) wrong.push(message.text());
  });
}

/** Waits until nothing moves any more, such as a dialog that comes. Its colours are not there before. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // The page hears of a new size in a frame, and what it then moves begins in the next one.
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((one) => one.finished));
  });
}

const AXE = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** No violation of the rules of accessibility, as far as a program can tell. */
export async function accessible(page: Page, leftOut: string[] = []): Promise<void> {
  await settled(page);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  const rules = Object.fromEntries(leftOut.map((rule) => [rule, { enabled: false }]));
  const options: axe.RunOptions = { runOnly: TAGS, resultTypes: ['violations'], rules };
  const found = await page.evaluate(async (chosen) => {
    const { violations } = await window.axe.run(chosen);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  }, options);
  expect(found, `accessibility of ${page.url()}`).toEqual([]);
}

/** Nothing stands out of the screen. */
export async function fitsScreen(page: Page): Promise<void> {
  const scrolled = await page.evaluate(() => {
    scrollTo({ left: 1_000, behavior: 'instant' });
    const { scrollX } = window;
    scrollTo({ left: 0, behavior: 'instant' });
    return scrollX;
  });
  expect(scrolled, `${page.url()} is as wide as the screen`).toBe(0);
}

export const DESK = { width: 1280, height: 900 };

/** Does something at a desk and on a telephone, light and dark, with one visit. */
export async function onScreens(page: Page, look: () => Promise<void>): Promise<void> {
  for (const [size, colorScheme] of [
    [DESK, 'light'],
    [{ width: 360, height: 740 }, 'dark'],
  ] as const) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await look();
  }
}

/** What is shown now has its place and no violation on both screens. */
export async function lookedAt(page: Page): Promise<void> {
  await onScreens(page, async () => {
    await fitsScreen(page);
    await accessible(page);
  });
  await page.setViewportSize(DESK);
}

/** Looks at what is shown now. */
export async function seen(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('[aria-busy=true], .skeleton')).toHaveCount(0);
  await fitsScreen(page);
  await accessible(page);
}

/** The file that comes when something is pressed. */
export async function downloaded(page: Page, press: () => Promise<void>): Promise<Download> {
  const download = page.waitForEvent('download');
  await press();
  return await download;
}

/** An address that nobody else uses. */
export const somebody = () => `somebody.${crypto.randomUUID().slice(0, 12)}@example.com`;

interface Mail {
  To: unknown;
  BodyText: string;
}

/** The texts of all mails to an address so far. */
export async function mails(address: string): Promise<string[]> {
  const mailbox = await (await fetch(`${CLOUD}/_ministack/ses/messages`)).json();
  const all = Object.values((mailbox as { messages: Record<string, Mail[]> }).messages).flat();
  return all.filter(({ To }) => JSON.stringify(To).includes(address)).map(({ BodyText }) => BodyText);
}

/** The link of a mail to an address, as soon as there is one. */
export async function mailedLink(address: string, path: string): Promise<string> {
  let found = '';
  await expect(async () => {
    const links = (await mails(address)).flatMap((text) => text.match(/https?:\/\/\S+/g) ?? []);
    found = links.find((link) => new URL(link).pathname.startsWith(path)) ?? '';
    expect(found, `a mail to ${address} with a link to ${path}`).not.toBe('');
  }).toPass({ timeout: 60_000 });
  return found;
}

/** A request to the API beside the browser. */
export async function api<T>(
  method: string,
  path: string,
  body?: object,
  token?: string,
  more: Record<string, string> = {},
): Promise<T> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), ...more };
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  const sent = body ? { body: JSON.stringify(body) } : {};
  const answer = await fetch(`${SHOP}/api/v1${path}`, { method, headers: { ...headers, ...authorization }, ...sent });
  const json = (await answer.json()) as { data: T; message: string };
  expect(answer.ok, `${method} ${path}: ${answer.status} ${json.message}`).toBe(true);
  return json.data;
}

export interface Account {
  id: string;
  email: string;
  accessToken: string;
}

interface Registered {
  user: { id: string };
  accessToken: string;
}

/** An account that was made beside the browser: of a customer, or of a colleague. */
export async function account(name: string, role?: 'support' | 'admin'): Promise<Account> {
  const email = somebody();
  const { user, accessToken } = await api<Registered>('POST', '/auth/register', { name, email, password: PASSWORD });
  if (role) await api('PATCH', `/users/${user.id}/role`, { role }, await staff());
  return { id: user.id, email, accessToken };
}

/** Follows the link of the mail that asks for it, beside the browser. */
export async function confirmAddress({ email, accessToken }: Account): Promise<void> {
  const token = new URL(await mailedLink(email, '/verify-email')).searchParams.get('token');
  await api('POST', '/auth/email/verify', { token }, accessToken);
}

/** The member of staff whom the environment names. */
export const STAFF = { email: variable('STAFF_EMAIL', ''), password: variable('STAFF_PASSWORD', '') };
let signedIn = { at: 0, as: Promise.resolve({ accessToken: '' }) };

/** The access token of the member of staff. It is good for 15 minutes, and all tests can take longer. */
export async function staff(): Promise<string> {
  if (Date.now() - signedIn.at > 10 * 60_000) signedIn = { at: Date.now(), as: api('POST', '/auth/login', STAFF) };
  return (await signedIn.as).accessToken;
}

export interface Product {
  id: string;
  slug: string;
  name: string;
  sku: string;
}

const PRICE = { amount: 2000, currency: 'usd' };
/** A code that nobody else uses: of a product or a coupon. */
export const newCode = () => `E2E-${crypto.randomUUID().slice(0, 8)}`.toUpperCase();

/** A product that only this test sells: of 20.00, and 10 of it, unless the test says otherwise. */
export async function product(own: object = {}, sku = newCode()): Promise<Product> {
  const usual = { name: `Lantern ${sku}`, sku, stock: 10, status: 'active', price: PRICE };
  const made = await api<{ id: string; slug: string; name: string }>(
    'POST',
    '/products',
    { ...usual, ...own },
    await staff(),
  );
  return { ...made, sku };
}

/** What staff see of the stock of a SKU. */
export async function stockOf(sku: string): Promise<{ available: number; stock: string }> {
  return await api('GET', `/inventory/${sku}`, undefined, await staff());
}

/** A product with a variant for each size, all of 20.00. Their SKUs are that of the product with the size behind it. */
export function sizes(stock: Record<string, number>): Promise<Product> {
  const sku = newCode();
  const variants = Object.entries(stock).map(([Size, units]) => ({
    sku: `${sku}-${Size}`,
    options: { Size },
    price: PRICE,
    stock: units,
  }));
  const notOfProduct = { sku: undefined, stock: undefined, price: undefined };
  return product({ ...notOfProduct, options: ['Size'], variants }, sku);
}

export interface Placed {
  id: string;
  number: string;
  token: string;
}

/** An order of one unit, placed and paid beside the browser: by a guest, or by whom the access token is of. */
export async function paidOrder(sku: string, accessToken?: string): Promise<Placed> {
  const order = {
    item: { sku, quantity: 1, price: PRICE },
    email: somebody(),
    paymentMethod: 'checkout_session',
    shippingAddress: ADDRESS,
  };
  const placed = await api<Placed & { payment: { checkoutUrl: string } }>('POST', '/orders', order, accessToken);
  const session = new URL(placed.payment.checkoutUrl).pathname;
  await fetch(STRIPE + session, { method: 'POST', body: new URLSearchParams({ card: 'pay' }) });
  const read = async () => api<{ status: string }>('GET', `/orders/${placed.id}`, undefined, await staff());
  await expect.poll(async () => (await read()).status).toBe('paid');
  return placed;
}

/** Staff send an order, and then it is there. */
export async function deliver(order: Placed): Promise<void> {
  for (const status of ['shipped', 'delivered'])
    await api('PATCH', `/admin/orders/${order.id}`, { status }, await staff());
}

/** A review of a product that was delivered; it waits for staff. */
export async function review(productId: string, sku: string, own: object = {}): Promise<string> {
  const ada = await account('Ada Lovelace');
  await confirmAddress(ada);
  await deliver(await paidOrder(sku, ada.accessToken));
  const text = { productId, stars: 4, title: 'Shines far', text: 'And long.', ...own };
  return (await api<{ id: string }>('POST', '/reviews', text, ada.accessToken)).id;
}

/** A review that everybody reads. */
export async function publishedReview({ id, sku }: Product, own: object = {}): Promise<void> {
  const written = await review(id, sku, own);
  await api('POST', `/admin/reviews/${written}/approve`, undefined, await staff(), { 'if-match': '*' });
}

interface Upload {
  id: string;
  url: string;
  fields: Record<string, string>;
}

/** Gives a product a picture, beside the browser. */
export async function picture({ id: productId }: Product, alt: string, png: Buffer): Promise<void> {
  const file = { for: 'picture', contentType: 'image/png', productId, alt };
  const { id, url, fields } = await api<Upload>('POST', '/uploads', file, await staff());
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(png)]));
  expect((await fetch(url, { method: 'POST', body: form })).ok).toBe(true);
  const read = async () => api<{ state: string }>('GET', `/uploads/${id}`, undefined, await staff());
  await expect.poll(async () => (await read()).state).toBe('shown');
}

/** Resolves when the shop has said that it will tell a page what changes. Ask before the page is opened. */
export const watched = (page: Page) =>
  page
    .waitForEvent('websocket')
    .then((socket) => socket.waitForEvent('framereceived', ({ payload }) => payload.includes('subscribed')));

/** Adds a picture with the button of the page, and sees it. */
export async function addPicture(page: Page): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Add a picture' }).click();
  const buffer = await page.screenshot();
  await (await chooser).setFiles({ name: 'goods.png', mimeType: 'image/png', buffer });
  await expect(page.getByText('The picture was added.')).toBeVisible();
  // A picture that could not be loaded has no width.
  await expect(page.getByRole('img', { name: 'Picture 1' })).not.toHaveJSProperty('naturalWidth', 0);
}

/** Opens a page of the shop, and waits until its script has drawn it: before that it is the page for crawlers. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path, { waitUntil: 'commit' });
  await expect(page.getByRole('banner')).toBeVisible();
}

/** A new customer, who is signed in in the browser. It is asked for beside the page, and no page needs to be open. */
export async function customer(context: BrowserContext): Promise<Account> {
  const body = { name: ADDRESS.name, email: somebody(), password: PASSWORD };
  const { user, accessToken } = await beginSession(context, 'shop', 'register', body);
  return { id: user.id, email: body.email, accessToken };
}

/** A session of the storefront or of the console in the browser, asked for beside the page. */
export async function beginSession(
  context: BrowserContext,
  site: 'shop' | 'console',
  path: 'register' | 'login',
  data: { email: string; password: string },
): Promise<Registered> {
  const headers = { 'session-cookie': site };
  const answer = await context.request.post(`/api/v1/auth/${path}`, { headers, data });
  const begun = (await answer.json()) as { data: Registered; message: string };
  expect(answer.ok(), begun.message).toBe(true);
  // The refresh token is in a cookie now. What the page would keep of it is only a mark.
  const { cookies } = await context.storageState();
  const name = site === 'shop' ? 'kontor.refresh-token' : 'kontor.console.refresh-token';
  const localStorage = [{ name, value: data.email }];
  await context.setStorageState({ cookies, origins: [{ origin: SHOP, localStorage }] });
  return begun.data;
}

/** Puts a product into the cart of a customer, beside the browser. */
export async function inCart({ sku }: Product, { accessToken }: Account): Promise<void> {
  await api('POST', '/cart/items', { sku, quantity: 1 }, accessToken);
}

/** Puts a product into the cart, from its page. */
export async function addToCart(page: Page, { slug, name }: Product): Promise<void> {
  await open(page, `/products/${slug}`);
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.getByText(`Added to your cart: ${name}`)).toBeVisible();
}

/** Signs a customer in, with the form of the page. */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export const ADDRESS = {
  name: 'Ada Lovelace',
  line1: '1 Harbour Street',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
};

/** The fields of the checkout's address, in every language. */
export const addressFields = (page: Page) => ({
  name: field(page, 'name'),
  line1: field(page, 'address-line1'),
  postalCode: field(page, 'postal-code'),
  city: field(page, 'address-level2'),
  country: field(page, 'country'),
});

const field = (page: Page, autocomplete: string) => page.locator(`[autocomplete="shipping ${autocomplete}"]`);

/** Chooses the country of the address, and waits for what an order costs there. */
export async function quoted(page: Page, choose: () => Promise<unknown>): Promise<void> {
  const isQuote = (asked: Request) =>
    asked.url().endsWith('/quotes') && asked.postDataJSON().country === ADDRESS.country;
  const quote = page.waitForResponse((answer) => isQuote(answer.request()));
  await choose();
  await quote;
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
}

/** Fills the address of the checkout. */
export async function address(page: Page): Promise<void> {
  const { country, ...texts } = addressFields(page);
  for (const [name, input] of Object.entries(texts)) await input.fill(ADDRESS[name as keyof typeof texts]);
  await quoted(page, () => country.selectOption(ADDRESS.country));
}
