import type { Page } from '@playwright/test';
import {
  accessible,
  addPicture,
  confirmAddress,
  customer,
  deliver,
  expect,
  open,
  paidOrder,
  product,
  publishedReview,
  seen,
  test,
} from './shop.ts';

/** A guest who has the link of a delivered order reviews what was in it. Answers the link. */
async function reviewAsGuest(page: Page): Promise<string> {
  const order = await paidOrder((await product()).sku);
  await deliver(order);
  const link = `/orders/${order.id}?token=${order.token}`;
  await open(page, link);
  await page.getByRole('link', { name: 'Write a review' }).click();
  await page.getByLabel('4 stars: good').press('Space');
  await page.getByLabel('Headline').fill('Shines far');
  await page.getByRole('button', { name: 'Send the review' }).click();
  await expect(page.getByText('Thank you for your review.')).toBeVisible();
  return link;
}

async function changeReview(page: Page): Promise<void> {
  await page.getByLabel('Headline').fill('Shines farther');
  const changed = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await page.getByRole('button', { name: 'Change the review' }).click();
  expect((await changed).status()).toBe(200);
}

async function deleteReview(page: Page): Promise<void> {
  await expect(page.getByLabel('Headline')).toHaveValue('Shines farther');
  await page.getByRole('button', { name: 'Delete the review' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the review' }).click();
  await expect(page.getByText('Your review is deleted.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send the review' })).toBeVisible();
}

test('a guest reviews what was delivered, changes the words, and takes them back', async ({ page }) => {
  await reviewAsGuest(page);
  await changeReview(page);
  await deleteReview(page);
});

test('a guest finds the review again on another device and after a reload, and changes it there', async ({
  page,
  elsewhere,
}) => {
  await open(elsewhere, await reviewAsGuest(page));
  await elsewhere.getByRole('link', { name: 'Write a review' }).click();
  await expect(elsewhere.getByLabel('Headline')).toHaveValue('Shines far');
  await changeReview(elsewhere);
  await page.reload();
  await deleteReview(page);
});

test('a customer reviews what was delivered, with a picture', async ({ page, context }) => {
  const lantern = await product();
  const who = await customer(context);
  await confirmAddress(who);
  const order = await paidOrder(lantern.sku, who.accessToken);
  await deliver(order);
  await open(page, `/orders/${order.id}`);
  await page.getByRole('link', { name: 'Write a review' }).click();
  await page.getByLabel('4 stars: good').press('Space');
  await page.getByLabel('Headline').fill('Shines far');
  await page.getByRole('button', { name: 'Send the review' }).click();
  await expect(page.getByText('Customers see it when we have looked at it.')).toBeVisible();
  await addPicture(page);
  await accessible(page);
  await page.reload();
  await expect(page.getByRole('img', { name: 'Picture 1' })).not.toHaveJSProperty('naturalWidth', 0);
  await page.getByRole('button', { name: 'Remove picture 1' }).click();
  await expect(page.getByRole('img', { name: 'Picture 1' })).toHaveCount(0);
});

test('reviews of a product are put in order, chosen by their stars, and found helpful', async ({ page, context }) => {
  const lantern = await product();
  await publishedReview(lantern, { stars: 5, title: 'Shines far' });
  await publishedReview(lantern, { stars: 2, title: 'Flickers' });
  await confirmAddress(await customer(context));
  await open(page, `/products/${lantern.slug}`);
  const reviews = page.getByRole('region', { name: 'Reviews' });
  await reviews.scrollIntoViewIfNeeded();
  const titles = reviews.getByRole('heading', { level: 3 });
  await expect(titles).toHaveText(['Flickers', 'Shines far']);
  await seen(page);
  await reviews.getByLabel('Sort reviews by').selectOption({ label: 'Best first' });
  await expect(titles).toHaveText(['Shines far', 'Flickers']);
  await reviews.getByRole('button', { name: /^2 stars/ }).click();
  await expect(titles).toHaveText(['Flickers']);
  await reviews.getByRole('button', { name: 'Helpful', exact: true }).click();
  await expect(reviews.getByRole('button', { name: 'You found this helpful' })).toHaveAttribute('aria-pressed', 'true');
  await expect(reviews.getByText('1 customer found this helpful')).toBeVisible();
  await accessible(page);
  await reviews.getByRole('button', { name: 'Show all reviews' }).click();
  await expect(titles).toHaveText(['Shines far', 'Flickers']);
  // It is remembered by the shop, of this review alone.
  await page.reload();
  await reviews.scrollIntoViewIfNeeded();
  const marked = page.getByRole('button', { name: 'You found this helpful', pressed: true });
  await expect(reviews.getByRole('article').filter({ has: marked })).toHaveCount(1);
  await expect(reviews.getByRole('article').filter({ has: marked })).toContainText('Flickers');
});
