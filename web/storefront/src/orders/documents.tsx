import type { OrderBody } from '@kontor/client';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { useLoad } from '../ui/use-load.ts';

/** Links to documents are good for five minutes. */
const LINKS_LAST = 4 * 60_000;
const SOON = 5_000;
const TRIES = 6;

/** Invoice and credit notes. The invoice is made some seconds after the payment, so it is looked for again. */
export function Documents({ order }: { order: OrderBody }) {
  const { id, paymentStatus } = order;
  const expected = order.paidAt !== null;
  const { data, error, loading, reload } = useLoad(
    async (signal) => (await kontor.GET('/api/v1/orders/{id}/documents', { params: { path: { id } }, signal })).data,
    [id, paymentStatus],
    { stale: true },
  );
  const [tries, setTries] = useState(0);
  const missing = expected && data?.length === 0 && tries < TRIES;
  useEffect(() => {
    const again = () => {
      setTries(tries + 1);
      reload();
    };
    if (loading) return;
    const timer = setTimeout(again, missing ? SOON : LINKS_LAST);
    return () => clearTimeout(timer);
  }, [loading, missing]);
  if (error) return <ErrorView error={error} retry={reload} />;
  if (!data || (data.length === 0 && !missing)) return null;
  return (
    <section aria-labelledby="documents">
      <h3 id="documents">{t('order.documents')}</h3>
      {data.length === 0 && <p class="hint">{t('order.documentsSoon')}</p>}
      <ul class="plain">
        {data.map(({ number, kind, url }) => (
          <li key={number}>
            <a href={url} target="_blank" rel="noreferrer">
              {t(`order.document.${kind}`, { number })}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
