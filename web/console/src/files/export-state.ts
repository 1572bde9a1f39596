import type { CsvExportBody } from '@kontor/client';

/** An export as it was looked at. */
export interface Looked extends CsvExportBody {
  /** When its lines were seen to become more. */
  movedAt: number;
  /** Nobody writes it any more. */
  isStuck: boolean;
}

/** A part of an export is tried for half an hour. */
const PATIENCE = 35 * 60_000;

/** Adds to the state of an export what the looks before tell of it. */
export function looked(state: CsvExportBody, before: Looked | undefined, now = Date.now()): Looked {
  const movedAt = before && before.lines === state.lines ? before.movedAt : now;
  return { ...state, movedAt, isStuck: state.state === 'running' && now - movedAt > PATIENCE };
}

export const isGoingOn = (file: Looked | undefined): boolean => file?.state === 'running' && !file.isStuck;
