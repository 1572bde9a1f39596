import type { Locator, Page } from '@playwright/test';
import { ADDRESS, addressFields, addToCart, expect, open, product, quoted, sizes, somebody, test } from './shop.ts';

test('the focus is not lost with what was pressed', async ({ page, expected }) => {
  const lantern = await product();
  await addToCart(page, lantern);
  await open(page, '/cart');
  await page.getByRole('button', { name: `One more of ${lantern.name}` }).press('Enter');
  const fewer = page.getByRole('button', { name: `One less of ${lantern.name}` });
  await expect(page.getByLabel(`Quantity of ${lantern.name}`)).toHaveValue('2');
  await fewer.press('Enter');
  await expect(fewer).toBeDisabled();
  await expect(fewer).toBeFocused();

  await open(page, '/search?inStock=true');
  const heading = page.getByRole('heading', { level: 1 });
  await page.getByRole('button', { name: /^Remove / }).press('Enter');
  await expect(page.getByRole('button', { name: /^Remove / })).toHaveCount(0);
  await expect(heading).toBeFocused();

  expected.push('400 POST /api/v1/auth/register');
  await open(page, '/register');
  await page.getByLabel('Your name', { exact: true }).fill('Ada');
  await page.getByLabel('Email address').fill(somebody());
  const password = page.getByLabel('Password');
  await password.fill('password1');
  const again = password.evaluate(
    (field) => new Promise((done) => field.addEventListener('focus', done, { once: true })),
  );
  await password.press('Enter');
  await again;
  await expect(password).toBeFocused();
});

test('a whole purchase by keyboard alone, also through the page of the payment', async ({ page }) => {
  const shirt = await sizes({ M: 5, L: 5 });
  const { keyboard } = page;
  const type = async (into: Locator, text: string) => {
    await reach(page, into);
    await keyboard.type(text);
  };
  await open(page, `/products/${shirt.slug}`);
  await keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await keyboard.press('Enter');
  await reach(page, page.getByRole('radio', { name: 'M' }));
  await keyboard.press('Space');
  await keyboard.press('ArrowRight');
  await expect(page.getByRole('radio', { name: 'L' })).toBeChecked();
  await press(page, page.getByRole('button', { name: 'Add to cart' }));
  await expect(page.getByText(`Added to your cart: ${shirt.name}`)).toBeVisible();
  await press(page, page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Cart' }));
  await press(page, page.getByRole('link', { name: 'Go to checkout' }));
  await expect(page.getByRole('heading', { level: 1, name: 'Checkout' })).toBeFocused();

  await type(page.getByLabel('Email address'), somebody());
  const { country, ...texts } = addressFields(page);
  for (const [name, field] of Object.entries(texts)) await type(field, ADDRESS[name as keyof typeof texts]);
  await reach(page, country);
  // A letter chooses the next country that begins with it.
  await quoted(page, async () => {
    for (let tries = 0; tries < 20 && (await country.inputValue()) !== ADDRESS.country; tries += 1)
      await keyboard.press('g');
  });
  await press(page, page.getByRole('button', { name: /Order and pay/ }));

  await expect(page).toHaveURL(/\/pay\/cs_/);
  await press(page, page.getByRole('button', { name: 'Pay with 3-D Secure' }));
  await press(page, page.getByRole('button', { name: 'Yes, pay' }));
  await expect(page).toHaveURL(/\/orders\/ord_/);
  await expect(page.getByText('Payment received')).toBeVisible();
});

/** Goes to an element with the Tab key. */
async function reach(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeEnabled();
  for (let tabs = 0; tabs < 80; tabs += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the Tab key does not reach it');
}

/** Goes to an element with the Tab key, and presses Enter. */
async function press(page: Page, wanted: Locator): Promise<void> {
  await reach(page, wanted);
  await page.keyboard.press('Enter');
}
