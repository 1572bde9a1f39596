import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function Order() {
  return <Heading>{t('order.title')}</Heading>;
}
