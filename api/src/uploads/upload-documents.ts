/** Announced trips and receipts as documents of the registry. */
import type { Registry } from '../registry.ts';
import type { ReceiptRecord, UploadRecord } from './records.ts';

/** Receipts that are read at once: one may name a thousand lines. */
const PAGE = 8;

export class UploadDocuments {
  readonly #registry: Registry;
  readonly #now: () => number;

  constructor(registry: Registry, now: () => number) {
    this.#registry = registry;
    this.#now = now;
  }

  /** The announced trips of an id, by the vehicles that they were announced for. */
  async ofTrip(tripId: string): Promise<UploadRecord[]> {
    const documents = await this.#registry.list('upload', { owner: tripId });
    return documents.map(({ body }) => body).sort((a, b) => (a.vehicle < b.vehicle ? -1 : 1));
  }

  /** An announced trip as it is now. */
  async get(upload: UploadRecord): Promise<UploadRecord | undefined> {
    return (await this.#registry.get('upload', idOf(upload)))?.body;
  }

  /** Whether it was not there before. */
  async create(upload: UploadRecord): Promise<boolean> {
    return this.#registry.create(this.#document(upload));
  }

  async put(upload: UploadRecord): Promise<void> {
    await this.#registry.put(this.#document(upload));
  }

  async receipt(upload: UploadRecord, no: number): Promise<ReceiptRecord | undefined> {
    return (await this.#registry.get('receipt', `${idOf(upload)}/${no}`))?.body;
  }

  /** All receipts, by number. */
  async receipts(upload: UploadRecord): Promise<ReceiptRecord[]> {
    const receipts: ReceiptRecord[] = [];
    for await (const page of this.#registry.pages('receipt', { owner: idOf(upload) }, PAGE)) {
      receipts.push(...page.map(({ body }) => body));
    }
    return receipts.sort((a, b) => a.no - b.no);
  }

  async putReceipt(upload: UploadRecord, receipt: ReceiptRecord): Promise<void> {
    const owner = idOf(upload);
    const id = `${owner}/${receipt.no}`;
    // One that is replaced keeps its place, lest it slips past whoever goes through all of them.
    const at = (await this.#registry.get('receipt', id))?.at ?? this.#now();
    await this.#registry.put({ kind: 'receipt', id, owner, at, body: receipt });
  }

  #document(body: UploadRecord) {
    return { kind: 'upload', id: idOf(body), owner: body.trip_id, at: this.#now(), body } as const;
  }
}

/** What identifies an announced trip: the vehicle under the name that it was announced by, and the trip. */
export function idOf({ vehicle, trip_id }: UploadRecord): string {
  return `${vehicle}/${trip_id}`;
}
