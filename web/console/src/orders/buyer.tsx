import type { PostalBody } from '@kontor/client';
import { Typography } from '@mui/material';
import { Link } from 'react-router';

import { Fact, Section } from '../ui/page.tsx';
import { countryName, lines } from '../ui/words.ts';
import { useOrder } from './order.ts';

export function Buyer() {
  const { customer, email, shippingAddress, billingAddress, shippingMethod, vat, metadata } = useOrder();
  return (
    <Section title="Buyer">
      <Fact name="Email">
        <a href={`mailto:${email}`}>{email}</a>
      </Fact>
      <Fact name="Account">
        {customer ? <Link to={`/customers/${customer.id}/show`}>{customer.name}</Link> : 'Guest'}
      </Fact>
      <Address title="Delivery" of={shippingAddress} />
      {billingAddress && <Address title="Invoice" of={billingAddress} />}
      {shippingMethod && <Fact name="Shipping method">{shippingMethod.name}</Fact>}
      {vat && <Fact name="VAT number">{`${vat.number}${vat.reverseCharged ? ' (reverse charge)' : ''}`}</Fact>}
      {Object.entries(metadata).map(([name, value]) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
    </Section>
  );
}

function Address({ title, of }: { title: string; of: PostalBody }) {
  const place = [of.postalCode, of.city].join(' ');
  return (
    <Fact name={title}>
      {lines(of.name, of.company, of.line1, of.line2, place, of.region, countryName(of.country), of.phone).map(
        (line) => (
          <Typography key={line} variant="body2" component="div">
            {line}
          </Typography>
        ),
      )}
    </Fact>
  );
}
