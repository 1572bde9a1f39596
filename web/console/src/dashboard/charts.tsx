import type { DashboardBody, PeriodFiguresBody } from '@kontor/client';
import { formatMoney } from '@kontor/client';
import { Box, Typography, useTheme } from '@mui/material';
import { useId } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';

import { useShop } from '../shop.ts';
import { Section } from '../ui/page.tsx';
import { day } from '../ui/time.tsx';
import { words } from '../ui/words.ts';

type Value = { name: string; value: number };

const STATUSES = ['placed', 'paid', 'shipped', 'delivered', 'cancelled', 'expired', 'refunded'] as const;

export function Charts({ of: { periods, total, timeZone } }: { of: DashboardBody }) {
  const { currency } = useShop();
  const unit = 10 ** currency.decimals;
  const money = (value: number) => formatMoney({ amount: Math.round(value * unit), currency: currency.code }, currency);
  const count = (value: number) => new Intl.NumberFormat().format(value);
  const short = { notation: 'compact', maximumFractionDigits: 1 } as const;
  const shortMoney = new Intl.NumberFormat(undefined, { ...short, style: 'currency', currency: currency.code }).format;
  const over = (of: (period: PeriodFiguresBody) => number): Value[] =>
    periods.map((period) => ({ name: day(period.from, { day: 'numeric', month: 'short' }), value: of(period) }));
  return (
    <Section title="Over time">
      <Typography variant="caption" color="textSecondary">
        Days in the time zone {timeZone}
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
          values={STATUSES.map((name) => ({ name: words(name), value: total.orders[name] }))}
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
          values={over((period) => period.searchesWithoutResults)}
          write={count}
        />
      </Box>
    </Section>
  );
}

interface ChartProps {
  title: string;
  values: Value[];
  write: (value: number) => string;
  /** The same, beside the axis. */
  tick?: (value: number) => string;
  /** With the names below each other, where all of them are to be read. */
  sideways?: boolean;
}

/** A bar chart, and its values in words for who cannot see it. */
function Chart({ title, values, write, tick = write, sideways = false }: ChartProps) {
  const { palette } = useTheme();
  const label = { tick: { fill: palette.text.secondary, fontSize: 12 }, tickLine: false };
  const names = { ...label, dataKey: 'name', type: 'category', ...(sideways && { interval: 0 }) } as const;
  const amounts = { ...label, type: 'number', tickFormatter: tick, axisLine: false, allowDecimals: false } as const;
  const heading = useId();
  const sum = values.reduce((all, { value }) => all + value, 0);
  return (
    <figure aria-labelledby={heading} style={{ margin: 0, minWidth: 0 }}>
      <Typography id={heading} component="figcaption" variant="subtitle2">
        {title}
      </Typography>
      <ResponsiveContainer width="100%" height={180}>
        <BarChart
          data={values}
          layout={sideways ? 'vertical' : 'horizontal'}
          margin={{ top: 8, right: 8, left: 0, bottom: 0 }}
          accessibilityLayer
          title={`${title}: ${write(sum)}`}
        >
          <CartesianGrid vertical={sideways} horizontal={!sideways} stroke={palette.divider} />
          <XAxis {...(sideways ? amounts : names)} />
          <YAxis {...(sideways ? names : amounts)} width={sideways ? 76 : 52} />
          <Tooltip
            cursor={{ fill: palette.action.hover }}
            formatter={(value) => [write(Number(value)), title]}
            contentStyle={{ background: palette.background.paper, borderColor: palette.divider }}
          />
          <Bar dataKey="value" fill={palette.primary.main} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </figure>
  );
}
