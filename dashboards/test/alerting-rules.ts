/** What Grafana's alerting refuses in provisioning files, and what would go wrong there without a word. */
import type { Json } from './rules.ts';

/** Settings of each kind of receiver: a misspelt one is ignored in silence. */
const SETTINGS: Readonly<Record<string, { readonly needs: readonly string[]; readonly may: readonly string[] }>> = {
  telegram: { needs: ['bottoken', 'chatid'], may: ['message', 'parse_mode', 'disable_web_page_preview'] },
  email: { needs: ['addresses'], may: ['singleEmail', 'subject', 'message'] },
  webhook: {
    needs: ['url'],
    may: [
      'httpMethod',
      'title',
      'message',
      'authorization_scheme',
      'authorization_credentials',
      'username',
      'password',
    ],
  },
};
const PARSE_MODES = ['Markdown', 'MarkdownV2', 'HTML', 'None'];
/** As Prometheus writes durations. */
const DURATION = /^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/;
const MATCHERS = ['=', '!=', '=~', '!~'];

export interface AlertRuleJson extends Json {
  readonly uid: string;
  readonly title: string;
  readonly condition: string;
  readonly data: readonly { readonly refId: string; readonly model: Json }[];
}

/** A rule of the file of rules. */
export function ruleFaults(rule: AlertRuleJson): string[] {
  const refIds = rule.data.map(({ refId }) => refId);
  const inputs = rule.data.map(({ model }) => model['expression']).filter((input) => input !== undefined);
  const texts = JSON.stringify([rule['annotations'], rule['labels']]);
  const said = [...texts.matchAll(/\.Values\.(\w+)/g)].map(([, refId = '']) => refId);
  const beside = rule.data.filter(({ refId, model }) => model['query'] !== undefined && !inputs.includes(refId));
  return [
    ...(/^[\w-]{1,40}$/.test(rule.uid) ? [] : ['a uid that Grafana does not take']),
    ...(rule.title ? [] : ['no title']),
    ...(refIds.includes(rule.condition) ? [] : [`the condition ${rule.condition} is none of its queries`]),
    ...inputs.filter((input) => !refIds.includes(`${input}`)).map((input) => `${input} is none of its queries`),
    ...said.filter((refId) => !refIds.includes(refId)).map((refId) => `the message says ${refId}, which is none`),
    ...beside
      .filter(({ model }) => !`${model['query']}`.includes('array.from('))
      .map(({ refId }) => `where ${refId} has no rows the whole rule has none`),
    ...(texts.replaceAll('$$', '').includes('$') ? ['a dollar sign that provisioning expands'] : []),
    ...durationFaults(rule, ['for', 'keepFiringFor']),
    ...(rule['noDataState'] === 'OK' ? [] : ['a parked car would be an alarm']),
  ];
}

/** A group of rules. */
export function groupFaults(group: Json): string[] {
  const missing = ['name', 'folder', 'interval'].filter((name) => !group[name]);
  return [...missing.map((name) => `no ${name}`), ...durationFaults(group, ['interval'])];
}

/** A receiver of a contact point. */
export function receiverFaults({ uid, type, settings }: Json): string[] {
  const known = SETTINGS[`${type}`];
  if (known === undefined) return [`the kind ${type} is unknown`];
  const given = settings as Json;
  const { needs, may } = known;
  return [
    ...(uid ? [] : ['no uid']),
    ...needs.filter((name) => !given[name]).map((name) => `no ${name}`),
    ...Object.keys(given)
      .filter((name) => !needs.includes(name) && !may.includes(name))
      .map((name) => `${name} is no setting`),
    ...(given['parse_mode'] === undefined || PARSE_MODES.includes(`${given['parse_mode']}`) ? [] : ['parse_mode']),
    ...(given['username'] && given['authorization_credentials'] ? ['two ways to sign in'] : []),
    ...Object.entries(given)
      .filter(([name, text]) => ['message', 'title', 'subject'].includes(name) && `${text}`.includes('$'))
      .map(([name]) => `a dollar sign in ${name} that provisioning expands`),
  ];
}

/** A policy and those below it. */
export function policyFaults(policy: Json, contactPoints: readonly string[]): string[] {
  const matchers = (policy['object_matchers'] ?? []) as string[][];
  const groupBy = (policy['group_by'] ?? []) as string[];
  const routes = (policy['routes'] ?? []) as Json[];
  return [
    ...(contactPoints.includes(`${policy['receiver']}`) ? [] : [`there is no contact point ${policy['receiver']}`]),
    ...matchers
      .filter(([, operator]) => !MATCHERS.includes(operator ?? ''))
      .map((each) => `the matcher ${each.join(' ')}`),
    ...(groupBy.includes('...') && groupBy.length > 1 ? ["'...' beside other labels"] : []),
    ...durationFaults(policy, ['group_wait', 'group_interval', 'repeat_interval']),
    ...(policy['group_interval'] === '0s' ? ['group_interval is nothing'] : []),
    ...routes.flatMap((route) => policyFaults(route, contactPoints)),
  ];
}

function durationFaults(value: Json, names: readonly string[]): string[] {
  return names
    .filter((name) => value[name] !== undefined && !(DURATION.test(`${value[name]}`) && value[name] !== ''))
    .map((name) => `${name} ${value[name]} is no duration`);
}
