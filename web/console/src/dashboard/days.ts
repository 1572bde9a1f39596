import { addDays, dayIn, daysFrom } from '../data/local-time.ts';

export interface Days {
  from: string;
  to: string;
  interval: 'day' | 'week' | 'month';
}

/** The last days, with today. Days begin at midnight in the time zone of the shop. */
export function periodOf(days: number, zone: string, now = new Date()): Days {
  const today = dayIn(zone, now);
  return between(addDays(today, 1 - days), today);
}

/** Longer times are shown in longer steps. */
export function between(from: string, to: string): Days {
  const days = daysFrom(from, to);
  return { from, to, interval: days <= 31 ? 'day' : days <= 120 ? 'week' : 'month' };
}

/** As many days before these, one by one: the API cuts the weeks and months of other days at other places. */
export function periodBefore({ from, to }: Days): Days {
  return { from: addDays(from, -daysFrom(from, to)), to: addDays(from, -1), interval: 'day' };
}

type Span = Pick<Days, 'from' | 'to'>;

/** Each period with the days of the time before that are at its place, so that both are of as many days. */
export function beside<Period extends Span, Day extends Span>(
  { from, to, periods }: Span & { periods: Period[] },
  before: Day[],
): { period: Period; earlier: Span; days: Day[] }[] {
  const shift = -daysFrom(from, to);
  return periods.map((period) => {
    const earlier = { from: addDays(period.from, shift), to: addDays(period.to, shift) };
    return { period, earlier, days: before.filter((day) => day.from >= earlier.from && day.to <= earlier.to) };
  });
}

/** The last of these days, at most so many. */
export function lastOf({ from, to }: Days, most: number): { from: string; to: string } {
  const first = addDays(to, 1 - most);
  return { from: from > first ? from : first, to };
}
