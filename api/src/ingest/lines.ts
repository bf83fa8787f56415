/** Lines of a stream of bytes. Nothing larger than a line is held. */
import { createBreather } from './breathe.ts';
import { MAX_LINE_BYTES } from './decode.ts';

export const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A line where it lies. One that is too long is cut behind the first byte too many. */
export class Line {
  /** 1 for the first. */
  readonly number: number;
  /** What it is in, from `start` to before `end`, which is its line break or the one byte too many. */
  readonly text: Buffer;
  readonly start: number;
  readonly end: number;

  constructor(number: number, text: Buffer, start: number, end: number) {
    this.number = number;
    this.text = text;
    this.start = start;
    this.end = end;
  }

  /** Without its end. */
  get bytes(): Buffer {
    return this.text.subarray(this.start, this.end);
  }
}

/** The lines of each chunk as it comes; a line may span chunks. Empty ones count, but are left out. CRLF ends a line too. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[]> {
  const splitter = new LineSplitter();
  // Whoever works on lines takes breaths there; here is nothing but empty ones, or one that never ends.
  const breathe = createBreather();
  for await (const chunk of chunks) {
    const lines = splitter.take(chunk);
    if (lines.length > 0) yield lines;
    await breathe();
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
}

class LineSplitter {
  /** The beginning of a line whose end has not come; no more of it than it takes to see that it is too long. */
  #open: Buffer[] = [];
  #openBytes = 0;
  #number = 0;

  take(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (this.#openBytes === 0) this.#close(chunk, start, end, lines);
      else this.#closeOpen(chunk.subarray(start, end), lines);
      start = end + 1;
      // There may be millions of empty lines: to look for the end of each would take ten times as long.
      for (; chunk[start] === NEWLINE; start++) this.#number++;
    }
    if (this.#openBytes <= MAX_LINE_BYTES) this.#open.push(chunk.subarray(start));
    this.#openBytes += chunk.length - start;
    return lines;
  }

  end(): Line[] {
    const lines: Line[] = [];
    this.#closeOpen(Buffer.alloc(0), lines);
    return lines;
  }

  #closeOpen(rest: Buffer, lines: Line[]): void {
    const whole = Buffer.concat([...this.#open, rest]);
    this.#close(whole, 0, whole.length, lines);
    this.#openBytes = 0;
  }

  #close(text: Buffer, start: number, end: number, lines: Line[]): void {
    this.#number++;
    this.#open = [];
    const last = end - start > MAX_LINE_BYTES ? start + MAX_LINE_BYTES + 1 : withoutReturn(text, start, end);
    if (last > start) lines.push(new Line(this.#number, text, start, last));
  }
}

function withoutReturn(text: Buffer, start: number, end: number): number {
  return end > start && text[end - 1] === RETURN ? end - 1 : end;
}
