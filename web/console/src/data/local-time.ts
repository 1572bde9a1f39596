// Days and hours as the clocks of a time zone show them. A day is 2026-11-26, an hour of it 2026-11-26T09:30.

const DAY = 86_400_000;

/** What the clocks of a zone show at a moment. */
export function localIn(zone: string, moment: Date): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(moment);
  const part = (name: string) => parts.find(({ type }) => type === name)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

export const dayIn = (zone: string, moment: Date) => localIn(zone, moment).slice(0, 10);

/**
 * The moment at which the clocks of a zone show this. Of an hour that comes twice it is the first one. An hour that is left
 * out counts on from the one before.
 */
export function momentIn(zone: string, local: string): Date {
  const wanted = Date.parse(`${local}Z`);
  const shown = (moment: number) => Date.parse(`${localIn(zone, new Date(moment))}Z`);
  const byOffsetAt = (moment: number) => wanted - (shown(moment) - moment);
  const [before, after] = [byOffsetAt(wanted - DAY), byOffsetAt(wanted + DAY)];
  return new Date(shown(before) !== wanted && shown(after) === wanted ? after : before);
}

/** The day so many days later, or earlier. */
export const addDays = (day: string, days: number) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);

/** How many days these are, with the first and the last one. */
export const daysFrom = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / DAY + 1;

/** The first moments of a day and of the day after the last one. Lists of the API take moments, or days in UTC. */
export const beginOf = (zone: string, day: string) => momentIn(zone, `${day}T00:00`).toISOString();
export const endOf = (zone: string, day: string) => beginOf(zone, addDays(day, 1));
