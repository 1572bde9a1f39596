import { t } from '../i18n/index.ts';
import { Heading } from '../ui/title.tsx';

export default function Cart() {
  return <Heading>{t('cart.title')}</Heading>;
}
