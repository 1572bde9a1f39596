import { Box } from '@mui/material';
import { Fragment, type ReactNode, useState } from 'react';
import {
  Create,
  Edit,
  type RaRecord,
  SimpleForm,
  type SimpleFormProps,
  type TransformData,
  useNotify,
  useRecordContext,
  useResourceContext,
} from 'react-admin';

import { isStale, reasonOf } from '../data/errors.ts';
import { type Conflict, ConflictDialog } from './conflict.tsx';
import { Unplaced } from './unplaced.tsx';
import { WHOLE } from './whole.ts';

interface Props {
  title?: string | React.ReactElement;
  children: ReactNode;
  actions?: React.ReactElement | false;
  /** Parts of the page that are not of the form. */
  aside?: React.ReactElement;
  /** What is sent, made of what the form has. */
  transform?: TransformData;
}

interface Variables {
  data?: Record<string, unknown>;
  previousData?: RaRecord;
}

/** A form that changes a record. If somebody else was first, it shows what they changed. */
export function EditPage({ children, title, actions, aside, transform }: Props) {
  const notify = useNotify();
  const resource = useResourceContext() ?? '';
  const [conflict, setConflict] = useState<Conflict | null>(null);

  // After it was saved the form begins anew, with what the shop made of it.
  const [saves, setSaves] = useState(0);

  const beginAnew = () => setSaves((count) => count + 1);

  function onSuccess() {
    notify('ra.notification.updated', { type: 'success', messageArgs: { smart_count: 1 } });
    beginAnew();
  }

  function onError(error: unknown, { data, previousData }: Variables) {
    if (isStale(error) && data && previousData) setConflict({ mine: data, base: previousData });
    else notify(reasonOf(error), { type: 'error', autoHideDuration: 10_000 });
  }

  return (
    <Edit
      mutationMode="pessimistic"
      mutationOptions={{ onError, onSuccess, meta: WHOLE }}
      transform={transform}
      title={title ?? <RecordTitle />}
      actions={actions}
      component="div"
      queryOptions={{ meta: WHOLE }}
    >
      <Fragment key={saves}>{children}</Fragment>
      {aside && <Box sx={{ px: 2, pb: 2 }}>{aside}</Box>}
      {conflict && (
        <ConflictDialog resource={resource} conflict={conflict} onDone={beginAnew} onClose={() => setConflict(null)} />
      )}
    </Edit>
  );
}

function RecordTitle() {
  const record = useRecordContext();
  return <span>{record ? (record['name'] ?? record['code'] ?? record['query'] ?? record.id) : ''}</span>;
}

/** What is read anew meanwhile, such as after a picture was added, changes only what nobody has typed in. */
const KEEP = { keepDirtyValues: true };

/** The fields of a record that is changed. */
export function EditForm({ children, ...props }: Pick<SimpleFormProps, 'children' | 'toolbar' | 'record'>) {
  return (
    <SimpleForm warnWhenUnsavedChanges resetOptions={KEEP} {...props}>
      <Unplaced />
      {children}
    </SimpleForm>
  );
}

/** The fields of a record that is made. */
export function CreateForm({ children, ...props }: Pick<SimpleFormProps, 'children' | 'defaultValues'>) {
  return (
    <SimpleForm warnWhenUnsavedChanges {...props}>
      <Unplaced />
      {children}
    </SimpleForm>
  );
}

/** A form that makes a record. */
export function CreatePage({ children, title, transform }: Pick<Props, 'children' | 'title' | 'transform'>) {
  const notify = useNotify();
  const onError = (error: unknown) => notify(reasonOf(error), { type: 'error', autoHideDuration: 10_000 });
  return (
    <Create mutationOptions={{ onError }} redirect="edit" component="div" title={title} transform={transform}>
      {children}
    </Create>
  );
}
