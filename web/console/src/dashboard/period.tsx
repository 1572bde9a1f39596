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

export function Period({ value, onChange }: { value: Days; onChange: (period: Days) => void }) {
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
      <DayField label="From" value={value.from} margin="none" onChange={begin} />
      <DayField label="To" value={value.to} margin="none" onChange={end} />
    </>
  );
}
