import { PICTURE_TYPES, type UploadBody, type UploadInput } from '@kontor/client';
import UploadIcon from '@mui/icons-material/CloudUpload';
import { Alert, Box, Button, LinearProgress, Stack, Typography } from '@mui/material';
import { type DragEvent, useRef, useState } from 'react';

import { messageOf } from '../data/errors.ts';
import { kontor } from '../shop.ts';

export const PICTURES: string[] = [...PICTURE_TYPES];

interface Sending {
  id: string;
  name: string;
  percent: number;
  /** How much of it the shop has worked off, if it is split into parts. */
  worked?: number | undefined;
  problem?: string;
}

/** A CSV file may have very many lines. */
const WITHIN = 60 * 60_000;

const percentOf = (done: number, all: number) => Math.round((100 * done) / all);

/** How many percent of a CSV file the shop has worked off. */
export const workedOff = ({ lines }: UploadBody) =>
  lines?.parts ? percentOf(lines.partsDone, lines.parts) : undefined;

/**
 * Sends files straight to the bucket, one after the other, and says how far each is. `onLook` hears of every look at it, and
 * can give it up with an error.
 */
export function useUpload(
  options: (file: File) => UploadInput,
  onDone: () => void = () => {},
  onLook: (upload: UploadBody) => void = () => {},
) {
  const [sending, setSending] = useState<Sending[]>([]);
  const queue = useRef<Promise<void>>(Promise.resolve());
  const set = (id: string, change: Partial<Sending>) =>
    setSending((all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)));

  async function sendOne(id: string, file: File) {
    const onProgress = (sent: number, total: number) => set(id, { percent: percentOf(sent, total) });
    const onWork = (upload: UploadBody) => {
      onLook(upload);
      set(id, { worked: workedOff(upload) });
    };
    try {
      const upload = await kontor.upload(file, { ...options(file), onProgress, onWork, within: WITHIN });
      if (upload.refusal) set(id, { problem: upload.refusal.message });
      else setSending((all) => all.filter((one) => one.id !== id));
      onDone();
    } catch (error) {
      set(id, { problem: messageOf(error) });
    }
  }

  /** Files that come while others are sent wait for them. The problems of those before are read by then. */
  function send(files: File[]) {
    const added = files.map((file) => ({ id: crypto.randomUUID(), file }));
    setSending((all) => [
      ...all.filter(({ problem }) => !problem),
      ...added.map(({ id, file: { name } }) => ({ id, name, percent: 0 })),
    ]);
    for (const { id, file } of added) queue.current = queue.current.then(() => sendOne(id, file));
  }

  return { sending, send };
}

/** A place to which files are dropped, or from which they are chosen. */
export function DropZone({
  accept,
  label,
  multiple = false,
  sending,
  send,
}: { accept: string[]; label: string; multiple?: boolean } & ReturnType<typeof useUpload>) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const start = (files: FileList | null) => {
    const chosen = [...(files ?? [])].slice(0, multiple ? undefined : 1);
    if (chosen.length > 0) send(chosen);
  };

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    start(event.dataTransfer.files);
  }

  return (
    <Box
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      sx={{ border: '2px dashed', borderColor: over ? 'primary.main' : 'divider', borderRadius: 1, p: 2 }}
    >
      <input
        ref={input}
        type="file"
        hidden
        accept={accept.join(',')}
        multiple={multiple}
        aria-label={label}
        onChange={({ target }) => {
          start(target.files);
          target.value = '';
        }}
      />
      <Button startIcon={<UploadIcon />} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <Stack spacing={1} aria-live="polite">
        {sending.map(({ id, name, percent, worked, problem }) => {
          if (problem) {
            return (
              <Alert key={id} severity="error">
                {name}: {problem}
              </Alert>
            );
          }
          return percent < 100 ? (
            <Progress key={id} name={name} text={`${percent} % sent`} percent={percent} />
          ) : (
            <WorkedOff key={id} name={name} percent={worked} />
          );
        })}
      </Stack>
    </Box>
  );
}

function Progress({ name, text, percent }: { name: string; text: string; percent: number | undefined }) {
  return (
    <div>
      <Typography variant="body2">
        {name} – {text}
      </Typography>
      <LinearProgress
        variant={percent === undefined ? 'indeterminate' : 'determinate'}
        {...(percent !== undefined && { value: percent })}
        aria-label={name}
      />
    </div>
  );
}

/** A file that the shop has, and works off now. */
export function WorkedOff({ name, percent }: { name: string; percent: number | undefined }) {
  const text = percent === undefined ? 'being worked off' : `being worked off, ${percent} %`;
  return <Progress name={name} text={text} percent={percent} />;
}
