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

/** As many days before these, in the same steps. */
export function periodBefore({ from, to, interval }: Days): Days {
  return { from: addDays(from, -daysFrom(from, to)), to: addDays(from, -1), interval };
}

/** The last of these days, at most so many. */
export function lastOf({ from, to }: Days, most: number): { from: string; to: string } {
  const first = addDays(to, 1 - most);
  return { from: from > first ? from : first, to };
}
