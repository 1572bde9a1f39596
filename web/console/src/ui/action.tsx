import { isKontorError, type KontorError } from '@kontor/client';
import { Button, type ButtonProps } from '@mui/material';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { Confirm, useNotify } from 'react-admin';

import { isStale, messageOf } from '../data/errors.ts';
import { useTellError } from './tell-error.ts';

/** After these nobody knows whether it was done, so the next try must have the same key. */
const isUnknown = (error: unknown) =>
  !isKontorError(error) ||
  error.status === 0 ||
  error.status >= 500 ||
  isKontorError(error, 'idempotency_key_in_flight');

const STALE = 'It changed meanwhile. Look at it as it is now, and try again.';

/**
 * Something that staff do with a button: once at a time, with one Idempotency-Key until there is an answer. When it is done,
 * or somebody else was first, the page is read again, and only then staff hear of it: what they do next is about the new version.
 */
export function useAction<Argument>(
  act: (argument: Argument, key: string) => Promise<unknown>,
  { done, onDone, onStale }: { done?: string; onDone?: () => void; onStale?: () => unknown } = {},
) {
  const notify = useNotify();
  const tellError = useTellError();
  const queries = useQueryClient();
  const readPage = () => queries.invalidateQueries();
  const key = useRef<string>(undefined);
  const running = useRef(false);
  const [busy, setBusy] = useState(false);

  /** The error, or undefined if it was done. */
  async function run(argument: Argument, { quiet = false } = {}): Promise<KontorError | Error | undefined> {
    if (running.current) return undefined;
    running.current = true;
    setBusy(true);
    key.current ??= crypto.randomUUID();
    try {
      await act(argument, key.current);
      key.current = undefined;
      onDone?.();
      await readPage();
      if (done) notify(done, { type: 'success' });
      return undefined;
    } catch (error) {
      if (!isUnknown(error)) key.current = undefined;
      if (isStale(error)) await (onStale ?? readPage)();
      const refusal = isStale(error) ? new Error(STALE) : (error as Error);
      if (!quiet) tellError(messageOf(refusal));
      return refusal;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }

  return { run, busy };
}

interface ActionButtonProps extends ButtonProps {
  act: (nothing: undefined, key: string) => Promise<unknown>;
  done: string;
  /** What happens, where it cannot be undone: it asks first. */
  asks?: string;
  children: string;
}

/** A button that does one thing. */
export function ActionButton({ act, done, asks, children, ...props }: ActionButtonProps) {
  const { run, busy } = useAction(act, { done });
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <Button
        size="small"
        {...props}
        disabled={busy || props.disabled}
        onClick={() => (asks ? setAsked(true) : run(undefined))}
      >
        {children}
      </Button>
      {asks && (
        <Confirm
          isOpen={isAsked}
          title={`${children}?`}
          content={asks}
          confirm={children}
          onConfirm={() => {
            setAsked(false);
            void run(undefined);
          }}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
