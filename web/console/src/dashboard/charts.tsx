import type { DashboardBody, FiguresBody } from '@kontor/client';
import { formatMoney } from '@kontor/client';
import { Box, Typography } from '@mui/material';

import { useShop } from '../shop.ts';
import { Section } from '../ui/page.tsx';
import { day } from '../ui/time.tsx';
import { LANGUAGE, words } from '../ui/words.ts';
import { Chart, type Value } from './chart.tsx';
import { beside, type Days } from './days.ts';

const STATUSES = ['placed', 'paid', 'shipped', 'delivered', 'cancelled', 'expired', 'refunded'] as const;

/** Its only day, or its first and its last one. */
const daysOf = ({ from, to }: Pick<Days, 'from' | 'to'>) =>
  [...new Set([from, to])].map((one) => day(one, { day: 'numeric', month: 'short' })).join(' – ');

/** The figures of a time, each beside those of the time before it. */
export function Charts({ now, before }: { now: DashboardBody; before: DashboardBody }) {
  const { currency } = useShop();
  const unit = 10 ** currency.decimals;
  const money = (value: number) =>
    formatMoney({ amount: Math.round(value * unit), currency: currency.code }, currency, LANGUAGE);
  const count = (value: number) => new Intl.NumberFormat(LANGUAGE).format(value);
  const short = { notation: 'compact', maximumFractionDigits: 1 } as const;
  const shortMoney = new Intl.NumberFormat(LANGUAGE, { ...short, style: 'currency', currency: currency.code }).format;
  const over = (of: (figures: FiguresBody) => number): Value[] =>
    beside(now, before.periods).map(({ period, earlier, days }) => ({
      name: daysOf(period),
      now: of(period),
      before: days.reduce((sum, one) => sum + of(one), 0),
      beforeName: daysOf(earlier),
    }));
  return (
    <Section title="Over time">
      <Typography variant="caption" color="textSecondary" component="p">
        Days in the time zone {now.timeZone}. The lighter bars are the time before: {day(before.from)} to{' '}
        {day(before.to)}.
      </Typography>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', md: '1fr 1fr' } }}>
        <Chart
          title="Revenue, net"
          values={over(({ revenue }) => revenue.net.amount / unit)}
          write={money}
          tick={shortMoney}
        />
        <Chart title="Orders placed" values={over(({ orders }) => orders.placed)} write={count} />
        <Chart
          title="Orders by status"
          values={STATUSES.map((name) => ({
            name: words(name),
            now: now.total.orders[name],
            before: before.total.orders[name],
          }))}
          write={count}
          sideways
        />
        <Chart
          title="Refunds"
          values={over(({ revenue }) => revenue.refunds.amount / unit)}
          write={money}
          tick={shortMoney}
        />
        <Chart title="New customers" values={over(({ customers }) => customers.new)} write={count} />
        <Chart
          title="Searches without results"
          values={over(({ searchesWithoutResults }) => searchesWithoutResults)}
          write={count}
        />
      </Box>
    </Section>
  );
}
