import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { ErrorMessage } from './message.tsx';
import { useAction } from './use-action.ts';

interface Props {
  /** The text of the button, and of the one in the window that does it. */
  label: string;
  /** The name of the button, if others on the page have the same text. */
  name?: string;
  kind?: 'secondary' | 'quiet' | 'danger';
  question: string;
  action: () => Promise<unknown>;
  /** Called when it is done and the window is closed. */
  onDone: () => void;
}

/** A button for what nobody can take back: a window asks first. */
export function AskFirst({ label, name, kind = 'secondary', question, action, onDone }: Props) {
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState(false);
  const act = useAction(async () => {
    await action();
    setOpen(false);
    setDone(true);
  });
  // After the window, which gives the focus back.
  useEffect(() => {
    if (!done) return;
    setDone(false);
    onDone();
  }, [done]);
  const close = () => {
    setOpen(false);
    act.clear();
  };
  return (
    <>
      <Button kind={kind} aria-label={name} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog title={question} open={open} onClose={close}>
        <ErrorMessage error={act.error} />
        <div class="row">
          <Button kind="danger" busy={act.busy} onClick={() => act.run()}>
            {label}
          </Button>
          <Button onClick={close}>{t('button.back')}</Button>
        </div>
      </Dialog>
    </>
  );
}
