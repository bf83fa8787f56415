import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { Shortener } from './shortener.ts';

const MOST = 300;

/** A message of so many bytes. */
function message(bytes: number, index: number): IPublishPacket {
  const payload = Buffer.alloc(bytes, index);
  return { cmd: 'publish', topic: 'telemetry/golf', messageId: index + 1, payload, qos: 1, retain: false, dup: false };
}

/** What a parser makes of bytes that come in pieces. */
function parsed(pieces: readonly Buffer[]): Packet[] {
  const packets: Packet[] = [];
  const reading = parser({ protocolVersion: 4 });
  reading.on('packet', (packet) => packets.push(packet));
  for (const piece of pieces) reading.parse(piece);
  return packets;
}

/** Bytes in pieces of such lengths, over and over. */
function inPieces(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] as number;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

test('packets that fit go through as they are, longer ones lose their end, however the bytes come', () => {
  const sizes = fc.array(fc.oneof(fc.nat(MOST), fc.nat(40_000)), { maxLength: 8 });
  const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 50_000 })), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(sizes, lengths, (given, pieces) => {
      const messages = given.map(message);
      const shortener = new Shortener(MOST);
      const bytes = Buffer.concat(messages.map((each) => generate(each)));
      const left = inPieces(bytes, pieces).map((piece) => shortener.shorten(piece));
      const head = 2 + 'telemetry/golf'.length + 2;

      expect(parsed(left)).toMatchObject(
        messages.map(({ messageId, topic, payload }) => ({
          messageId,
          topic,
          payload: (payload as Buffer).subarray(0, MOST - head),
        })),
      );
      expect(Buffer.concat(left).length).toBeLessThanOrEqual(messages.length * (MOST + 3));
    }),
    { numRuns: 50 },
  );
});

test('what is no packet is left to the parser', () => {
  const nonsense = Buffer.from([0x32, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3]);

  expect(new Shortener(2 ** 28).shorten(nonsense)).toEqual(nonsense);
});
