import {
  accessible,
  addToCart,
  api,
  customer,
  expect,
  inCart,
  open,
  product,
  SHOP,
  signIn,
  staff,
  test,
} from './shop.ts';

test('two windows show one cart', async ({ page, context }) => {
  const lantern = await product();
  const other = await context.newPage();
  await open(other, '/cart');
  await expect(other.getByText('Your cart is empty.')).toBeVisible();
  await addToCart(page, lantern);
  await expect(other.getByText(lantern.name)).toBeVisible();
  await other.getByRole('button', { name: `One more of ${lantern.name}` }).click();
  await expect(other.getByLabel(`Quantity of ${lantern.name}`)).toHaveValue('2');
  await open(page, '/cart');
  await expect(page.getByLabel(`Quantity of ${lantern.name}`)).toHaveValue('2');
});

test("what a guest has in the cart joins the customer's", async ({ page, context }) => {
  const [first, second, who] = [await product(), await product(), await customer(context)];
  await inCart(first, who);
  await open(page, '/account');
  // All that the page asks for has come, so nothing is refused after the sign-out.
  await expect(page.getByText('You have not ordered anything yet.')).toBeVisible();
  await expect(page.getByText(', 1 item')).toBeAttached();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/sign-in/);
  await addToCart(page, second);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await signIn(page, who.email);
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await page.getByRole('navigation', { name: 'Account', exact: true }).getByRole('link', { name: 'Cart' }).click();
  for (const { name } of [first, second]) await expect(page.getByRole('link', { name })).toBeVisible();
});

test('a quantity counts, also for those who go on to the checkout at once', async ({ page }) => {
  const lantern = await product();
  await addToCart(page, lantern);
  await open(page, '/cart');
  await page.getByLabel(`Quantity of ${lantern.name}`).fill('3');
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  const order = page.getByRole('region', { name: 'Your order' });
  await expect(order.getByRole('heading', { name: `3 × ${lantern.name}` })).toBeVisible();
  await accessible(page);
});

test('a quantity counts that is typed as soon as its field is there', async ({ page }) => {
  const lantern = await product();
  await addToCart(page, lantern);
  await page.addInitScript(() => {
    const typed = new MutationObserver(() => {
      const field = document.querySelector<HTMLInputElement>('main input[type=number]');
      if (!field) return;
      typed.disconnect();
      field.value = '3';
      field.dispatchEvent(new Event('change', { bubbles: true }));
    });
    typed.observe(document, { childList: true, subtree: true });
  });
  await open(page, '/cart');
  await expect(page.getByText('Your cart was changed.')).toBeVisible();
  await expect(page.getByLabel(`Quantity of ${lantern.name}`)).toHaveValue('3');
});

test('a quantity that is being typed stays while the cart is read again', async ({ page, context }) => {
  const [lantern, other] = [await product(), await product()];
  await addToCart(page, lantern);
  await open(page, '/cart');
  const quantity = page.getByLabel(`Quantity of ${lantern.name}`);
  await quantity.fill('3');
  await addToCart(await context.newPage(), other);
  await expect(page.getByRole('link', { name: other.name })).toBeVisible();
  await expect(quantity).toHaveValue('3');
  await quantity.blur();
  await expect(page.getByText(', 4 items')).toBeAttached();
});

test('an answer about the cart that comes late does not take the place of a newer one', async ({ page }) => {
  const lantern = await product();
  await addToCart(page, lantern);
  await open(page, '/cart');
  await page.getByLabel(`Quantity of ${lantern.name}`).fill('3');
  // The shop answers the checkout before the change, and the browser hears of it after the change.
  const read = Promise.withResolvers<void>();
  const changed = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await page.route('**/api/v1/cart', async (route) => {
    const response = await route.fetch();
    read.resolve();
    await changed;
    await route.fulfill({ response });
  });
  await page.route('**/api/v1/cart/items/*', async (route) => {
    await read.promise;
    await route.continue();
  });
  const late = page.waitForResponse((answer) => answer.url().endsWith('/cart') && answer.request().method() === 'GET');
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await late;
  const order = page.getByRole('region', { name: 'Your order' });
  await expect(order.getByRole('heading', { name: `3 × ${lantern.name}` })).toBeVisible();
  await expect(page.getByText(', 3 items')).toBeAttached();
});

test('what another window removed does not come back with a late answer about its quantity', async ({
  page,
  context,
}) => {
  const lantern = await product();
  await addToCart(page, lantern);
  await open(page, '/cart');
  const other = await context.newPage();
  await open(other, '/cart');
  const changed = Promise.withResolvers<void>();
  const isRemoved = page.getByText('Your cart is empty.');
  await page.route('**/api/v1/cart/items/*', async (route) => {
    const response = await route.fetch();
    changed.resolve();
    await isRemoved.waitFor();
    await route.fulfill({ response });
  });
  const quantity = page.getByLabel(`Quantity of ${lantern.name}`);
  await quantity.fill('3');
  await quantity.blur();
  await changed.promise;
  const late = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  const again = late.then(() => page.waitForResponse((answer) => answer.url().endsWith('/cart')));
  await other.getByRole('button', { name: `Remove ${lantern.name}` }).click();
  await again;
  await expect(isRemoved).toBeVisible();
  await expect(page.getByText('Your cart was changed.')).toHaveCount(0);
});

