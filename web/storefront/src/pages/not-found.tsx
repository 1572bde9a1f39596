import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function NotFound() {
  return (
    <div class="narrow">
      <Heading title={t('notFound.window')}>{t('notFound.title')}</Heading>
      <p>{t('notFound.text')}</p>
      <p>
        <a class="button primary" href="/">
          {t('notFound.home')}
        </a>
      </p>
    </div>
  );
}
