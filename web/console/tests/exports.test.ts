import assert from 'node:assert/strict';
import test from 'node:test';
import type { CsvExportBody } from '@kontor/client';

import { isGoingOn, type Looked, looked } from '../src/files/export-state.ts';

const MINUTE = 60_000;
const running = (lines: number) => ({ state: 'running', lines }) as CsvExportBody;
const finished = (lines: number) => ({ state: 'finished', lines }) as CsvExportBody;

/** Looks at an export at these minutes. */
function look(looks: [minute: number, state: CsvExportBody][]): Looked | undefined {
  return looks.reduce<Looked | undefined>((before, [at, state]) => looked(state, before, at * MINUTE), undefined);
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
