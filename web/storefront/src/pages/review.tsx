import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function Review() {
  return <Heading>{t('review.title')}</Heading>;
}
