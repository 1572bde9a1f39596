import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function Product() {
  return <Heading>{t('nav.home')}</Heading>;
}
