/** Server-sent events from text that comes in pieces. Pure. @see HTML standard, "Server-sent events" */

export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** Takes pieces of the stream; answers with the events that they complete. */
export function createEventParser(): (piece: string) => StreamEvent[] {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.map(eventOf).filter((event) => event.data !== '');
  };
}

function eventOf(block: string): StreamEvent {
  const values = (name: string) =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ''));
  return { event: values('event')[0] ?? 'message', data: values('data').join('\n') };
}
