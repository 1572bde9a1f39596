import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function Category() {
  return <Heading>{t('nav.categories')}</Heading>;
}
