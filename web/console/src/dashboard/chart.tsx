import { Typography, useTheme } from '@mui/material';
import { useId } from 'react';
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';

export interface Value {
  /** A name, or the days that it is of. */
  name: string;
  now: number;
  before: number;
  /** The days that the value before is of, if they are others. */
  beforeName?: string | undefined;
}

interface Props {
  title: string;
  values: Value[];
  write: (value: number) => string;
  /** The same, beside the axis. */
  tick?: (value: number) => string;
  /** With the names below each other, where all of them are to be read. */
  sideways?: boolean;
}

/** A bar chart of two times, and its values in a table, also for who cannot see it. */
export function Chart({ title, values, write, tick = write, sideways = false }: Props) {
  const { palette } = useTheme();
  const label = { tick: { fill: palette.text.secondary, fontSize: 12 }, tickLine: false };
  const names = {
    ...label,
    dataKey: 'name',
    type: 'category',
    tickFormatter: firstOf,
    ...(sideways && { interval: 0 }),
  } as const;
  const amounts = { ...label, type: 'number', tickFormatter: tick, axisLine: false, allowDecimals: false } as const;
  const heading = useId();
  const sum = values.reduce((all, { now }) => all + now, 0);
  const bar = { fill: palette.primary.main, isAnimationActive: false };
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
          barGap={0}
          accessibilityLayer
          title={`${title}: ${write(sum)}`}
        >
          <CartesianGrid vertical={sideways} horizontal={!sideways} stroke={palette.divider} />
          <XAxis {...(sideways ? amounts : names)} />
          <YAxis {...(sideways ? names : amounts)} width={sideways ? 76 : 52} />
          <Tooltip
            cursor={{ fill: palette.action.hover }}
            formatter={(value, _, { dataKey, payload }) => [
              write(Number(value)),
              dataKey === 'now' ? title : ['Before', payload.beforeName].filter(Boolean).join(', '),
            ]}
            contentStyle={{ background: palette.background.paper, borderColor: palette.divider }}
          />
          <Bar dataKey="before" {...bar} fillOpacity={0.35} />
          <Bar dataKey="now" {...bar} />
        </BarChart>
      </ResponsiveContainer>
      <Values title={title} values={values} write={write} />
    </figure>
  );
}

/** Beside the axis there is place for the first day. */
const firstOf = (name: string) => name.split(' – ')[0] ?? name;

const CELL = { textAlign: 'right', paddingLeft: 16 } as const;
const NAME = { textAlign: 'left', fontWeight: 'normal' } as const;

function Values({ title, values, write }: Pick<Props, 'title' | 'values' | 'write'>) {
  return (
    <Typography variant="caption" component="details">
      <summary>Values of “{title}”</summary>
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col" style={CELL}>
              Now
            </th>
            <th scope="col" style={CELL}>
              Before
            </th>
          </tr>
        </thead>
        <tbody>
          {values.map(({ name, now, before }) => (
            <tr key={name}>
              <th scope="row" style={NAME}>
                {name}
              </th>
              <td style={CELL}>{write(now)}</td>
              <td style={CELL}>{write(before)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Typography>
  );
}
