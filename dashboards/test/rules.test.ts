/** The committed files keep the rules; and each rule tells what breaks it. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SIGNAL_NAMES } from '@fleet/contract';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { describe, expect, test } from '@jest/globals';
import { columnOf } from '../src/columns.ts';
import { type AlertRuleJson, groupFaults, policyFaults, receiverFaults, ruleFaults } from './alerting-rules.ts';
import { type DashboardJson, faultsOf, type Json, type PanelJson, queryFaults } from './rules.ts';

const FOLDER = fileURLToPath(new URL('../', import.meta.url));

function jsonFiles<T>(folder: string, pattern: RegExp): T[] {
  const names = readdirSync(folder).filter((name) => pattern.test(name));
  return names.map((name) => JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as T);
}

const DASHBOARDS = jsonFiles<DashboardJson>(FOLDER, /^fleet-.*\.json$/);
const ALERTING = jsonFiles<Json>(`${FOLDER}alerting`, /\.json$/);
const GROUPS = ALERTING.flatMap(({ groups = [] }) => groups as (Json & { readonly rules: AlertRuleJson[] })[]);
const POINTS = ALERTING.flatMap(({ contactPoints = [] }) => contactPoints as (Json & { receivers: Json[] })[]);
const POLICIES = ALERTING.flatMap(({ policies = [] }) => policies as Json[]);

describe('dashboards', () => {
  test('there are eight', () => {
    expect(DASHBOARDS.length).toBe(8);
  });

  test.each(DASHBOARDS)('$title keeps all rules', (dashboard) => {
    expect(faultsOf(dashboard, DASHBOARDS)).toEqual([]);
  });

  test('every unit is one of Grafana', () => {
    const used = [...JSON.stringify(DASHBOARDS).matchAll(/"unit":"([^"]*)"|"id":"unit","value":"([^"]*)"/g)];
    const known = new Set(Object.values(units as unknown as Record<string, string>));
    const unknown = used
      .map(([, a, b]) => a ?? b ?? '')
      .filter((unit) => !known.has(unit) && !unit.startsWith('suffix:'));

    expect([...new Set(unknown)]).toEqual([]);
  });

  test('every signal of the contract has a name and a unit', () => {
    for (const name of SIGNAL_NAMES) expect(columnOf(name)).toMatchObject({ label: /./, unit: /./ });
  });
});

describe('alerting files', () => {
  const rules = GROUPS.flatMap((group) => group.rules);

  test.each(rules)('$title keeps all rules', (rule) => {
    expect(ruleFaults(rule)).toEqual([]);
  });

  test('uids and titles are there once, groups are whole', () => {
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
    expect(new Set(rules.map(({ title }) => title)).size).toBe(rules.length);
    expect(GROUPS.flatMap(groupFaults)).toEqual([]);
  });

  test('every query of an alert keeps the rules of queries', () => {
    const queries = rules.flatMap(({ data }) => data.map(({ model }) => model['query'])).filter((query) => query);

    expect(queries.flatMap((query) => queryFaults(`${query}`))).toEqual([]);
  });

  test('receivers and policies are such as Grafana takes', () => {
    expect(POINTS.flatMap(({ receivers }) => receivers).flatMap(receiverFaults)).toEqual([]);
    const names = POINTS.map(({ name }) => `${name}`);
    expect(POLICIES.flatMap((policy) => policyFaults(policy, names))).toEqual([]);
  });
});

/** A copy of what is good, with one thing changed. */
function spoilt<T>(good: T, spoil: (copy: Mutable<T>) => void): T {
  const copy = structuredClone(good);
  spoil(copy as Mutable<T>);
  return copy;
}

type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

