/** Progress of something long: one line that is rewritten on a terminal, a line now and then elsewhere. */

const REWRITTEN_EVERY_MS = 200;
const LINE_EVERY_MS = 5_000;
const CLEAR_LINE = '\r\x1b[2K';

export interface Progress {
  /** Leaves no half line behind. */
  end(): void;
}

/** Shows what `text` says until it is ended. */
export function showProgress(stream: NodeJS.WriteStream, text: () => string): Progress {
  const show = () => {
    if (stream.isTTY) stream.write(`${CLEAR_LINE}${text().slice(0, stream.columns - 1)}`);
    else stream.write(`${text()}\n`);
  };
  const timer = setInterval(show, stream.isTTY ? REWRITTEN_EVERY_MS : LINE_EVERY_MS);
  return {
    end() {
      clearInterval(timer);
      if (stream.isTTY) stream.write(CLEAR_LINE);
    },
  };
}
