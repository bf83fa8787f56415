/** values.yaml: every value with its default, and what it does. */
import { Group, type Spec } from './values.ts';
import { yamlLines } from './yaml.ts';

const WIDTH = 120;

/** The lines of values.yaml, from a column on. */
export function valuesYaml(spec: Spec, column = 0): string[] {
  const pad = ' '.repeat(column);
  return Object.entries(spec).flatMap(([key, value], index) => {
    const isGroup = value instanceof Group;
    const gap = column === 0 && index > 0 ? [''] : [];
    const comment = wrapped(isGroup ? value.doc : `-- ${value.doc}`, WIDTH - column - 2).map((one) => `${pad}# ${one}`);
    const lines = isGroup
      ? [`${pad}${key}:`, ...valuesYaml(value.spec, column + 2)]
      : yamlLines({ [key]: value.default }, column);
    return [...gap, ...comment, ...lines];
  });
}

/** A text in lines of a width. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const one of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + one.length + 1 > width) lines.push(one);
    else lines[lines.length - 1] = `${last} ${one}`;
  }
  return lines;
}
