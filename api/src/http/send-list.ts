/** Answers with a list that may be long: made and written portion by portion, so that others get their turn. */
import type { ServerResponse } from 'node:http';
import { sendStream } from './send-stream.ts';

export interface ListAnswer {
  /** What stands before the list, by name. */
  readonly before?: object;
  /** What the list is called. */
  readonly name: string;
  readonly portions: AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>;
  /** What stands behind the list, once that was written. */
  readonly after?: () => object;
}

/** Answers with an object of JSON that has a list among its members. */
export function sendList(res: ServerResponse, answer: ListAnswer): Promise<void> {
  return sendStream(res, 'application/json', piecesOf(answer));
}

async function* piecesOf({ before = {}, name, portions, after = () => ({}) }: ListAnswer): AsyncGenerator<string> {
  let text = `{${[...membersOf(before), `${JSON.stringify(name)}:[`].join()}`;
  let separator = '';
  for await (const portion of portions) {
    if (portion.length === 0) continue;
    yield text + separator + JSON.stringify(portion).slice(1, -1);
    text = '';
    separator = ',';
  }
  yield `${text}${[']', ...membersOf(after())].join()}}`;
}

/** The members of an object as JSON, none for an empty one. */
function membersOf(object: object): string[] {
  const text = JSON.stringify(object).slice(1, -1);
  return text === '' ? [] : [text];
}

/** A list in portions of so many, each made into what is sent when its turn comes. */
export function* inPortions<T>(list: readonly T[], size: number, toWire: (item: T) => unknown): Generator<unknown[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size).map(toWire);
}
