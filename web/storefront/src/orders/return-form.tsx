import type { OrderBody, OrderReturnsBody, ReturnInput, ReturnOfferBody } from '@kontor/client';
import { useState } from 'preact/hooks';
import { formatDate, t } from '../i18n/index.ts';
import { useSameKey } from '../repeat.ts';
import { kontor } from '../shop.ts';
import { money } from '../state/shop.ts';
import { Button } from '../ui/button.tsx';
import { fieldErrors } from '../ui/errors.ts';
import { Checkbox, Field } from '../ui/field.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { useAction } from '../ui/use-action.ts';
import { useFocusInvalid } from '../ui/use-focus-invalid.ts';
import { itemErrors } from './exchange.ts';
import { NOTHING_SAID, ReturnItem, type Said } from './return-item.tsx';

type Kind = ReturnOfferBody['kind'];

interface Props {
  order: OrderBody;
  of: OrderReturnsBody;
  onDone: () => void;
}

export function ReturnForm({ order, of: { offers, returnable }, onDone }: Props) {
  const [kind, setKind] = useState(offers[0]?.kind ?? 'return');
  const [said, setSaid] = useState<Record<string, Said>>({});
  const [comment, setComment] = useState('');
  const [nothing, setNothing] = useState(false);
  const isReturn = kind === 'return';
  // A line has units of several variants, if some were exchanged.
  const saidOf = (units: { id: string; sku: string }) => said[keyOf(units)] ?? NOTHING_SAID;
  const chosen = returnable.filter((units) => saidOf(units).quantity > 0);
  const items = chosen.map(({ id, sku }) => {
    const { quantity, reason, exchangeFor } = saidOf({ id, sku });
    return { id, sku, quantity, ...(isReturn && { reason, exchangeFor: exchangeFor || null }) };
  });
  const body: ReturnInput = { kind, items, comment: comment.trim() || null };
  const withKey = useSameKey(JSON.stringify(body));
  const send = useAction(async () => {
    setNothing(items.length === 0);
    if (items.length === 0) return;
    await withKey((key) => {
      const params = { path: { id: order.id }, header: { 'Idempotency-Key': key } };
      return kontor.POST('/api/v1/orders/{id}/returns', { params, body });
    });
    onDone();
  });
  const errors = fieldErrors(send.error);
  const refused = itemErrors(errors, items);
  const isTold = Boolean(errors['comment']) || refused.some((fields) => Object.keys(fields).length > 0);
  const form = useFocusInvalid(send.error);
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        void send.run();
      }}
    >
      <Kinds offers={offers} kind={kind} onChange={setKind} />
      <fieldset>
        <legend>{t('return.items')}</legend>
        {returnable.map((units) => {
          const line = order.items.find(({ id }) => id === units.id);
          return (
            line && (
              <ReturnItem
                key={keyOf(units)}
                line={line}
                sku={units.sku}
                most={units.quantity}
                said={saidOf(units)}
                isReturn={isReturn}
                errors={refused[chosen.indexOf(units)] ?? {}}
                onChange={(now) => setSaid({ ...said, [keyOf(units)]: now })}
              />
            )
          );
        })}
      </fieldset>
      <Field
        as="textarea"
        label={t('return.comment')}
        rows={3}
        maxLength={1000}
        value={comment}
        error={errors['comment']}
        onInput={(event) => setComment(event.currentTarget.value)}
      />
      {nothing && items.length === 0 && <Message kind="error">{t('return.nothing')}</Message>}
      {!isTold && <ErrorMessage error={send.error} />}
      <Button kind="primary" type="submit" busy={send.busy}>
        {t(isReturn ? 'return.send' : 'return.sendWithdrawal')}
      </Button>
    </form>
  );
}

const keyOf = ({ id, sku }: { id: string; sku: string }) => `${id} ${sku}`;

/** What the shop offers for it now, with its time and its fee. */
function Kinds({ offers, kind, onChange }: { offers: ReturnOfferBody[]; kind: Kind; onChange: (kind: Kind) => void }) {
  const fee = offers.find((offer) => offer.kind === kind)?.fee;
  return (
    <>
      <fieldset class="options">
        <legend>{t('return.kind')}</legend>
        {offers.map((offer) => (
          <div class="option" key={offer.kind}>
            <Checkbox
              type="radio"
              name="kind"
              checked={offer.kind === kind}
              onChange={() => onChange(offer.kind)}
              label={t(`return.kind.${offer.kind}`)}
              hint={[
                t(`return.kind.${offer.kind}.hint`),
                offer.until && t('return.until', { date: formatDate(offer.until) }),
              ]
                .filter(Boolean)
                .join(' ')}
            />
          </div>
        ))}
      </fieldset>
      {fee && fee.amount > 0 && <p class="hint">{t('return.fee', { amount: money(fee) })}</p>}
    </>
  );
}