test('a cart survives that the shop cannot be reached for a while', async ({ page, context }) => {
  const lantern = await product();
  await addToCart(page, lantern);
  await open(page, '/cart');
  const more = page.getByRole('button', { name: `One more of ${lantern.name}` });
  const quantity = page.getByLabel(`Quantity of ${lantern.name}`);
  await expect(quantity).toHaveValue('1');
  await context.setOffline(true);
  await more.click();
  await expect(page.getByText('The shop could not be reached.')).toBeVisible();
  await expect(quantity).toHaveValue('1');
  await context.setOffline(false);
  await more.click();
  await expect(page.getByText('Your cart was changed.')).toBeVisible();
  await expect(quantity).toHaveValue('2');
});

test('what is removed gets no other quantity', async ({ page }) => {
  const lantern = await product();
  await addToCart(page, lantern);
  await open(page, '/cart');
  const changes: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') changes.push(request.url());
  });
  await expect(page.getByRole('button', { name: `Remove ${lantern.name}` })).toBeVisible();
  // One right after the other: a third of a second later the quantity is meant.
  const wanted = await page.evaluate(async (name) => {
    const press = (label: string) => (document.querySelector(`[aria-label="${label}"]`) as HTMLElement).click();
    press(`One more of ${name}`);
    await new Promise((drawn) => setTimeout(drawn));
    const { value } = document.querySelector('main input[type=number]') as HTMLInputElement;
    press(`Remove ${name}`);
    return value;
  }, lantern.name);
  expect(wanted).toBe('2');
  await expect(page.getByText('Your cart is empty.')).toBeVisible();
  // What would still be sent is sent before the next page is there.
  await page.getByRole('link', { name: 'Look at our products' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'All products' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('article').first()).toBeVisible();
  expect(changes).toEqual([]);
});

test('what got no answer is put into the cart again at its new price', async ({ page, expected }) => {
  expected.push('500 POST /api/v1/cart/items');
  const lantern = await product();
  // From then on there is a cart that remembers what was asked of it.
  await addToCart(page, await product());
  await open(page, `/products/${lantern.slug}`);
  const lost = { status: 500, json: { statusCode: 500, code: 'internal', message: 'An error.' } };
  await page.route(
    '**/api/v1/cart/items',
    async (route) => {
      await route.fetch();
      await route.fulfill(lost);
    },
    { times: 1 },
  );
  const add = page.getByRole('button', { name: 'Add to cart' });
  await add.click();
  await expect(page.getByText('Something went wrong in the shop.')).toBeVisible();
  await api('PATCH', `/products/${lantern.id}`, { price: { amount: 2500, currency: 'usd' } }, await staff());
  await expect(page.getByText('$25.00')).toBeVisible();
  await add.click();
  await expect(page.getByText(`Added to your cart: ${lantern.name}`)).toBeVisible();
});

test('the link of a reminder brings the cart back, also after a try without an answer', async ({ page }) => {
  const lantern = await product();
  const cart = await api<{ token: string }>('POST', '/cart/items', { sku: lantern.sku, quantity: 1 });
  // Nobody is reminded before an hour is over, so this is the answer that the shop would give.
  const headers = { 'cart-token': cart.token };
  const answer = { headers, json: { statusCode: 200, message: 'Your cart is back.', data: cart } };
  const tokens: unknown[] = [];
  await page.route('**/api/v1/cart/restore', async (route) => {
    tokens.push(route.request().postDataJSON().token);
    await (tokens.length === 1 ? route.abort() : route.fulfill(answer));
  });
  await open(page, '/cart?restore=mailed');
  await expect(page.getByText('The shop could not be reached.')).toBeVisible();
  await expect(page).toHaveURL(`${SHOP}/cart`);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('Your cart is back.')).toBeVisible();
  await expect(page.getByRole('link', { name: lantern.name })).toBeVisible();
  expect(tokens).toEqual(['mailed', 'mailed']);
});

test('the link of a reminder that has ended says so', async ({ page, expected }) => {
  expected.push('400 POST /api/v1/cart/restore');
  await open(page, '/cart?restore=mailed');
  await expect(page.getByText('The link has ended, so we could not bring back your cart.')).toBeVisible();
  await expect(page.getByText('Your cart is empty.')).toBeVisible();
});

test('whoever has a browser whose storage is full shops as others do', async ({ page }) => {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    };
  });
  const lantern = await product();
  await addToCart(page, lantern);
  await page.getByLabel('Language').selectOption('Deutsch');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page
    .getByRole('banner')
    .getByRole('link', { name: /^Warenkorb/ })
    .click();
  await expect(page.getByRole('link', { name: lantern.name })).toBeVisible();
});
