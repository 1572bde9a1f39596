// What the compiler must refuse: a line below each `@ts-expect-error` that it takes is an error of `npm run check`.

import assert from 'node:assert/strict';
import test from 'node:test';

import { type Client, type ErrorCode, type ErrorCodeOf, isKontorError, type OrderBody } from '../src/index.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>() => {};

/** Compiled, not run. */
export async function wrong(client: Client): Promise<void> {
  // @ts-expect-error a path that the shop does not have
  await client.GET('/api/v1/baskets');
  // @ts-expect-error a method that the path does not have
  await client.DELETE('/api/v1/products');
  // @ts-expect-error a field that the body does not have
  await client.POST('/api/v1/cart/items', { body: { sku: 'SHIRT', amount: 1 } });
  // @ts-expect-error a required field is missing
  await client.POST('/api/v1/auth/register', { body: { email: 'ada@example.com', password: 'a long sentence' } });
  // @ts-expect-error a value that the enum does not have
  await client.GET('/api/v1/coupons', { params: { query: { state: 'hidden' } } });
  // @ts-expect-error the parameter of the path is missing
  await client.GET('/api/v1/orders/{id}');
  // @ts-expect-error a replaced product needs the version that was read
  await client.PUT('/api/v1/products/{id}', { params: { path: { id: 'prd_1' } }, body: {} });
  // @ts-expect-error not a list
  for await (const _ of client.list('/api/v1/shop')) break;
  // @ts-expect-error a code that no operation has
  isKontorError(null, 'prize_changed');
  // @ts-expect-error a code that this operation does not have
  ((_: ErrorCodeOf<'createOrder'>) => {})('invalid_credentials');
  const { data } = await client.GET('/api/v1/cart');
  // @ts-expect-error a field that the answer does not have
  void data.sum;
  // @ts-expect-error not every order has a coupon
  const coupon: string = ({} as OrderBody).couponCode;
  void coupon;
}

/** Compiled, not run. */
export async function right(client: Client, error: unknown): Promise<void> {
  // The client sends the Idempotency-Key by itself.
  await client.POST('/api/v1/cart/items', { body: { sku: 'SHIRT', quantity: 1 } });
  await client.GET('/api/v1/cart');
  for await (const product of client.list('/api/v1/products')) holds<Equal<typeof product.slug, string>>();
  if (isKontorError(error, 'price_changed', 'total_changed'))
    holds<Equal<typeof error.code, 'price_changed' | 'total_changed'>>();
  if (isKontorError(error)) holds<Equal<typeof error.code, ErrorCode>>();
  const { user, secondStep } = await client.signIn('ada@example.com', 'a long sentence');
  if (secondStep) holds<Equal<typeof user, undefined>>();
  else holds<Equal<typeof user.email, string>>();
  holds<Equal<ErrorCodeOf<'deleteStockAlert'> & `${string}_not_found`, 'alert_not_found'>>();
  // @ts-expect-error no code is any word
  const word: ErrorCode = '' as string;
  void word;
}

test('wrong paths, fields, codes and parameters do not compile', () => {
  assert.equal(typeof wrong, typeof right);
});
