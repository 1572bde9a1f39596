const DATE: Intl.DateTimeFormatOptions = { dateStyle: 'medium' };
const TIME: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };

/** A moment in the zone of whoever looks at it. */
export function Time({ of, date = false }: { of: string | null | undefined; date?: boolean }) {
  if (!of) return <span>–</span>;
  const text = new Intl.DateTimeFormat(undefined, date ? DATE : TIME).format(new Date(of));
  return (
    <time dateTime={of} style={{ whiteSpace: 'nowrap' }}>
      {text}
    </time>
  );
}

/** A day without an hour, which is the same in all zones. */
export function day(of: string, options: Intl.DateTimeFormatOptions = DATE): string {
  return new Intl.DateTimeFormat(undefined, { ...options, timeZone: 'UTC' }).format(new Date(`${of}T00:00:00Z`));
}

/** What is typed is in the zone of whoever types it; the API takes UTC. */
export const instant = (value: string) => (value ? new Date(value).toISOString() : null);
