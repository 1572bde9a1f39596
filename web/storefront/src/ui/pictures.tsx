import { KontorError, PICTURE_TYPES, type UploadBody } from '@kontor/client';
import { useRef, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Button } from './button.tsx';
import { focusHeading } from './focus.ts';
import { ErrorMessage, Message } from './message.tsx';
import { toast } from './toast.tsx';
import { useAction } from './use-action.ts';

const MOST = 4;

/** How a picture is sent: with the client's `upload`. */
export interface Sending {
  contentType: (typeof PICTURE_TYPES)[number];
  onProgress: (sent: number, total: number) => void;
}

interface Props {
  pictures: readonly { id: string; urls: { small: string; large: string }; alt?: string }[];
  hint: string;
  /** Nothing can be added or removed any more. */
  closed?: boolean;
  send: (file: File, how: Sending) => Promise<UploadBody>;
  remove: (id: string) => Promise<unknown>;
  onChange: () => void;
}

/** Pictures that a buyer adds to something, up to four. They are sent straight to where pictures are kept. */
export function Pictures({ pictures, hint, closed = false, send, remove, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [part, setPart] = useState(0);
  const add = useAction(async (file: File) => {
    setPart(0);
    shown(await send(file, { contentType: typeOf(file), onProgress: (sent, total) => setPart(sent / total) }));
    toast(t('pictures.added'));
    onChange();
  });
  const drop = useAction(async (id: string) => {
    await remove(id);
    focusHeading();
    onChange();
  });
  return (
    <>
      {pictures.length > 0 && (
        <ul class="pictures plain">
          {pictures.map(({ id, urls, alt }, index) => (
            <li key={id}>
              <a href={urls.large} target="_blank" rel="noreferrer">
                <img src={urls.small} alt={alt || t('pictures.one', { number: index + 1 })} width="112" height="112" />
              </a>
              {!closed && (
                <Button
                  kind="quiet"
                  busy={drop.busy}
                  aria-label={t('pictures.remove', { number: index + 1 })}
                  onClick={() => drop.run(id)}
                >
                  {t('button.remove')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <ErrorMessage error={add.error ?? drop.error} />
      {add.busy && (
        <Message>
          {t('pictures.sending')}
          {/* All of it was sent: now the shop looks at it, for as long as that takes. */}
          <progress aria-label={t('pictures.sending')} value={part < 1 ? part : undefined} />
        </Message>
      )}
      {!closed && pictures.length < MOST && (
        <>
          <input
            ref={input}
            type="file"
            hidden
            accept={PICTURE_TYPES.join(',')}
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              currentTarget.value = '';
              if (file) void add.run(file);
            }}
          />
          <Button busy={add.busy} onClick={() => input.current?.click()}>
            {t('pictures.add')}
          </Button>
          <p class="hint">{hint}</p>
        </>
      )}
    </>
  );
}

function typeOf(file: File): Sending['contentType'] {
  const type = PICTURE_TYPES.find((one) => one === file.type);
  if (!type) throw refused('not_a_picture');
  return type;
}

/** The shop has looked at the file, and may have refused it. */
function shown({ state, refusal }: UploadBody): void {
  if (state === 'refused') throw refused(refusal?.code ?? 'upload_failed', refusal?.message);
}

/** Why a file is refused is no code of an operation. */
const refused = (code: string, message = '') => new KontorError({ code: code as KontorError['code'], message });
