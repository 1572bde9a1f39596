import type { Locator, Page } from '@playwright/test';
import { ADDRESS, addressFields, expect, open, quoted, sizes, somebody, test } from './shop.ts';

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
