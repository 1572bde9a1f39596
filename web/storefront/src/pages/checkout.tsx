import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function Checkout() {
  return <Heading>{t('checkout.title')}</Heading>;
}
