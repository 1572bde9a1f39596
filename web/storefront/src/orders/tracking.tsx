import type { ParcelBody } from '@kontor/client';
import { t } from '../i18n/index.ts';

type Sent = Pick<ParcelBody, 'carrier' | 'trackingCode' | 'trackingUrl'>;

/** Who carries a parcel, its code, and the carrier's page about it. The shop does not know the page of every carrier. */
export function Tracking({ parcel: { carrier, trackingCode, trackingUrl } }: { parcel: Sent }) {
  return (
    <>
      {trackingCode && (
        <p>
          {carrier} {t('order.trackingCode', { code: trackingCode })}
        </p>
      )}
      {trackingUrl && (
        <a href={trackingUrl} rel="noreferrer">
          {carrier ? t('order.track', { carrier }) : t('order.trackHere')}
        </a>
      )}
    </>
  );
}
