import type { ReviewBody } from '@kontor/client';
import { useState } from 'preact/hooks';
import { formatDate, t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { fieldErrors } from '../ui/errors.ts';
import { Field } from '../ui/field.tsx';
import { ErrorMessage } from '../ui/message.tsx';
import { Picture } from '../ui/picture.tsx';
import { Stars } from '../ui/stars.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';
import { useSignedInAction } from './remember.tsx';

interface Props {
  review: ReviewBody;
  /** Whether whoever is signed in found it helpful. */
  marked: boolean;
  onChange: (review: ReviewBody, marked: boolean) => void;
}

export function Review({ review, marked, onChange }: Props) {
  const params = { path: { id: review.id } };
  const vote = useSignedInAction(async () => {
    const change = marked ? kontor.DELETE : kontor.PUT;
    const { data } = await change('/api/v1/reviews/{id}/helpful', { params });
    onChange(data, !marked);
  });
  return (
    <article class="review">
      <Stars value={review.stars} />
      {review.title && <h3>{review.title}</h3>}
      <p class="hint">
        {t('reviews.by', { name: review.name ?? t('reviews.anonymous'), date: formatDate(review.createdAt) })}
      </p>
      {review.text && <p class="text">{review.text}</p>}
      {review.images.length > 0 && (
        <ul class="plain row">
          {review.images.map((image) => (
            <li key={image.id}>
              <a href={image.urls.large} target="_blank" rel="noreferrer">
                <Picture image={image} sizes="6rem" />
              </a>
            </li>
          ))}
        </ul>
      )}
      {review.answer && (
        <blockquote>
          <p class="hint">
            {t('reviews.answer')}, {formatDate(review.answer.at)}
          </p>
          <p class="text">{review.answer.text}</p>
        </blockquote>
      )}
      <p class="row">
        <Button kind="quiet" busy={vote.busy} aria-pressed={marked} onClick={() => void vote.run()}>
          {marked ? t('reviews.marked') : t('reviews.markHelpful')}
        </Button>
        {review.helpful > 0 && <span class="hint">{t('reviews.helpfulCount', { count: review.helpful })}</span>}
        <Report id={review.id} />
      </p>
      <ErrorMessage error={vote.error} />
    </article>
  );
}

function Report({ id }: { id: string }) {
  const [open, setOpen] = useState(false);
  const ask = useSignedInAction(async () => setOpen(true));
  const send = useAction(async (form: HTMLFormElement) => {
    const reason = String(new FormData(form).get('reason') ?? '');
    await kontor.POST('/api/v1/reviews/{id}/report', { params: { path: { id } }, body: { reason } });
    setOpen(false);
    toast(t('reviews.reported'));
  });
  return (
    <>
      <Button kind="quiet" busy={ask.busy} onClick={() => void ask.run()}>
        {t('reviews.report')}
      </Button>
      <Dialog title={t('reviews.reportTitle')} open={open} onClose={() => setOpen(false)}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send.run(event.currentTarget);
          }}
        >
          <Field
            as="textarea"
            label={t('reviews.reportReason')}
            name="reason"
            required
            rows={4}
            error={fieldErrors(send.error)['reason']}
          />
          <ErrorMessage error={send.error} />
          <Button kind="primary" type="submit" busy={send.busy}>
            {t('reviews.report')}
          </Button>
        </form>
      </Dialog>
    </>
  );
}
