import type { OrderBody, ReturnableItemBody, ReturnInput, ReturnOfferBody } from '@kontor/client';
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

const REASONS = [
  'changed_mind',
  'does_not_fit',
  'too_late',
  'damaged',
  'faulty',
  'not_as_described',
  'wrong_item',
  'other',
] as const;
type Reason = (typeof REASONS)[number];

interface Props {
  order: OrderBody;
  offers: ReturnOfferBody[];
  returnable: ReturnableItemBody[];
  onDone: () => void;
}

export function ReturnForm({ order, offers, returnable, onDone }: Props) {
  const [kind, setKind] = useState(offers[0]?.kind ?? 'return');
  const [counts, setCounts] = useState<Record<string, number>>({});
  const [reasons, setReasons] = useState<Record<string, Reason>>({});
  const [comment, setComment] = useState('');
  const [nothing, setNothing] = useState(false);
  const withKey = useSameKey();
  const items = returnable
    .filter(({ id }) => counts[id])
    .map(({ id }) => ({
      id,
      quantity: counts[id] ?? 0,
      ...(kind === 'return' && { reason: reasons[id] ?? 'changed_mind' }),
    }));
  const send = useAction(async () => {
    setNothing(items.length === 0);
    if (items.length === 0) return;
    const body: ReturnInput = { kind, items, comment: comment.trim() || null };
    await withKey((key) => {
      const params = { path: { id: order.id }, header: { 'Idempotency-Key': key } };
      return kontor.POST('/api/v1/orders/{id}/returns', { params, body });
    });
    onDone();
  });
  const refused = Object.entries(fieldErrors(send.error)).find(([field]) => field.startsWith('items'));
  const fee = offers.find((offer) => offer.kind === kind)?.fee;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send.run();
      }}
    >
      <fieldset class="options">
        <legend>{t('return.kind')}</legend>
        {offers.map((offer) => (
          <div class="option" key={offer.kind}>
            <Checkbox
              type="radio"
              name="kind"
              checked={offer.kind === kind}
              onChange={() => setKind(offer.kind)}
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
      <fieldset>
        <legend>{t('return.items')}</legend>
        {returnable.map(({ id, quantity }) => {
          const name = order.items.find((item) => item.id === id)?.name ?? '';
          return (
            <div class="return-item" key={id}>
              <span>{name}</span>
              <label>
                <span class="visually-hidden">{t('return.count', { name })}</span>
                <input
                  type="number"
                  min={0}
                  max={quantity}
                  value={counts[id] ?? 0}
                  onInput={({ currentTarget }) => setCounts({ ...counts, [id]: currentTarget.valueAsNumber || 0 })}
                />{' '}
                {t('return.of', { count: quantity })}
              </label>
              {kind === 'return' && Boolean(counts[id]) && (
                <select
                  aria-label={t('return.reason', { name })}
                  value={reasons[id] ?? 'changed_mind'}
                  onChange={({ currentTarget }) => setReasons({ ...reasons, [id]: currentTarget.value as Reason })}
                >
                  {REASONS.map((reason) => (
                    <option key={reason} value={reason}>
                      {t(`return.reason.${reason}`)}
                    </option>
                  ))}
                </select>
              )}
            </div>
          );
        })}
      </fieldset>
      <Field
        as="textarea"
        label={t('return.comment')}
        rows={3}
        maxLength={1000}
        value={comment}
        error={fieldErrors(send.error)['comment']}
        onInput={(event) => setComment(event.currentTarget.value)}
      />
      {nothing && items.length === 0 && <Message kind="error">{t('return.nothing')}</Message>}
      {refused && <Message kind="error">{refused.join(' ')}</Message>}
      {!refused && <ErrorMessage error={send.error} />}
      <Button kind="primary" type="submit" busy={send.busy}>
        {t(kind === 'return' ? 'return.send' : 'return.sendWithdrawal')}
      </Button>
    </form>
  );
}
