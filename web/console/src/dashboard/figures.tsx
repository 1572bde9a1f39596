import type { DashboardBody, FiguresBody } from '@kontor/client';
import { formatMoney } from '@kontor/client';
import { Box, LinearProgress, Paper, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';

import { reasonOf } from '../data/errors.ts';
import { kontor, useShop } from '../shop.ts';
import { Problem } from '../ui/page.tsx';
import { LANGUAGE } from '../ui/words.ts';
import { Charts } from './charts.tsx';
import { type Days, periodBefore } from './days.ts';

/** The figures of a period, and of the time before it. */
export function useFigures(period: Days, enabled = true) {
  return useQuery({
    queryKey: ['dashboard', period],
    queryFn: async () => {
      const [now, before] = await Promise.all([period, periodBefore(period)].map(read));
      return { now: now as DashboardBody, before: before as DashboardBody };
    },
    staleTime: 30_000,
    enabled,
  });
}

export function Figures({ period }: { period: Days }) {
  const { data, error, isFetching } = useFigures(period);
  if (error) return <Problem>{reasonOf(error)}</Problem>;
  if (!data) return <LinearProgress aria-label="Reading the figures" />;
  return (
    <Box sx={{ opacity: isFetching ? 0.6 : 1 }}>
      <Totals {...data} />
      <Charts {...data} />
    </Box>
  );
}

const read = async (query: Days) => (await kontor.GET('/api/v1/admin/dashboard', { params: { query } })).data;

const COUNTS: [string, (figures: FiguresBody) => number][] = [
  ['Orders placed', ({ orders }) => orders.placed],
  ['Units sold', ({ units }) => units.sold],
  ['New customers', ({ customers }) => customers.new],
  ['Carts left', ({ carts }) => carts.abandoned],
  ['Searches without results', ({ searchesWithoutResults }) => searchesWithoutResults],
];

const AMOUNTS: [string, (figures: FiguresBody) => number | null][] = [
  ['Revenue, net', ({ revenue }) => revenue.net.amount],
  ['Refunds', ({ revenue }) => revenue.refunds.amount],
  ['An average order', ({ revenue }) => revenue.averageOrder?.amount ?? null],
];

/** The sums of the period, each beside that of the period before. */
function Totals({ now: { total }, before: { total: previous } }: { now: DashboardBody; before: DashboardBody }) {
  const { currency } = useShop();
  const money = (amount: number | null) =>
    amount === null ? '–' : formatMoney({ amount, currency: currency.code }, currency, LANGUAGE);
  const count = (value: number | null) => new Intl.NumberFormat(LANGUAGE).format(value ?? 0);
  return (
    <Box sx={{ display: 'grid', gap: 1, gridTemplateColumns: 'repeat(auto-fill, minmax(150px, 1fr))', mb: 2 }}>
      {AMOUNTS.map(([name, of]) => (
        <Total key={name} name={name} now={of(total)} before={of(previous)} write={money} />
      ))}
      {COUNTS.map(([name, of]) => (
        <Total key={name} name={name} now={of(total)} before={of(previous)} write={count} />
      ))}
    </Box>
  );
}

type Write = (value: number | null) => string;

interface TotalProps {
  name: string;
  now: number | null;
  before: number | null;
  write: Write;
}

function Total({ name, now, before, write }: TotalProps) {
  return (
    <Paper variant="outlined" sx={{ p: 1.5 }}>
      <Typography variant="body2" color="textSecondary">
        {name}
      </Typography>
      <Typography variant="h6" component="p">
        {write(now)}
      </Typography>
      <Typography variant="caption" color="textSecondary">
        {change(now, before, write)}
      </Typography>
    </Paper>
  );
}

/** How much more or less it is than in the period before. */
export function change(now: number | null, before: number | null, write: Write): string {
  if (now === null || !before) return `before: ${write(before ?? 0)}`;
  const percent = new Intl.NumberFormat(LANGUAGE, {
    style: 'percent',
    signDisplay: 'exceptZero',
    maximumFractionDigits: 0,
  });
  return `${percent.format((now - before) / before)}, before: ${write(before)}`;
}
