import { AccountPage } from '../../account/account-page.tsx';
import { OrderRow } from '../../account/order-row.tsx';
import { t } from '../../i18n/index.ts';
import { kontor } from '../../shop.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorView } from '../../ui/error-view.tsx';
import { Skeleton } from '../../ui/loading.tsx';
import { ErrorMessage } from '../../ui/message.tsx';
import { usePages } from '../../ui/use-pages.ts';

export default function Orders() {
  return <AccountPage title={t('account.orders')}>{() => <List />}</AccountPage>;
}

function List() {
  const { data, error, reload, entries, hasMore, more } = usePages(
    (cursor, signal) =>
      kontor.GET('/api/v1/orders', { params: { query: cursor ? { cursor } : {} }, ...(signal && { signal }) }),
    'orders',
  );
  if (!data) return error ? <ErrorView error={error} retry={reload} /> : <Skeleton lines={8} />;
  return (
    <>
      {entries.length === 0 && (
        <>
          <p>{t('orders.empty')}</p>
          <a class="button primary" href="/search">
            {t('cart.shop')}
          </a>
        </>
      )}
      <ul class="plain">
        {entries.map((order) => (
          <OrderRow key={order.id} order={order} />
        ))}
      </ul>
      <ErrorMessage error={more.error} />
      {hasMore && (
        <Button busy={more.busy} onClick={() => more.run()}>
          {t('orders.more')}
        </Button>
      )}
    </>
  );
}
