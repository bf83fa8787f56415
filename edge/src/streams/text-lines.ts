/** Lines of text as they come in. */
import type { Readable } from 'node:stream';

/** A line that is longer is noise: a wrong baud rate, or the wrong port. */
const MOST_CHARACTERS = 16_384;

/** Lines without their ends. Ends when the stream does; throws what it throws. */
export async function* textLines(stream: Readable): AsyncGenerator<string> {
  let text = '';
  for await (const bytes of stream) {
    text += (bytes as Buffer).toString('latin1');
    const lines = text.split('\n');
    text = `${lines.pop()}`;
    for (const line of lines) yield line.trim();
    if (text.length > MOST_CHARACTERS) text = '';
  }
}
