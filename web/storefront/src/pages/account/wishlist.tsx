import { t } from '../../i18n/index.ts';
import { Heading } from '../../ui/title.tsx';

export default function Wishlist() {
  return <Heading>{t('account.wishlist')}</Heading>;
}
