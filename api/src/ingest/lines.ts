/** Lines of a stream of bytes. Nothing larger than a line is held. */
import { createBreather } from './breathe.ts';
import { MAX_LINE_BYTES } from './decode.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A line without its end, and its number, 1 for the first. One that is too long is cut behind the first byte too many. */
export interface Line {
  readonly number: number;
  readonly bytes: Buffer;
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
      this.#close(chunk.subarray(start, end), lines);
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
    this.#close(Buffer.alloc(0), lines);
    return lines;
  }

  #close(end: Buffer, lines: Line[]): void {
    this.#number++;
    if (end.length + this.#openBytes === 0) return;
    const whole = this.#openBytes === 0 ? end : Buffer.concat([...this.#open, end]);
    this.#open = [];
    this.#openBytes = 0;
    const bytes = whole.length > MAX_LINE_BYTES ? whole.subarray(0, MAX_LINE_BYTES + 1) : withoutReturn(whole);
    if (bytes.length > 0) lines.push({ number: this.#number, bytes });
  }
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
}
