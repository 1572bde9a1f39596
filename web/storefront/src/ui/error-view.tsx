import { isKontorError } from '@kontor/client';
import { t } from '../i18n/index.ts';
import { Button } from './button.tsx';
import { errorText } from './errors.ts';
import { Heading } from './title.tsx';

interface Props {
  error: unknown;
  retry: () => void;
  /** It stands for the whole page, whose heading it has. */
  page?: boolean;
}

/** In place of what could not be loaded. */
export function ErrorView({ error, retry, page = false }: Props) {
  const id = isKontorError(error) ? error.requestId : null;
  return (
    <div class="error-view" role="alert">
      {page ? <Heading>{t('failed.title')}</Heading> : <h2>{t('failed.title')}</h2>}
      <p>{errorText(error)}</p>
      {id && <p class="hint">{t('failed.requestId', { id })}</p>}
      <Button kind="primary" onClick={retry}>
        {t('button.retry')}
      </Button>
    </div>
  );
}
