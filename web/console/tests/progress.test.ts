import assert from 'node:assert/strict';
import test from 'node:test';
import type { CsvExportBody, UploadBody } from '@kontor/client';

import { isGoingOn, type Looked, looked } from '../src/files/progress.ts';

const MINUTE = 60_000;
const running = (lines: number) => ({ state: 'running', lines }) as CsvExportBody;
const finished = (lines: number) => ({ state: 'finished', lines }) as CsvExportBody;

/** Looks at the work on a file at these minutes. */
function look<Work extends CsvExportBody | UploadBody>(looks: [minute: number, state: Work][]) {
  const one = (before: Looked<Work> | undefined, [at, state]: [number, Work]) => looked(state, before, at * MINUTE);
  return looks.reduce<Looked<Work> | undefined>(one, undefined);
}

test('an export goes on as long as its lines become more, and the parts of it are tried again', () => {
  assert.ok(isGoingOn(look([[0, running(0)]])));
  const slow: [number, CsvExportBody][] = [
    [0, running(0)],
    [34, running(0)],
    [35, running(1)],
    [69, running(1)],
  ];
  assert.ok(isGoingOn(look(slow)));
  assert.ok(!isGoingOn(undefined));
});

test('an export that nobody writes any more ends for who waits', () => {
  const stuck = look([
    [0, running(1)],
    [36, running(1)],
  ]);
  assert.ok(stuck?.isStuck);
  assert.ok(!isGoingOn(stuck));
});

test('a finished export is not stuck, however long ago it was', () => {
  const old = look([
    [0, running(1)],
    [10, finished(1)],
    [100, finished(1)],
  ]);
  assert.equal(old?.isStuck, false);
  assert.ok(!isGoingOn(old));
});

test('an import goes on as long as parts of it are done, and ends for who waits when nobody does them', () => {
  const upload = (state: string, partsDone?: number) =>
    ({ state, lines: partsDone === undefined ? null : { partsDone } }) as UploadBody;
  const slow: [number, UploadBody][] = [
    [0, upload('waiting')],
    [34, upload('running')],
    [68, upload('running', 0)],
    [102, upload('running', 1)],
  ];
  assert.ok(isGoingOn(look(slow)));
  assert.ok(!isGoingOn(look([...slow, [138, upload('running', 1)]])));
  const lost = look([
    [0, upload('waiting')],
    [36, upload('waiting')],
  ]);
  assert.ok(lost?.isStuck);
  const finished = look([...slow, [200, upload('finished', 2)]]);
  assert.equal(finished?.isStuck, false);
});
