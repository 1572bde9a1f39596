import { Box } from '@mui/material';
import { createContext, Fragment, type ReactNode, type RefObject, use, useEffect, useRef, useState } from 'react';
import {
  Create,
  DeleteButton,
  Edit,
  type RaRecord,
  RecordContextProvider,
  SaveButton,
  SimpleForm,
  type SimpleFormProps,
  Toolbar,
  ToolbarClasses,
  type TransformData,
  useCreatePath,
  useDataProvider,
  useNotify,
  useRecordContext,
  useRedirect,
  useResourceContext,
} from 'react-admin';
import { useFormContext, useFormState } from 'react-hook-form';

import { isStale, reasonOf } from '../data/errors.ts';
import { isSame } from '../data/merge.ts';
import { pick } from '../data/resources.ts';
import { type Conflict, ConflictDialog } from './conflict.tsx';
import { Unsaved, UnsavedForm } from './leave.tsx';
import { useTellError } from './tell-error.ts';
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
  id?: unknown;
  data?: Record<string, unknown>;
}

/** The version that the form of the page was filled from. What the page has read since then may be a later one. */
const Base = createContext<RefObject<RaRecord | undefined>>({ current: undefined });

/** A form that changes a record. If somebody else was first, it shows what they changed. */
export function EditPage({ children, title, actions, aside, transform }: Props) {
  const notify = useNotify();
  const tellError = useTellError();
  const provider = useDataProvider();
  const resource = useResourceContext() ?? '';
  const base = useRef<RaRecord>(undefined);
  // The form may follow a later version while the shop still looks at what was sent.
  const sent = useRef<RaRecord>(undefined);
  const [conflict, setConflict] = useState<Conflict | null>(null);

  // After it was saved the form begins anew, with what the shop made of it.
  const [saves, setSaves] = useState(0);

  const beginAnew = () => setSaves((count) => count + 1);

  async function mutationFn({ id, data }: Variables) {
    sent.current = base.current;
    return (await provider.update(resource, { id: String(id), data: data ?? {}, previousData: sent.current })).data;
  }

  function onSuccess() {
    notify('ra.notification.updated', { type: 'success', messageArgs: { smart_count: 1 } });
    beginAnew();
  }

  function onError(error: unknown, { data }: Variables) {
    if (isStale(error) && data && sent.current) setConflict({ mine: data, base: sent.current });
    else tellError(reasonOf(error));
  }

  return (
    <Base value={base}>
      <Edit
        mutationMode="pessimistic"
        mutationOptions={{ mutationFn, onError, onSuccess, meta: WHOLE }}
        transform={transform}
        title={title ?? <RecordTitle />}
        actions={actions}
        component="div"
        queryOptions={{ meta: WHOLE }}
      >
        <Fragment key={saves}>{children}</Fragment>
        {aside && <Box sx={{ px: 2, pb: 2 }}>{aside}</Box>}
        {conflict && (
          <ConflictDialog
            resource={resource}
            conflict={conflict}
            onDone={beginAnew}
            onClose={() => setConflict(null)}
          />
        )}
      </Edit>
    </Base>
  );
}

function RecordTitle() {
  const record = useRecordContext();
  return <span>{record ? (record['name'] ?? record['code'] ?? record['query'] ?? record.id) : ''}</span>;
}

interface FormProps extends Pick<SimpleFormProps, 'children' | 'toolbar'> {
  /** What the fields are filled with, made of the record. */
  fill?: (record: RaRecord) => RaRecord;
}

const asItIs = (record: RaRecord) => record;

/** The fields of a record that is changed. */
export function EditForm(props: FormProps) {
  const record = useRecordContext<RaRecord>();
  return record && <FilledForm key={record.id} record={record} {...props} />;
}

function FilledForm({
  record,
  fill = asItIs,
  toolbar = <SaveAndDelete />,
  children,
}: FormProps & { record: RaRecord }) {
  // React-admin would fill the form anew with each version, and mix it with what was typed.
  const [first] = useState(() => fill(record));
  const [base, setBase] = useState(record);
  const ofPage = use(Base);
  useEffect(() => {
    ofPage.current = base;
  }, [ofPage, base]);
  return (
    <SimpleForm record={first} toolbar={<RecordContextProvider value={base}>{toolbar}</RecordContextProvider>}>
      <UnsavedForm />
      <Unplaced />
      {record !== base && <Follow base={base} record={record} fill={fill} onFollow={setBase} />}
      {children}
    </SimpleForm>
  );
}

/** The buttons below a form. Who deletes a record is not asked about what was typed. */
function SaveAndDelete() {
  const unsaved = use(Unsaved);
  const createPath = useCreatePath();
  const toList = (resource = '') => {
    unsaved.clear();
    return createPath({ resource, type: 'list' });
  };
  return (
    <Toolbar>
      <Box className={ToolbarClasses.defaultToolbar}>
        <SaveButton />
        <DeleteButton redirect={toList} />
      </Box>
    </Toolbar>
  );
}

interface FollowProps extends Required<Pick<FormProps, 'fill'>> {
  base: RaRecord;
  record: RaRecord;
  onFollow: (record: RaRecord) => void;
}

/**
 * Takes a later version of the record into its form, such as after a picture was added, and keeps what was typed. If somebody
 * else changed what was typed in, it does not, so that saving shows both.
 */
function Follow({ base, record, fill, onFollow }: FollowProps) {
  const { getValues, reset } = useFormContext();
  const { dirtyFields } = useFormState();
  useEffect(() => {
    const typed = Object.keys(dirtyFields);
    if (!isSame(base, record, typed)) return;
    onFollow(record);
    const now = fill(record);
    const both = { ...now, ...pick(getValues(), typed) };
    reset(now);
    reset(both, { keepDefaultValues: true });
  });
  return null;
}

/** The fields of a record that is made. */
export function CreateForm({ children, ...props }: Pick<SimpleFormProps, 'children' | 'defaultValues'>) {
  return (
    <SimpleForm {...props}>
      <UnsavedForm />
      <Unplaced />
      {children}
    </SimpleForm>
  );
}

/** A form that makes a record. */
export function CreatePage({ children, title, transform }: Pick<Props, 'children' | 'title' | 'transform'>) {
  const notify = useNotify();
  const tellError = useTellError();
  const redirect = useRedirect();
  const resource = useResourceContext();
  const unsaved = use(Unsaved);
  const onError = (error: unknown) => tellError(reasonOf(error));

  function onSuccess(made: RaRecord) {
    notify('ra.notification.created', { type: 'success', messageArgs: { smart_count: 1 } });
    unsaved.clear();
    redirect('edit', resource, made.id, made);
  }

  return (
    <Create mutationOptions={{ onError, onSuccess }} component="div" title={title} transform={transform}>
      {children}
    </Create>
  );
}
