import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function ConfirmOrder() {
  return <Heading>{t('confirmOrder.title')}</Heading>;
}
