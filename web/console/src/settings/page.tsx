import type { ClassRatesBody } from '@kontor/client';
import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { Title } from 'react-admin';

import { messageOf } from '../data/errors.ts';
import { useMay } from '../session/auth.ts';
import { kontor, useShop } from '../shop.ts';
import { Amount } from '../ui/money.tsx';
import { Columns, Fact, Problem, Section } from '../ui/page.tsx';
import { counted, countryName, LANGUAGE, lines, words } from '../ui/words.ts';

const LEGAL_PAGES = [
  ['imprint', 'Imprint'],
  ['terms', 'Terms'],
  ['privacy', 'Privacy'],
] as const;

/** How the shop is deployed. Its settings are parameters of its template, so they are read here and not changed. */
export default function ShopPage() {
  const shop = useShop();
  const seesParameters = useMay('audit:read');
  const { payment, limits, tax, returns } = shop;
  return (
    <>
      <Title title="Shop" />
      <Columns
        wide={
          <>
            <Section title="Countries">
              <Countries />
            </Section>
            <Section title="Tax">
              <Fact name="Prices">{shop.taxIncluded ? 'with tax' : 'without tax'}</Fact>
              <Fact name="Tax on shipping">{words(tax.shipping)}</Fact>
              <Fact name="Reverse charge">{tax.reverseCharge ? 'Yes' : 'No'}</Fact>
              <Rates />
            </Section>
            {seesParameters && (
              <Section title="Parameters of the template">
                <Parameters />
              </Section>
            )}
          </>
        }
      >
        <Section title={shop.name}>
          <Fact name="Currency">{shop.currency.code.toUpperCase()}</Fact>
          <Fact name="Storefront">
            <a href={shop.links.storefront}>{shop.links.storefront}</a>
          </Fact>
          {LEGAL_PAGES.map(([page, name]) => {
            const url = shop.links[page];
            return (
              <Fact key={page} name={name}>
                {url ? <a href={url}>{url}</a> : '–'}
              </Fact>
            );
          })}
          <Fact name="Time zone">{shop.timeZone}</Fact>
          <Fact name="Free shipping from">
            <Amount of={shop.freeShippingFrom} />
          </Fact>
          <Fact name="Reminders of carts">{shop.cartReminders ? 'On' : 'Off'}</Fact>
        </Section>
        <Section title="Payment">
          <Fact name="Methods">{payment.methods.map(words).join(', ')}</Fact>
          <Fact name="Slow payments">{payment.slowPayments ? 'Yes' : 'No'}</Fact>
          <Fact name="Smallest online">
            <Amount of={payment.smallestOnline} />
          </Fact>
          <Fact name="Largest in cash">
            <Amount of={payment.largestCash} />
          </Fact>
          <Fact name="Publishable key of Stripe">{payment.stripePublishableKey ?? '–'}</Fact>
        </Section>
        <Section title="Returns">
          <Fact name="Can be asked for within">{daysOr(returns.returnDays, 'the shop takes nothing back')}</Fact>
          <Fact name="Withdrawal within">{daysOr(returns.withdrawalDays, 'no withdrawal')}</Fact>
          <Fact name="Fee of a return">
            <Amount of={returns.fee} />
          </Fact>
          <Fact name="Goods have to arrive within">{daysOr(returns.sendDays, 'any time')}</Fact>
        </Section>
        <Section title="Limits of an order">
          <Fact name="Lines">{limits.lines}</Fact>
          <Fact name="Units of one line">{limits.unitsOfLine}</Fact>
          <Fact name="Units of one product">{limits.unitsOfProduct}</Fact>
          <Fact name="Units in all">{limits.units}</Fact>
          <Fact name="Buyers see how many units there are">
            {limits.stockShown > 0 ? `up to ${limits.stockShown}` : 'never'}
          </Fact>
        </Section>
      </Columns>
    </>
  );
}

/** As they were deployed. The guide about operations says what each of them does. */
function Parameters() {
  const { data, error } = useQuery({
    queryKey: ['settings'],
    queryFn: async () => (await kontor.GET('/api/v1/admin/settings')).data,
  });
  if (error) return <Problem>{messageOf(error)}</Problem>;
  return (
    <>
      <a href="/api/docs/guides/operations/#parameters">What each of them does</a>
      {data?.map(({ name, value }) => (
        <Fact key={name} name={name}>
          {value || '–'}
        </Fact>
      ))}
    </>
  );
}

/** 0 days mean something else. */
const daysOr = (days: number, none: string) => (days > 0 ? counted(days, 'day') : none);

const percent = (rate: number) =>
  `${new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 2 }).format(rate / 100)} %`;

function Countries() {
  const { countries, otherCountries } = useShop();
  const rows = [
    ...countries.map(({ country, shipping, taxRate }) => ({ name: countryName(country), shipping, taxRate })),
    ...(otherCountries ? [{ name: 'All others', ...otherCountries }] : []),
  ];
  return (
    <TableContainer tabIndex={0}>
      <Table size="small">
        <TableHead>
          <TableRow>
            <TableCell>Country</TableCell>
            <TableCell align="right">Shipping from</TableCell>
            <TableCell align="right">Tax</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map(({ name, shipping, taxRate }) => (
            <TableRow key={name}>
              <TableCell>{name}</TableCell>
              <TableCell align="right">
                <Amount of={shipping} />
              </TableCell>
              <TableCell align="right">{percent(taxRate)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

const CLASSES: (keyof ClassRatesBody)[] = ['standard', 'reduced', 'secondReduced', 'superReduced'];

function Rates() {
  const { tax } = useShop();
  const rows = [
    { name: 'Everywhere else', rates: tax.default },
    ...tax.places.map((place) => ({ name: lines(countryName(place.country), place.region).join(', '), rates: place })),
  ];
  return (
    <TableContainer tabIndex={0}>
      <Table size="small">
        <TableHead>
          <TableRow>
            <TableCell>Place</TableCell>
            {CLASSES.map((name) => (
              <TableCell key={name} align="right">
                {words(name)}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map(({ name, rates }) => (
            <TableRow key={name}>
              <TableCell>{name}</TableCell>
              {CLASSES.map((of) => (
                <TableCell key={of} align="right">
                  {percent(rates[of])}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
