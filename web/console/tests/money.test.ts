import assert from 'node:assert/strict';
import test from 'node:test';

import { parseMoney, writeMoney } from '../src/data/money.ts';

test('money is read as people write it', () => {
  assert.equal(parseMoney('19.99', 2), 1999);
  assert.equal(parseMoney(' 19,9 ', 2), 1990);
  assert.equal(parseMoney('19.', 2), 1900);
  assert.equal(parseMoney('0', 2), 0);
  assert.equal(parseMoney('500', 0), 500);
  assert.equal(parseMoney('1.234', 3), 1234);
});

test('what is no amount of the currency is not guessed', () => {
  for (const text of ['', 'abc', '-1', '1.999', '1,000.00', '1e3', '.5'])
    assert.ok(Number.isNaN(parseMoney(text, 2)), text);
  assert.ok(Number.isNaN(parseMoney('1.5', 0)));
});

test('what is written is read as the same', () => {
  for (const decimals of [0, 2, 3])
    for (const amount of [0, 1, 10, 1999, 99_999_999])
      assert.equal(parseMoney(writeMoney(amount, decimals), decimals), amount);
});
