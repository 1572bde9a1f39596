import { isKontorError } from '@kontor/client';
import { t } from '../i18n/index.ts';
import { Button } from './button.tsx';
import { errorText } from './errors.ts';

/** In place of what could not be loaded. */
export function ErrorView({ error, retry }: { error: unknown; retry: () => void }) {
  const id = isKontorError(error) ? error.requestId : null;
  return (
    <div class="error-view" role="alert">
      <h2>{t('failed.title')}</h2>
      <p>{errorText(error)}</p>
      {id && <p class="hint">{t('failed.requestId', { id })}</p>}
      <Button kind="primary" onClick={retry}>
        {t('button.retry')}
      </Button>
    </div>
  );
}
