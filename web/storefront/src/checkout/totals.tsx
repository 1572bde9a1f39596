import type { CartTotalsBody, QuoteTotalsBody, TaxAmountBody } from '@kontor/client';
import { formatNumber, t } from '../i18n/index.ts';
import { Money } from '../ui/money.tsx';

interface Props {
  totals: CartTotalsBody | QuoteTotalsBody;
  coupon?: string | null | undefined;
  reverseCharged?: boolean | undefined;
}

const percent = (rate: number) => formatNumber(rate / 10_000, { style: 'percent', maximumFractionDigits: 2 });

/** What all of it costs, as the shop says it. Nothing is computed here. */
export function Totals({ totals, coupon, reverseCharged }: Props) {
  const { subtotal, discount, shipping, total, taxIncluded } = totals;
  const taxes = (totals.taxes ?? []).filter(({ tax }) => tax.amount > 0);
  return (
    <>
      <dl class="totals">
        <dt>{t('totals.subtotal')}</dt>
        <dd>
          <Money of={subtotal} />
        </dd>
        {discount.amount > 0 && (
          <>
            <dt>{coupon ? t('totals.discountCode', { code: coupon }) : t('totals.discount')}</dt>
            <dd>
              −<Money of={discount} />
            </dd>
          </>
        )}
        {shipping && (
          <>
            <dt>{t('totals.shipping')}</dt>
            <dd>{shipping.amount === 0 ? t('totals.free') : <Money of={shipping} />}</dd>
          </>
        )}
        {!taxIncluded && taxes.map((tax) => <Tax key={tax.rate} tax={tax} label="totals.taxRate" />)}
        <dt class="total">{t('totals.total')}</dt>
        <dd class="total">
          <Money of={total} />
        </dd>
        {taxIncluded && taxes.map((tax) => <Tax key={tax.rate} tax={tax} label="totals.including" />)}
      </dl>
      {reverseCharged && <p class="hint">{t('totals.reverseCharged')}</p>}
    </>
  );
}

function Tax({ tax, label }: { tax: TaxAmountBody; label: 'totals.taxRate' | 'totals.including' }) {
  return (
    <>
      <dt>{t(label, { rate: percent(tax.rate) })}</dt>
      <dd>
        <Money of={tax.tax} />
      </dd>
    </>
  );
}
