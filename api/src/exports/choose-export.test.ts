import { describe, expect, test } from '@jest/globals';
import { chooseExport } from './choose-export.ts';
import { TRIP_EXPORTS } from './trip-export.ts';

describe("a trip's export", () => {
  test.each(TRIP_EXPORTS)('is $suffix by suffix, whatever the client accepts', (format) => {
    expect(chooseExport(format.suffix, 'text/html')).toBe(format);
  });

  test.each(TRIP_EXPORTS)('is $suffix for a client that accepts $mediaType', (format) => {
    expect(chooseExport(undefined, format.mediaType)).toBe(format);
    expect(chooseExport(undefined, `text/html, ${format.mediaType};q=0.1`)).toBe(format);
  });

  test.each(['xml', 'CSV', '', '.csv', 'constructor'])('is none for the suffix %j', (suffix) => {
    expect(chooseExport(suffix, '*/*')).toBeUndefined();
  });

  test.each([
    [undefined, 'json'],
    ['', 'json'],
    ['  ', 'json'],
    ['*/*', 'json'],
    ['application/*', 'json'],
    ['text/*', 'csv'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
    // Equal quality: our order, not the header's.
    ['text/csv, application/json', 'json'],
    ['application/geo+json, application/gpx+xml', 'gpx'],
    ['application/json;q=0.5, text/csv;q=0.9', 'csv'],
    ['application/json;q=0.998, text/csv;q=0.999', 'csv'],
    // The most specific range counts, wherever it stands and however low its quality.
    ['*/*, application/json;q=0.1', 'ndjson'],
    ['application/*;q=0.2, */*;q=0.5', 'csv'],
    ['*/*;q=0.5, application/*;q=0, application/gpx+xml;q=0.6', 'gpx'],
    ['application/json;q=0, */*', 'ndjson'],
    ['application/json;charset=utf-8;q=0.3, application/json;q=0.9, text/csv;q=0.5', 'csv'],
    ['text/csv;q=0.1, text/csv;q=0.9, application/json;q=0.5', 'csv'],
    // Letters of either case, and space around.
    [' TEXT/CSV ; Q=0.5 ', 'csv'],
    ['application/json;charset=UTF-8', 'json'],
    ['text/csv;charset="utf-8";header=present, text/csv;charset="utf-8"', 'csv'],
    ['text/csv;q=0.5;charset=utf-8', 'csv'],
    // Commas and semicolons in quotes part nothing.
    ['text/html;title="a, application/gpx+xml", text/csv', 'csv'],
    ['application/json;title="\\";q=0", text/csv', 'csv'],
    // What is not understood is as if it were not there.
    ['nonsense, ,, */csv, application/json;q=2, application/json;q=high, text/csv;q=0.1', 'csv'],
    ['application/json;q=high, */*;q=0.5', 'json'],
    ['text/csv; ;q=0.5;', 'csv'],
    ['application/json;title="never closed, text/csv', undefined],
    ['application/json;version=2', undefined],
    ['text/csv;charset=utf-16', undefined],
    ['text/html', undefined],
    ['*/*;q=0', undefined],
    ['application/json;q=0.000', undefined],
    ['application', undefined],
  ])('for Accept: %s is %s', (accept, suffix) => {
    expect(chooseExport(undefined, accept)?.suffix).toBe(suffix);
  });

  test('is chosen in little time, whatever the header', () => {
    const started = performance.now();
    for (const hostile of ['"\\', '"\\"', ';q=', ',', '"', '*/*,']) chooseExport(undefined, hostile.repeat(4_000));

    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
