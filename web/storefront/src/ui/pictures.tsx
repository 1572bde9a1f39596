import { KontorError, type OwnReviewBody } from '@kontor/client';
import { useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { kontor } from '../shop.ts';
import { Button } from '../ui/button.tsx';
import { ErrorMessage, Message } from '../ui/message.tsx';
import { toast } from '../ui/toast.tsx';
import { useAction } from '../ui/use-action.ts';

const MOST = 4;
const TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const;
type PictureType = (typeof TYPES)[number];
const PAUSE = 700;
const WAITS = 90;

/** The pictures of a review. They are added when it is sent. */
export function Pictures({ review, onChange }: { review: OwnReviewBody; onChange: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const add = useAction(async (file: File) => {
    await upload(review.id, file);
    toast(t('review.pictureAdded'));
    onChange();
  });
  const remove = useAction(async (image: string) => {
    await kontor.DELETE('/api/v1/reviews/{id}/images/{image}', { params: { path: { id: review.id, image } } });
    onChange();
  });
  return (
    <section class="account-links" aria-labelledby="pictures">
      <h2 id="pictures">{t('review.pictures')}</h2>
      <ul class="review-pictures plain">
        {review.images.map(({ id, urls, alt }, index) => (
          <li key={id}>
            <img src={urls.small} alt={alt} width="112" height="112" />
            <Button
              kind="quiet"
              busy={remove.busy}
              aria-label={t('review.removePicture', { number: index + 1 })}
              onClick={() => remove.run(id)}
            >
              {t('button.remove')}
            </Button>
          </li>
        ))}
      </ul>
      <ErrorMessage error={add.error ?? remove.error} />
      {add.busy && <Message>{t('review.sending')}</Message>}
      {review.images.length < MOST && (
        <>
          <input
            ref={input}
            class="visually-hidden"
            type="file"
            tabIndex={-1}
            aria-label={t('review.addPicture')}
            accept={TYPES.join(',')}
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              currentTarget.value = '';
              if (file) void add.run(file);
            }}
          />
          <Button busy={add.busy} onClick={() => input.current?.click()}>
            {t('review.addPicture')}
          </Button>
          <p class="hint">{t('review.picturesHint')}</p>
        </>
      )}
    </section>
  );
}

/** Sends a picture straight to where pictures are kept, and waits until the shop has looked at it. */
async function upload(review: string, file: File): Promise<void> {
  const path = { id: review };
  const contentType = file.type as PictureType;
  const { data: form } = await kontor.POST('/api/v1/reviews/{id}/images/uploads', {
    params: { path },
    body: { contentType },
  });
  if (file.size > form.maxBytes) throw new KontorError({ code: 'file_too_large', message: '' });
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, String(value));
  body.append('file', file);
  const sent = await fetch(form.url, { method: 'POST', body }).catch(() => null);
  if (!sent?.ok) throw new KontorError({ code: 'upload_failed', message: '' });
  for (let waited = 0; waited < WAITS; waited += 1) {
    const params = { path: { ...path, upload: form.id } };
    const { data } = await kontor.GET('/api/v1/reviews/{id}/images/uploads/{upload}', { params });
    if (data.state === 'refused') {
      const { code, message } = data.refusal ?? { code: 'upload_failed', message: '' };
      throw new KontorError({ code: code as KontorError['code'], message });
    }
    if (data.state === 'shown') return;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new KontorError({ code: 'timed_out', message: '' });
}
