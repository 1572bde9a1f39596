import type { CartBody } from '@kontor/client';
import { useRef, useState } from 'preact/hooks';
import { t, textIfKnown } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { setCart } from '../state/cart.ts';
import { Button } from '../ui/button.tsx';
import { fieldErrors } from '../ui/errors.ts';
import { Field } from '../ui/field.tsx';
import { ErrorMessage } from '../ui/message.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';

export function Coupon({ cart }: { cart: CartBody }) {
  const part = useRef<HTMLDivElement>(null);
  // Its buttons are gone with the change, and the focus stays where they were.
  const onChange = () => part.current?.focus({ preventScroll: true });
  return (
    <div ref={part} class="coupon" tabIndex={-1}>
      {cart.coupon ? <Used coupon={cart.coupon} onChange={onChange} /> : <Enter onChange={onChange} />}
    </div>
  );
}

interface UsedProps {
  coupon: NonNullable<CartBody['coupon']>;
  onChange: () => void;
}

function Used({ coupon, onChange }: UsedProps) {
  const remove = useAction(async () => {
    setCart((await kontor.DELETE('/api/v1/cart/coupon')).data);
    onChange();
  });
  return (
    <>
      <p>
        {t(coupon.problem ? 'coupon.without' : 'coupon.applied', { code: coupon.code })}{' '}
        {coupon.problem && textIfKnown(`error.${coupon.problem}`)}
      </p>
      <Button kind="quiet" busy={remove.busy} onClick={() => remove.run()}>
        {t('coupon.remove')}
      </Button>
      <ErrorMessage error={remove.error} />
    </>
  );
}

function Enter({ onChange }: { onChange: () => void }) {
  const [code, setCode] = useState('');
  const apply = useAction(async () => {
    const { data } = await kontor.POST('/api/v1/cart/coupon', { body: { code: code.trim() } });
    setCart(data);
    onChange();
    toast(t('coupon.applied', { code: data.coupon?.code ?? code }));
  });
  const wrong = fieldErrors(apply.error);
  return (
    <details>
      <summary>{t('coupon.title')}</summary>
      {/* Not a form: it stands inside that of the checkout. */}
      <Field
        label={t('coupon.code')}
        required={code !== ''}
        value={code}
        error={wrong['code']}
        autocomplete="off"
        autocapitalize="characters"
        maxLength={40}
        onInput={(event) => setCode(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          void apply.run();
        }}
      />
      {!wrong['code'] && <ErrorMessage error={apply.error} />}
      <Button busy={apply.busy} disabled={code.trim().length < 3} onClick={() => apply.run()}>
        {t('coupon.apply')}
      </Button>
    </details>
  );
}
