import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle, LinearProgress } from '@mui/material';
import { type ReactNode, use, useId, useState } from 'react';
import { Form } from 'react-admin';
import type { FieldValues } from 'react-hook-form';

import { fieldErrors, reasonOf, refusalOf } from '../data/errors.ts';
import { useAction } from './action.tsx';
import { Unsaved, UnsavedForm, wantsToLose } from './leave.tsx';
import { Unplaced } from './unplaced.tsx';

interface Props<Values> {
  title: string;
  /** What the button says. */
  submit: string;
  done?: string;
  /** Values to begin with. */
  values?: Partial<Values>;
  act: (values: Values, key: string) => Promise<unknown>;
  /** Where the form shows a refused field, if it has another name here. */
  place?: (field: string, values: Values) => string;
  onClose: () => void;
  children?: ReactNode;
  wide?: boolean;
}

/** The fields scroll, and the buttons stay where they are. */
const PAPER = { paper: { sx: { '& > form': { display: 'flex', flexDirection: 'column', minHeight: 0 } } } };

/** A form in a dialog. What the shop refuses is shown at its field, or above the form if it has no such field. */
export function FormDialog<Values extends object>(props: Props<Values>) {
  const { title, submit, done, values = {}, act, place = (field) => field, onClose, children, wide = false } = props;
  // What changes in the shop meanwhile takes away nothing that was typed.
  const [first] = useState(values);
  const unsaved = use(Unsaved);
  const [problem, setProblem] = useState<string | null>(null);
  const { run, busy } = useAction(act, { ...(done && { done }), onDone: onClose });
  const label = useId();

  async function onSubmit(given: FieldValues) {
    setProblem(null);
    const error = await run(given as Values, { quiet: true });
    if (!error) return undefined;
    setProblem(reasonOf(error));
    return fieldErrors(refusalOf(error)?.details ?? {}, (field) => place(field, given as Values));
  }

  /** A click beside the dialog loses nothing that was typed, and the Escape key asks. */
  function onLeave(_: object, by: 'backdropClick' | 'escapeKeyDown') {
    if (!unsaved.has(label) || (by === 'escapeKeyDown' && wantsToLose())) onClose();
  }

  return (
    <Dialog
      open
      onClose={busy ? undefined : onLeave}
      fullWidth
      maxWidth={wide ? 'md' : 'sm'}
      aria-labelledby={label}
      slotProps={PAPER}
    >
      {/* A form of its own, not about the record of the page behind it. */}
      <Form record={{}} defaultValues={first} onSubmit={onSubmit} resource="actions">
        <DialogTitle id={label}>{title}</DialogTitle>
        <DialogContent>
          {problem && (
            <Alert severity="error" role="alert">
              {problem}
            </Alert>
          )}
          <UnsavedForm part={label} />
          <Unplaced />
          {children}
        </DialogContent>
        {busy && <LinearProgress aria-label="Working" />}
        <DialogActions>
          <Button onClick={onClose} disabled={busy}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" disabled={busy}>
            {submit}
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  );
}
