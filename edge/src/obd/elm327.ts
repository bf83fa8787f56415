/** The dialogue with an ELM327: one command at a time, each answered by lines and a prompt. */
import type { Duplex } from 'node:stream';
import { parseReply, type Reply } from './reply.ts';

/** The adapter does not answer, or is gone: it must be opened anew. */
export class AdapterError extends Error {}

const PROMPT = '>';
/** An adapter that says more than this without a prompt is none. */
const MOST_CHARACTERS = 64 * 1_024;
/** How long it may take to end what somebody else asked of it. */
const SETTLE_MS = 1_000;

export class Elm327 {
  readonly #stream: Duplex;
  #text = '';
  #onText: () => void = () => {};
  #failure: AdapterError | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => {
      this.#text += bytes.toString('latin1');
      this.#onText();
    });
    const fail = (why: string) => {
      this.#failure ??= new AdapterError(why);
      this.#onText();
    };
    stream.on('error', (error) => fail(error.message));
    stream.on('close', () => fail('the connection has ended'));
  }

  /** Sends a command and waits for its prompt. Throws `AdapterError` where none comes. */
  async ask(command: string, timeoutMs: number): Promise<Reply> {
    this.#text = '';
    this.#write(`${command}\r`);
    return parseReply(command, await this.#untilPrompt(timeoutMs));
  }

  close(): void {
    this.#failure ??= new AdapterError('closed');
    this.#stream.destroy();
    this.#onText();
  }

  /** Any character ends what the adapter is at; whatever it says up to its prompt is of no use. */
  async settle(): Promise<void> {
    this.#write('\r');
    await this.#untilPrompt(SETTLE_MS).catch(() => {});
  }

  #write(text: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#stream.write(text, 'latin1');
  }

  #untilPrompt(timeoutMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#onText = () => {};
        settle();
      };
      const timer = setTimeout(() => {
        end(() => reject(new AdapterError(`no answer within ${timeoutMs / 1_000} s`)));
      }, timeoutMs);
      this.#onText = () => {
        const at = this.#text.indexOf(PROMPT);
        if (at >= 0) return end(() => resolve(this.#text.slice(0, at)));
        const failure = this.#text.length > MOST_CHARACTERS ? new AdapterError('it talks without end') : this.#failure;
        if (failure !== undefined) end(() => reject(failure));
      };
      this.#onText();
    });
  }
}