describe('the rules', () => {
  const dashboard = DASHBOARDS.find(({ uid }) => uid === 'fleet-trips') as DashboardJson;
  const panel = (copy: Mutable<DashboardJson>) => copy.panels[4] as Mutable<PanelJson>;

  test.each<[string, (copy: Mutable<DashboardJson>) => void, RegExp]>([
    ['no title', (copy) => (panel(copy).title = ''), /no title/],
    ['no description', (copy) => (panel(copy).description = 'words'), /no description/],
    ['no unit', (copy) => (panel(copy).fieldConfig = { defaults: {} }), /no unit/],
    ['two panels of one name', (copy) => (panel(copy).title = 'Distance'), /two panels/],
    ['a deprecated kind', (copy) => (panel(copy).type = 'graph'), /deprecated/],
    ['panels over each other', (copy) => (panel(copy).gridPos.y = 0), /lies over/],
    ['another uid', (copy) => (copy.uid = 'Trips'), /the uid/],
    ['a fixed data source', (copy) => (panel(copy).targets![0]!.datasource = { uid: 'abc' }), /is fixed/],
    ['a link to nowhere', (copy) => (copy['links'] = [{ url: '/d/fleet-nothing' }]), /leads nowhere/],
    ['a link with a wrong variable', (copy) => (copy['links'] = [{ url: '/d/fleet-trip?var-car=1' }]), /sets car/],
    ['a variable that is none', (copy) => (panel(copy).targets![0]!.query += '$' + '{car}'), /car is not declared/],
    ['an unknown field', (copy) => (panel(copy).targets![0]!.query += ' _field == "speed"'), /speed is no field/],
  ])('tell %s', (_, spoil, words) => {
    expect(faultsOf(dashboard, DASHBOARDS)).toEqual([]);

    expect(faultsOf(spoilt(dashboard, spoil), DASHBOARDS).join('\n')).toMatch(words);
  });

  const QUERY =
    'from(bucket: v.defaultBucket)\n |> range(start: v.timeRangeStart)\n |> filter(fn: (r) => r._measurement == "x")';
  test.each([
    ['raw events', QUERY, /without a bound/],
    ['no range', `${QUERY.replace('range(start', 'span(start')} |> last()`, /no range/],
    ['a join', `${QUERY} |> last() join.left(left: a, right: b)`, /where one side is empty/],
    ['a bucket by name', `${QUERY.replace('v.defaultBucket', '"telemetry"')} |> last()`, /by its name/],
    ['a column with a name of Grafana', `${QUERY} |> last() |> map(fn: (r) => r.bucket)`, /one of its own/],
  ])('tell %s', (_, query, words) => {
    expect(queryFaults(query).join('\n')).toMatch(words);
  });

  const rule = GROUPS.find(({ name }) => name === 'Vehicles')?.rules[0] as AlertRuleJson;
  test.each<[string, (copy: Mutable<AlertRuleJson>) => void, RegExp]>([
    ['a wrong condition', (copy) => (copy.condition = 'X'), /condition X/],
    ['a wrong input', (copy) => (copy.data[1]!.model['expression'] = 'X'), /X is none/],
    ['a wrong duration', (copy) => (copy['for'] = '1 sec'), /no duration/],
    ['a number in a message that nobody asks for', (copy) => (copy.data[3]!.refId = 'X'), /says LAT/],
    ['what silences a rule', (copy) => (copy.data[3]!.model['query'] = 'from()'), /where LAT has no rows/],
    ['alarms by parked cars', (copy) => (copy['noDataState'] = 'NoData'), /parked/],
    ['what provisioning expands', (copy) => (copy['annotations'] = { summary: '{{ $labels.vin }}' }), /dollar/],
  ])('tell %s', (_, spoil, words) => {
    expect(ruleFaults(spoilt(rule, spoil)).join('\n')).toMatch(words);
  });

  test.each([
    ['an unset address', { uid: 'a', type: 'email', settings: { addresses: '' } }, /no addresses/],
    ['a misspelt setting', { uid: 'a', type: 'email', settings: { addresses: 'a', adress: 'b' } }, /no setting/],
    ['an unknown kind', { uid: 'a', type: 'pigeon', settings: {} }, /unknown/],
    [
      'a wrong parse mode',
      { uid: 'a', type: 'telegram', settings: { bottoken: 'a', chatid: '1', parse_mode: 'x' } },
      /parse/,
    ],
  ])('tell %s', (_, receiver, words) => {
    expect(receiverFaults(receiver).join('\n')).toMatch(words);
  });

  test.each([
    ['an unknown contact point', { receiver: 'nobody' }, /no contact point/],
    ['a matcher of other languages', { receiver: 'a', object_matchers: [['x', '==', 'y']] }, /matcher/],
    ['all labels and more', { receiver: 'a', group_by: ['...', 'vin'] }, /beside/],
    ['an interval of nothing', { receiver: 'a', group_interval: '0s' }, /nothing/],
  ])('tell %s', (_, policy, words) => {
    expect(policyFaults(policy, ['a']).join('\n')).toMatch(words);
  });
});
