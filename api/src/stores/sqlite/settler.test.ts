import { expect, test } from '@jest/globals';
import type { Derived } from './protocol.ts';
import type { ReaderMethods } from './reader-methods.ts';
import { Settler } from './settler.ts';
import { inThisThread, type Part } from './thread.ts';
import type { WriterMethods } from './writer-methods.ts';

test('what is written to a vehicle while it is worked out is worked out when somebody asks again', async () => {
  const asked: (readonly string[] | undefined)[] = [];
  let isWrittenTo = true;
  const derive = (vehicles: readonly string[] | undefined): Derived[] => {
    asked.push(vehicles);
    if (isWrittenTo) settler.changed(['golf']);
    isWrittenTo = false;
    return [];
  };
  const writer = inThisThread({ mark: () => 1, apply: () => {} }) as unknown as Part<WriterMethods>;
  const reader = inThisThread({ derive, nextPortion: () => [] }) as unknown as Part<ReaderMethods>;
  const settler = new Settler(writer, reader, ['golf', 'polo']);

  for (let times = 0; times < 3; times++) await settler.settle();
  await settler.end();

  expect(asked).toEqual([['golf', 'polo'], ['golf']]);
});
