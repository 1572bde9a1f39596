import type { TaxAmountBody } from '@kontor/client';
import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow, Typography } from '@mui/material';
import { Link } from 'react-router';

import { Amount } from '../ui/money.tsx';
import { Fact, Section } from '../ui/page.tsx';
import { LANGUAGE } from '../ui/words.ts';
import { useOrder } from './order.ts';

/** Not on a telephone, where the total of a line is enough. */
const WIDE = { display: { xs: 'none', sm: 'table-cell' } };

export function Lines() {
  const { items, totals, couponCode, note } = useOrder();
  const isToSend = items.some(({ toSend }) => toSend > 0);
  const isReturned = items.some(({ returned }) => returned > 0);
  return (
    <Section title="Items">
      <TableContainer>
        <Table size="small">
          <TableHead>
            <TableRow>
              <TableCell>Item</TableCell>
              <TableCell align="right" sx={WIDE}>
                Price
              </TableCell>
              <TableCell align="right">Units</TableCell>
              {isToSend && <TableCell align="right">To send</TableCell>}
              {isReturned && <TableCell align="right">Returned</TableCell>}
              <TableCell align="right">Total</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {items.map((item) => (
              <TableRow key={item.id}>
                <TableCell>
                  <Link to={`/products/${item.productId}`}>{item.name}</Link>
                  <Typography variant="caption" component="div" color="textSecondary">
                    {[item.sku, ...item.options].join(' · ')}
                    {item.backordered > 0 && ` · ${item.backordered} on backorder`}
                  </Typography>
                </TableCell>
                <TableCell align="right" sx={WIDE}>
                  <Amount of={item.unitPrice} />
                </TableCell>
                <TableCell align="right">{item.quantity}</TableCell>
                {isToSend && <TableCell align="right">{item.toSend}</TableCell>}
                {isReturned && <TableCell align="right">{item.returned}</TableCell>}
                <TableCell align="right">
                  <Amount of={item.total} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      <Fact name="Subtotal">
        <Amount of={totals.subtotal} />
      </Fact>
      {totals.discount.amount > 0 && (
        <Fact name={couponCode ? `Discount (${couponCode})` : 'Discount'}>
          −<Amount of={totals.discount} />
        </Fact>
      )}
      <Fact name="Shipping">
        <Amount of={totals.shipping} />
      </Fact>
      {totals.taxes.map((tax) => (
        <Fact key={`${tax.kind} ${tax.rate}`} name={taxName(tax, totals.taxIncluded)}>
          <Amount of={tax.tax} />
        </Fact>
      ))}
      <Fact name="Total">
        <strong>
          <Amount of={totals.total} />
        </strong>
      </Fact>
      {note && <Fact name="Note of the buyer">{note}</Fact>}
    </Section>
  );
}

function taxName({ rate, kind }: TaxAmountBody, included: boolean): string {
  const percent = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 2 }).format(rate / 100);
  if (kind === 'reverse_charge') return 'Tax (the buyer pays it)';
  return `${included ? 'Tax in it' : 'Tax'}, ${percent} %`;
}
