import { Chip } from '@mui/material';
import { useShop } from '../shop.ts';
import { DayField } from '../ui/day-field.tsx';
import { between, type Days, periodOf } from './days.ts';

const CHOICES: [string, number][] = [
  ['7 days', 7],
  ['30 days', 30],
  ['90 days', 90],
  ['A year', 365],
];

interface Props {
  value: Days;
  /** What the shop refused of it. */
  refused: Record<string, string>;
  onChange: (period: Days) => void;
}

export function Period({ value, refused, onChange }: Props) {
  const { timeZone: zone } = useShop();
  const begin = (day: string) => onChange(between(day, day > value.to ? day : value.to));
  const end = (day: string) => onChange(between(day < value.from ? day : value.from, day));
  return (
    <>
      {CHOICES.map(([name, days]) => {
        const period = periodOf(days, zone);
        const isChosen = period.from === value.from && period.to === value.to;
        return (
          <Chip
            key={name}
            label={name}
            color={isChosen ? 'primary' : 'default'}
            aria-pressed={isChosen}
            onClick={() => onChange(period)}
          />
        );
      })}
      <DayField label="From" value={value.from} problem={refused['from']} margin="none" onChange={begin} />
      <DayField label="To" value={value.to} problem={refused['to']} margin="none" onChange={end} />
    </>
  );
}
