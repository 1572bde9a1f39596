import type { CsvExportBody, UploadBody } from '@kontor/client';

/** Work on a file, as it was looked at. */
export type Looked<Work> = Work & {
  /** When more of it was seen to be done. */
  movedAt: number;
  /** Nobody works on it any more. */
  isStuck: boolean;
};

/** A part of a file is tried for half an hour. */
const PATIENCE = 35 * 60_000;

const isUnfinished = ({ state }: CsvExportBody | UploadBody) => state === 'waiting' || state === 'running';

const done = ({ lines }: CsvExportBody | UploadBody) => (typeof lines === 'number' ? lines : lines?.partsDone);

/** Adds to the state of the work what the look before tells of it. */
export function looked<Work extends CsvExportBody | UploadBody>(
  work: Work,
  before: Looked<Work> | undefined,
  now = Date.now(),
): Looked<Work> {
  const isSame = before && before.state === work.state && done(before) === done(work);
  const movedAt = isSame ? before.movedAt : now;
  return { ...work, movedAt, isStuck: isUnfinished(work) && now - movedAt > PATIENCE };
}

export const isGoingOn = <Work extends CsvExportBody | UploadBody>(
  work: Looked<Work> | undefined,
): work is Looked<Work> => work !== undefined && isUnfinished(work) && !work.isStuck;
