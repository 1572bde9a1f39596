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
  test,
} from './shop.ts';

test('a guest reviews what was delivered, changes the words, and takes them back', async ({ page }) => {
  const order = await paidOrder((await product()).sku);
  await deliver(order);
  await open(page, `/orders/${order.id}?token=${order.token}`);
  await page.getByRole('link', { name: 'Write a review' }).click();
  await page.getByLabel('4 stars: good').press('Space');
  await page.getByLabel('Headline').fill('Shines far');
  await page.getByRole('button', { name: 'Send the review' }).click();
  await expect(page.getByText('Thank you for your review.')).toBeVisible();
  await page.getByLabel('Headline').fill('Shines farther');
  const changed = page.waitForResponse((answer) => answer.request().method() === 'PATCH');
  await page.getByRole('button', { name: 'Change the review' }).click();
  expect((await changed).status()).toBe(200);
  await expect(page.getByLabel('Headline')).toHaveValue('Shines farther');
  await page.getByRole('button', { name: 'Delete the review' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the review' }).click();
  await expect(page.getByText('Your review is deleted.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send the review' })).toBeVisible();
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
