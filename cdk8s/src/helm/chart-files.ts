/** Every file of a chart, as Helm wants them on a disk. */
import { emit, emitLines } from './emit.ts';
import { type Definition, Expr, type Place } from './expression.ts';
import type { HelmChart } from './helm-chart.ts';
import { Manifest } from './manifest.ts';
import { inlineOf } from './text.ts';
import { valuesSchema } from './values-schema.ts';
import { valuesYaml } from './values-yaml.ts';
import { yamlLines } from './yaml.ts';

/** A file, by its path in the chart. */
export interface ChartFile {
  readonly path: string;
  readonly text: string;
}

/** What every generated file says first. */
const GENERATED = 'Made from cdk8s/src by `npm run generate`: change it there.';

/** The files of a chart and of its subcharts. */
export function chartFiles(chart: HelmChart): ChartFile[] {
  const { info, values } = chart;
  const subcharts = chart.subcharts.flatMap((subchart) =>
    chartFiles(subchart).map(({ path, text }) => ({ path: `charts/${subchart.info.name}/${path}`, text })),
  );
  const files = [...chart.files].map(([path, text]) => ({ path, text }));
  return [
    { path: 'Chart.yaml', text: linesText([`# ${GENERATED}`, ...yamlLines(chartYaml(chart))]) },
    { path: 'values.yaml', text: linesText([`# ${GENERATED}`, `# ${info.description}`, '', ...valuesYaml(values)]) },
    { path: 'values.schema.json', text: `${JSON.stringify(valuesSchema(values), null, 2)}\n` },
    ...templates(chart),
    ...files,
    ...subcharts,
  ];
}

function chartYaml({ info, subcharts }: HelmChart): object {
  const { name, description, version, appVersion, more } = info;
  const dependencies = subcharts.map(({ info: sub }) => ({
    name: sub.name,
    version: sub.version,
    condition: `${sub.name}.enabled`,
  }));
  return {
    apiVersion: 'v2',
    name,
    description,
    type: 'application',
    version,
    appVersion,
    ...more,
    ...(dependencies.length > 0 && { dependencies }),
  };
}

function templates(chart: HelmChart): ChartFile[] {
  const used = new Map<string, Definition>();
  const place: Place = { root: '.', uses: (definition) => use(definition, used, place) };
  const byFile = new Map<string, string[][]>();
  for (const manifest of manifestsOf(chart)) {
    const file = manifest.options.file ?? manifest.node.id;
    byFile.set(file, [...(byFile.get(file) ?? []), document(manifest, place)]);
  }
  const manifests = [...byFile].map(([file, documents]) => ({
    path: `templates/${file}.yaml`,
    text: linesText([`{{- /* ${GENERATED} */ -}}`, ...documents.flatMap(joined)]),
  }));
  const notes =
    chart.notes === undefined ? [] : [{ path: 'templates/NOTES.txt', lines: emitLines(chart.notes, place, 0) }];
  const guards = chart.guards.length === 0 ? [] : [{ path: 'templates/guards.yaml', lines: guardLines(chart, place) }];
  const texts = [...notes, ...guards].map(({ path, lines }) => ({ path, text: linesText(lines) }));
  const helpers = { path: 'templates/_helpers.tpl', text: definitionsText([...used.values()], place) };
  return [...manifests, ...texts, ...(used.size > 0 ? [helpers] : [])];
}

function manifestsOf(chart: HelmChart): Manifest[] {
  const inner = chart.node.children.filter((child) => !chart.subcharts.includes(child as HelmChart));
  return inner.flatMap((child) => child.node.findAll()).filter((node): node is Manifest => node instanceof Manifest);
}

/** Takes a named template in after those that it uses itself. */
function use(definition: Definition, used: Map<string, Definition>, place: Place): void {
  if (used.has(definition.name)) return;
  bodyLines(definition, place);
  used.set(definition.name, definition);
}

function document({ template, options }: Manifest, place: Place): string[] {
  const { comment, each, when } = options;
  const comments = comment === undefined ? [] : [`{{- /* ${comment} */}}`];
  const lines =
    each === undefined ? [...comments, ...emit(template, place)] : [...comments, ...loop(each, template, place)];
  return when === undefined ? lines : [`{{- if ${when.go(place)} }}`, ...lines, '{{- end }}'];
}

/** A document for each item of a list. */
function loop({ list, local }: NonNullable<Manifest['options']['each']>, template: object, place: Place): string[] {
  return [
    `{{- range $${local} := ${list.go(place)} }}`,
    '---',
    ...emit(template, { ...place, root: '$' }),
    '{{- end }}',
  ];
}

function joined(lines: readonly string[], index: number): readonly string[] {
  return index === 0 ? lines : ['---', ...lines];
}

function guardLines({ guards }: HelmChart, place: Place): string[] {
  const lines = guards.flatMap(({ unless, message }) => [
    `{{- if not ${unless.operand(place)} }}`,
    `{{- fail ${JSON.stringify(message)} }}`,
    '{{- end }}',
  ]);
  return [`{{- /* ${GENERATED} */ -}}`, ...lines];
}

function definitionsText(definitions: readonly Definition[], place: Place): string {
  const texts = definitions.map((definition) =>
    linesText([`{{- define ${JSON.stringify(definition.name)} -}}`, ...bodyLines(definition, place), '{{- end }}']),
  );
  return [`{{- /* ${GENERATED} */ -}}\n`, ...texts].join('\n');
}

function bodyLines({ body }: Definition, place: Place): string[] {
  return body instanceof Expr ? [inlineOf(body, place)] : emit(body, place);
}

function linesText(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
