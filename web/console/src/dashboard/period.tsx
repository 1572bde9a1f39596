import { Chip, TextField } from '@mui/material';

export interface Days {
  from: string;
  to: string;
  interval: 'day' | 'week' | 'month';
}

const DAY = 86_400_000;
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);

/** The last days, with today. */
export function periodOf(days: number, now = Date.now()): Days {
  return between(iso(now - (days - 1) * DAY), iso(now));
}

/** Longer times are shown in longer steps. */
export function between(from: string, to: string): Days {
  const days = (Date.parse(to) - Date.parse(from)) / DAY + 1;
  return { from, to, interval: days <= 31 ? 'day' : days <= 120 ? 'week' : 'month' };
}

const CHOICES: [string, number][] = [
  ['7 days', 7],
  ['30 days', 30],
  ['90 days', 90],
  ['A year', 365],
];

export function Period({ value, onChange }: { value: Days; onChange: (period: Days) => void }) {
  return (
    <>
      {CHOICES.map(([name, days]) => {
        const isChosen = periodOf(days).from === value.from;
        return (
          <Chip
            key={name}
            label={name}
            color={isChosen ? 'primary' : 'default'}
            aria-pressed={isChosen}
            onClick={() => onChange(periodOf(days))}
          />
        );
      })}
      <Day label="From" value={value.from} onChange={(from) => onChange(between(from, value.to))} />
      <Day label="To" value={value.to} onChange={(to) => onChange(between(value.from, to))} />
    </>
  );
}

function Day({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }) {
  return (
    <TextField
      label={label}
      type="date"
      value={value}
      fullWidth={false}
      margin="none"
      onChange={({ target }) => target.value && onChange(target.value)}
      slotProps={{ inputLabel: { shrink: true } }}
    />
  );
}
