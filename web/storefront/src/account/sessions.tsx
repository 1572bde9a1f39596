import { isKontorError, type SessionBody } from '@kontor/client';
import { formatDate, t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Button } from '../ui/button.tsx';
import { ErrorView } from '../ui/error-view.tsx';
import { focusHeading } from '../ui/focus.ts';
import { Skeleton } from '../ui/loading.tsx';
import { ErrorMessage } from '../ui/message.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';
import { usePages } from '../ui/use-pages.ts';
import { leave } from './session.ts';

/** Where the account is signed in, and a way to end it. */
export function Sessions() {
  const { data, error, reload, entries, hasMore, more, remove } = usePages<SessionBody>((cursor, signal) =>
    kontor.GET('/api/v1/auth/sessions', { params: { query: cursor ? { cursor } : {} }, ...(signal && { signal }) }),
  );
  const endAll = useAction(async () => {
    await kontor.DELETE('/api/v1/auth/sessions');
    // This session has ended, too.
    await leave();
  });
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">{t('security.sessions')}</h2>
      {error ? <ErrorView error={error} retry={reload} /> : null}
      {!data && !error && <Skeleton />}
      <ul class="plain">
        {entries.map((session) => (
          <Session key={session.id} session={session} onEnded={() => remove(({ id }) => id === session.id)} />
        ))}
      </ul>
      <ErrorMessage error={more.error ?? endAll.error} />
      <div class="row card-actions">
        {hasMore && (
          <Button busy={more.busy} onClick={() => more.run()}>
            {t('wishlist.more')}
          </Button>
        )}
        <Button busy={endAll.busy} onClick={() => endAll.run()}>
          {t('security.endAll')}
        </Button>
      </div>
    </section>
  );
}

function Session({ session, onEnded }: { session: SessionBody; onEnded: () => void }) {
  const { id, ip, lastUsedAt, current } = session;
  const device = deviceName(session.device);
  const end = useAction(async () => {
    try {
      await kontor.DELETE('/api/v1/auth/sessions/{id}', { params: { path: { id } } });
    } catch (error) {
      if (!isKontorError(error, 'session_not_found')) throw error;
    }
    toast(t('security.sessionEnded', { device }));
    onEnded();
    focusHeading();
  });
  return (
    <li class="session">
      <div>
        <p>
          {device} {current && <strong>({t('security.thisDevice')})</strong>}
        </p>
        <p class="hint">{t('security.lastUsed', { date: formatDate(lastUsedAt, 'time'), ip })}</p>
      </div>
      {!current && (
        <Button busy={end.busy} aria-label={t('security.endSessionOf', { device })} onClick={() => end.run()}>
          {t('security.endSession')}
        </Button>
      )}
      <ErrorMessage error={end.error} />
    </li>
  );
}

/** The shop says it in English: `Firefox on Windows`, `Firefox`, or that it does not know. */
function deviceName(device: string): string {
  if (device === 'an unknown device') return t('security.unknownDevice');
  const [browser, system] = device.split(' on ');
  return browser && system ? t('security.browserOn', { browser, system }) : device;
}
