import type { ReturnBody } from '@kontor/client';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { ErrorView } from '../ui/error-view.tsx';
import { Pictures } from '../ui/pictures.tsx';
import { useLoad } from '../ui/use-load.ts';

/** Links to the pictures are good for five minutes. */
const LINKS_LAST = 4 * 60_000;
const OPEN = ['requested', 'approved', 'received'];

/** Pictures of the goods, which only the buyer and the shop see. They are added while the return is open. */
export function ReturnPictures({ one: { id, orderId, status, imageCount } }: { one: ReturnBody }) {
  const path = { id: orderId, return: id };
  const { data, error, loading, reload } = useLoad(
    async (signal, again) => {
      if (imageCount === 0 && !again) return [];
      return (await kontor.GET('/api/v1/orders/{id}/returns/{return}/images', { params: { path }, signal })).data;
    },
    [id, imageCount],
    { stale: true },
  );
  const hasLinks = Boolean(data?.length);
  useEffect(() => {
    if (!hasLinks || loading) return;
    const timer = setTimeout(reload, LINKS_LAST);
    return () => clearTimeout(timer);
  }, [hasLinks, loading]);
  if (error) return <ErrorView error={error} retry={reload} />;
  const closed = !OPEN.includes(status);
  if (!data || (closed && data.length === 0)) return null;
  return (
    <div class="return-pictures">
      <Pictures
        pictures={data}
        hint={t('return.picturesHint')}
        closed={closed}
        send={(file, how) => kontor.upload(file, { orderId, returnId: id, ...how })}
        remove={(image) =>
          kontor.DELETE('/api/v1/orders/{id}/returns/{return}/images/{image}', { params: { path: { ...path, image } } })
        }
        onChange={reload}
      />
    </div>
  );
}
