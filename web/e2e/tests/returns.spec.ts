import { accessible, addPicture, api, deliver, expect, open, paidOrder, sizes, staff, test } from './shop.ts';

test('a guest exchanges a shirt for another size, with a picture, and sees each step without a reload', async ({
  page,
}) => {
  const shirt = await sizes({ M: 5, L: 5, XL: 0 });
  const order = await paidOrder(`${shirt.sku}-M`);
  await deliver(order);
  await open(page, `/orders/${order.id}?token=${order.token}`);
  await page.getByRole('button', { name: 'Send something back' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Return', { exact: true }).check();
  await form.getByLabel('Number, at most 1').fill('1');
  await form.getByLabel('Reason').selectOption({ label: 'It does not fit' });
  const wanted = form.getByLabel('What do you want for it?');
  await expect(wanted.getByRole('option', { name: 'In exchange: XL (sold out)' })).toBeDisabled();
  await wanted.selectOption({ label: 'In exchange: L' });
  await accessible(page);
  await form.getByRole('button', { name: 'Ask for the return' }).click();
  await expect(page.getByText('We are looking at it')).toBeVisible();
  await expect(page.getByText('In exchange for L')).toBeVisible();
  await addPicture(page);
  await accessible(page);

  const path = `/orders/${order.id}/returns`;
  const { returns } = await api<{ returns: { id: string }[] }>('GET', path, undefined, await staff());
  const step = async (name: string, body?: object) =>
    api('POST', `/admin${path}/${returns[0]?.id}/${name}`, body, await staff());
  await step('approve');
  await expect(page.getByText(/^Approved\./)).toBeVisible();
  await step('complete');
  await expect(page.getByText('What you get in exchange is sent soon.')).toBeVisible();
  await expect(page.getByText('1 exchanged for L')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add a picture' })).toHaveCount(0);
  await step('ship', { carrier: 'DHL', trackingCode: '00340434161094015902' });
  await expect(page.getByText(/^What you get in exchange was sent on/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Track it at DHL' })).toHaveAttribute('href', /00340434161094015902/);
  await accessible(page);
});

test('a variant whose price has changed is refused at its item', async ({ page, expected }) => {
  expected.push('409 POST /api/v1/orders/');
  const shirt = await sizes({ M: 5, L: 5 });
  const order = await paidOrder(`${shirt.sku}-M`);
  await deliver(order);
  await open(page, `/orders/${order.id}?token=${order.token}`);
  await page.getByRole('button', { name: 'Send something back' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Return', { exact: true }).check();
  await form.getByLabel('Number, at most 1').fill('1');
  const wanted = form.getByLabel('What do you want for it?');
  await wanted.selectOption({ label: 'In exchange: L' });
  const variants = ['M', 'L'].map((Size) => ({
    sku: `${shirt.sku}-${Size}`,
    options: { Size },
    price: { amount: Size === 'L' ? 2500 : 2000, currency: 'usd' },
  }));
  await api('PATCH', `/products/${shirt.id}`, { variants }, await staff());
  await form.getByRole('button', { name: 'Ask for the return' }).click();
  await expect(wanted).toHaveAccessibleDescription(/another price now/);
  await expect(wanted).toBeFocused();
  await wanted.selectOption({ label: 'Money back' });
  await form.getByRole('button', { name: 'Ask for the return' }).click();
  await expect(page.getByText('We are looking at it')).toBeVisible();
});
