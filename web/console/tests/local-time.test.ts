import assert from 'node:assert/strict';
import test from 'node:test';

import { beside, between, type Days, lastOf, periodBefore, periodOf } from '../src/dashboard/days.ts';
import { addDays, beginOf, dayIn, daysFrom, endOf, localIn, momentIn } from '../src/data/local-time.ts';

const BERLIN = 'Europe/Berlin';
const at = (time: string) => new Date(time);

test('a day begins at midnight in the shop', () => {
  assert.equal(dayIn(BERLIN, at('2026-11-26T22:59:59Z')), '2026-11-26');
  assert.equal(dayIn(BERLIN, at('2026-11-26T23:00:00Z')), '2026-11-27');
  assert.equal(dayIn('America/Los_Angeles', at('2026-11-27T07:59:00Z')), '2026-11-26');
  assert.equal(dayIn('Pacific/Kiritimati', at('2026-12-31T10:00:00Z')), '2027-01-01');
});

test('midnight is earlier in summer', () => {
  assert.equal(dayIn(BERLIN, at('2026-07-01T21:59:00Z')), '2026-07-01');
  assert.equal(dayIn(BERLIN, at('2026-07-01T22:00:00Z')), '2026-07-02');
});

test('a period ends today and has so many days, also over a change of the clocks', () => {
  const days = (days: number, now: string) => periodOf(days, BERLIN, at(now));
  assert.deepEqual(days(7, '2026-11-26T23:30:00Z'), { from: '2026-11-21', to: '2026-11-27', interval: 'day' });
  // On 29 March 2026 the clocks go from 2 to 3, on 25 October from 3 to 2.
  assert.deepEqual(days(7, '2026-03-29T22:30:00Z'), { from: '2026-03-24', to: '2026-03-30', interval: 'day' });
  assert.deepEqual(days(2, '2026-10-25T22:30:00Z'), { from: '2026-10-24', to: '2026-10-25', interval: 'day' });
  assert.deepEqual(days(2, '2026-10-25T23:30:00Z'), { from: '2026-10-25', to: '2026-10-26', interval: 'day' });
  assert.equal(days(365, '2026-11-26T12:00:00Z').from, '2025-11-27');
});

test('longer times have longer steps', () => {
  assert.equal(between('2026-03-01', '2026-03-31').interval, 'day');
  assert.equal(between('2026-03-01', '2026-04-01').interval, 'week');
  assert.equal(between('2026-01-01', '2026-12-31').interval, 'month');
});

test('the time before has as many days', () => {
  assert.deepEqual(periodBefore(between('2026-03-01', '2026-03-31')), between('2026-01-29', '2026-02-28'));
});

/** The days, cut into weeks from Monday on as the API does it: the first and the last may be parts. */
function weeksOf({ from, to }: Pick<Days, 'from' | 'to'>) {
  const days = Array.from({ length: daysFrom(from, to) }, (_, index) => addDays(from, index));
  const isMonday = (day: string) => new Date(day).getUTCDay() === 1;
  const begins = days.filter((day, index) => index === 0 || isMonday(day));
  return begins.map((begin, index) => ({ from: begin, to: addDays(begins[index + 1] ?? addDays(to, 1), -1) }));
}

test('what is beside each other is of as many days, wherever the weeks begin', () => {
  for (const today of ['2026-11-23', '2026-11-26', '2026-11-29']) {
    const period = between(addDays(today, -89), today);
    const before = periodBefore(period);
    const days = Array.from({ length: 90 }, (_, index) => addDays(before.from, index));
    const periods = weeksOf(period);
    const pairs = beside(
      { ...period, periods },
      days.map((day) => ({ from: day, to: day })),
    );
    assert.deepEqual([period.interval, before.interval], ['week', 'day']);
    assert.deepEqual(
      pairs.map((pair) => pair.days.length),
      periods.map(({ from, to }) => daysFrom(from, to)),
    );
    assert.deepEqual(
      pairs.flatMap((pair) => pair.days.map(({ from }) => from)),
      days,
    );
    assert.deepEqual(pairs[0]?.earlier.from, before.from);
    assert.deepEqual(pairs.at(-1)?.earlier.to, before.to);
  }
});

test('of a long time only the last days are asked for', () => {
  assert.deepEqual(lastOf(between('2026-01-01', '2026-03-31'), 31), { from: '2026-03-01', to: '2026-03-31' });
  assert.deepEqual(lastOf(between('2026-03-30', '2026-03-31'), 31), { from: '2026-03-30', to: '2026-03-31' });
});

test('what is typed is the time in the shop', () => {
  for (const [local, moment] of [
    ['2026-11-26T00:00', '2026-11-25T23:00:00.000Z'],
    ['2026-07-01T12:15', '2026-07-01T10:15:00.000Z'],
    // The hour before the clocks change, and the one after.
    ['2026-03-29T01:59', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
  ] as const) {
    assert.equal(momentIn(BERLIN, local).toISOString(), moment);
    assert.equal(localIn(BERLIN, at(moment)), local);
  }
});

test('an hour that is left out counts on, and of one that comes twice it is the first', () => {
  assert.equal(localIn(BERLIN, momentIn(BERLIN, '2026-03-29T02:30')), '2026-03-29T03:30');
  assert.equal(momentIn(BERLIN, '2026-10-25T02:30').toISOString(), '2026-10-25T00:30:00.000Z');
});

test('a day of the shop has 23, 24 or 25 hours', () => {
  const hours = (day: string) => (Date.parse(endOf(BERLIN, day)) - Date.parse(beginOf(BERLIN, day))) / 3_600_000;
  assert.deepEqual(['2026-03-29', '2026-03-30', '2026-10-25'].map(hours), [23, 24, 25]);
  // In Beirut the clocks change at midnight, so that this day begins at one.
  assert.equal(localIn('Asia/Beirut', at(beginOf('Asia/Beirut', '2026-03-29'))), '2026-03-29T01:00');
});
