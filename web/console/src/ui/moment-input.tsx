import { DateTimeInput, type DateTimeInputProps } from 'react-admin';

import { localIn, momentIn } from '../data/local-time.ts';
import { useShop } from '../shop.ts';

/** What is typed has no zone; what the API has ends with one. */
const isTyped = (value: string) => /T\d\d:\d\d$/.test(value);

/** A moment, typed in the time zone of the shop. The API takes it in UTC. */
export function MomentInput({ helperText = '', ...props }: Omit<DateTimeInputProps, 'format' | 'parse'>) {
  const { timeZone: zone } = useShop();
  return (
    <DateTimeInput
      {...props}
      helperText={[helperText, `Time in ${zone}.`].filter(Boolean).join(' ')}
      format={(value?: string | null) => (!value || isTyped(value) ? (value ?? '') : localIn(zone, new Date(value)))}
      parse={(value: string) => (value ? momentIn(zone, value).toISOString() : null)}
    />
  );
}
