import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KontorError, type Texts } from '@kontor/client';
import { nextPage, signInPage } from '../src/account/next-page.ts';
import { countriesOf, isAmong, likelyCountry, regionsOf } from '../src/checkout/countries.ts';
import {
  emptyDraft,
  readAttempt,
  readDraft,
  toOrder,
  underAddress,
  writeAttempt,
  writeDraft,
} from '../src/checkout/draft.ts';
import { isRefused } from '../src/repeat.ts';

function texts(): Texts & { all: Map<string, string> } {
  const all = new Map<string, string>();
  return {
    all,
    getItem: (key) => all.get(key) ?? null,
    setItem: (key, value) => void all.set(key, value),
    removeItem: (key) => void all.delete(key),
  };
}

const total = { amount: 1999, currency: 'usd' };
const typed = {
  ...emptyDraft('DE'),
  email: ' ada@example.com ',
  paymentMethod: 'checkout_session',
  shippingMethodId: 'shm_1',
};

test('an order of a guest has the address as it was typed, without spaces around it and without empty texts', () => {
  const shipping = { ...typed.shipping, name: ' Ada ', line1: '1 Harbour Street', city: 'Berlin', postalCode: '10115' };
  assert.deepEqual(toOrder({ ...typed, shipping, addressId: 'adr_1' }, total, false), {
    email: 'ada@example.com',
    shippingAddress: {
      name: 'Ada',
      company: null,
      line1: '1 Harbour Street',
      line2: null,
      postalCode: '10115',
      city: 'Berlin',
      region: null,
      country: 'DE',
      phone: null,
    },
    shippingMethodId: 'shm_1',
    paymentMethod: 'checkout_session',
    expectedTotal: total,
  });
});

test('an order of an account names its address, and no mail address', () => {
  const order = toOrder({ ...typed, addressId: 'adr_1', vatNumber: ' DE123456789 ', note: ' ' }, total, true);
  assert.equal(order.shippingAddressId, 'adr_1');
  assert.equal(order.vatNumber, 'DE123456789');
  for (const field of ['email', 'shippingAddress', 'billingAddress', 'note']) assert.ok(!(field in order), field);
});

test('an invoice goes to another address where the buyer says so, in the country of the order if no other was chosen', () => {
  const billing = { ...typed.billing, name: 'Office', country: '' };
  assert.ok(!('billingAddress' in toOrder({ ...typed, billing }, total, false)));
  assert.equal(toOrder({ ...typed, billing, billingDiffers: true }, total, false).billingAddress?.country, 'DE');
  const saved = { ...typed, billing, billingDiffers: true, billingAddressId: 'adr_2' };
  assert.equal(toOrder(saved, total, true).billingAddressId, 'adr_2');
  for (const field of ['billingAddress', 'billingAddressId'])
    assert.equal(field in toOrder(saved, total, false), field === 'billingAddress', field);
});

test('what was typed and what was sent survive a reload, and a broken storage does no harm', () => {
  const kept = texts();
  assert.equal(readDraft(kept), null);
  writeDraft(kept, typed);
  assert.deepEqual(readDraft(kept), typed);
  writeAttempt(kept, { key: 'k', order: toOrder(typed, total, true) });
  assert.equal(readAttempt(kept)?.key, 'k');
  writeAttempt(kept, null);
  assert.equal(readAttempt(kept), null);
  kept.all.set('checkout', '{');
  assert.equal(readDraft(kept), null);
  // An earlier version of these pages knew fewer fields.
  kept.all.set('checkout', '{"email":"ada@example.com","shipping":{"city":"Berlin"}}');
  const { email, shipping } = readDraft(kept) ?? emptyDraft();
  assert.deepEqual([email, shipping], ['ada@example.com', { ...emptyDraft().shipping, city: 'Berlin' }]);
});

test('only an answer that says no ends an attempt', () => {
  const failed = (code: KontorError['code'], status: number) =>
    isRefused(new KontorError({ code, message: '', status }));
  assert.ok(failed('total_changed', 409));
  assert.ok(failed('session_ended', 401));
  assert.ok(!failed('network_error', 0));
  assert.ok(!failed('busy', 503));
  assert.ok(!failed('idempotency_key_in_flight', 409));
  assert.ok(!isRefused(new Error('a mistake')));
});

test('the countries are those that the shop sends to, by their names', () => {
  const rates = { shipping: total, taxRate: 0 };
  const two = { countries: ['DE', 'AT'].map((country) => ({ ...rates, country })), otherCountries: null };
  assert.deepEqual(countriesOf(two, 'de'), [
    { code: 'DE', name: 'Deutschland' },
    { code: 'AT', name: 'Österreich' },
  ]);
  const all = countriesOf({ countries: [], otherCountries: rates }, 'en');
  assert.equal(all.length, 243);
  assert.equal(new Set(all.map(({ code }) => code)).size, 243);
});

test('the country to begin with is that of the first language that the shop sends to', () => {
  const choices = ['AT', 'DE', 'US'].map((code) => ({ code, name: code }));
  assert.equal(likelyCountry(choices, ['fr-FR', 'de-AT']), 'AT');
  assert.equal(likelyCountry(choices, ['de']), 'DE');
  assert.equal(likelyCountry(choices, ['ja']), 'AT');
  // What some systems call a language.
  assert.equal(likelyCountry(choices, ['en-US@posix', 'C', 'de']), 'DE');
});

test('regions are codes where tax depends on them, and text or nothing elsewhere', () => {
  const states = regionsOf('US');
  assert.ok(Array.isArray(states) && states.length === 51);
  assert.deepEqual(states[4], { code: 'CA', name: 'California' });
  assert.equal(regionsOf('IT'), 'text');
  assert.equal(regionsOf('DE'), null);
});

test('a sign-in leads on to a page of this shop only', () => {
  assert.equal(nextPage('/orders/ord_1?paid=1'), '/orders/ord_1?paid=1');
  for (const wanted of [
    undefined,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/products/%ZZ',
  ])
    assert.equal(nextPage(wanted), '/account');
  assert.equal(signInPage('/cart?a=b'), '/sign-in?next=%2Fcart%3Fa%3Db');
});

test('what a quote refuses of an address is told at the field of the address', () => {
  const refused = { country: 'is not a country that we ship to', vatNumber: 'must be a VAT number' };
  assert.deepEqual(underAddress(refused), {
    'shippingAddress.country': 'is not a country that we ship to',
    vatNumber: 'must be a VAT number',
  });
});

test('a shop that sends to some countries does not send to the others', () => {
  const some = countriesOf({ countries: [{ country: 'DE' }] as never, otherCountries: null }, 'en');
  assert.deepEqual([isAmong(some, 'DE'), isAmong(some, 'FR'), isAmong(some, '')], [true, false, false]);
});
