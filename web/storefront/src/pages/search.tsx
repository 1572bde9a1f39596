import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function Search() {
  return <Heading>{t('search.label')}</Heading>;
}
