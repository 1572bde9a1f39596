import type { BackorderBody, ProductCardBody } from '@kontor/client';
import { formatDate, t } from '../i18n/index.ts';

interface Props {
  stock: ProductCardBody['stock'];
  backorder?: BackorderBody | null;
}

/** The stock band in words, with the day from which the shop expects what is not there. */
export function Stock({ stock, backorder }: Props) {
  const from = stock === 'backorder' || stock === 'preorder' ? backorder?.availableFrom : null;
  return (
    <span class={`stock ${stock}`}>
      {t(`stock.${stock}`)}
      {from && `, ${isPast(from) ? t('stock.late') : t('stock.from', { day: formatDate(from) })}`}
    </span>
  );
}

function isPast(day: string): boolean {
  return day < new Date().toISOString().slice(0, 10);
}
