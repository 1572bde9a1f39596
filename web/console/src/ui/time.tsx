import { Box } from '@mui/material';

import { localIn } from '../data/local-time.ts';
import { useShop } from '../shop.ts';
import { LANGUAGE } from './words.ts';

const OWN_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const DATE: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' };
const HOUR: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };
/** On a telephone a day and its hour may have a line each. */
const LINES = { whiteSpace: { sm: 'nowrap' }, '& span': { whiteSpace: 'nowrap' } } as const;

/** A moment in the time zone of the shop. It is named where it is not the time of the device. */
export function Time({ of, date = false }: { of: string | null | undefined; date?: boolean }) {
  const { timeZone } = useShop();
  if (!of) return <span>–</span>;
  const moment = new Date(of);
  const isOther = localIn(timeZone, moment) !== localIn(OWN_ZONE, moment);
  const write = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(LANGUAGE, { ...options, timeZone }).format(moment);
  return (
    <Box component="time" dateTime={of} sx={LINES}>
      <span>{write(DATE)}</span>
      {!date && (
        <>
          , <span>{write({ ...HOUR, ...(isOther && { timeZoneName: 'short' }) })}</span>
        </>
      )}
    </Box>
  );
}

/** A day without an hour, which is the same in all zones. */
export function day(of: string, options: Intl.DateTimeFormatOptions = DATE): string {
  return new Intl.DateTimeFormat(LANGUAGE, { ...options, timeZone: 'UTC' }).format(new Date(`${of}T00:00:00Z`));
}
