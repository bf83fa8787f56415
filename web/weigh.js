/**
 * How much script parts of React Aria would be, gzipped, with its words in English and German only: what docs/web.md says
 * of lists and dates. Beyond what dialogs take already, and without React.
 */
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const DIALOG = ['Overlay', 'useDialog', 'useModalOverlay'];
const POPOVER = ['usePopover', 'useButton', 'DismissButton'];
const LIST = [...POPOVER, 'useSelect', 'HiddenSelect', 'useListBox', 'useOption'];
const FIELD = ['useDateField', 'useDateSegment', 'I18nProvider'];
const CALENDAR = [...POPOVER, ...FIELD, 'useDatePicker', 'useCalendar', 'useCalendarGrid', 'useCalendarCell'];

/** Hooks by name, and the states that they need. */
const PARTS = {
  dialog: [DIALOG, []],
  'list of choices': [LIST, ['useSelectState', 'Item']],
  'field for a date': [FIELD, ['useDateFieldState']],
  'field and calendar': [CALENDAR, ['useDatePickerState', 'useDateFieldState', 'useCalendarState']],
  'lists and dates': [
    [...LIST, ...CALENDAR],
    ['useSelectState', 'Item', 'useDatePickerState', 'useDateFieldState', 'useCalendarState'],
  ],
};

const ENTRY = 'weighed';
const OTHER_LANGUAGES = /[/\\]intl[/\\].*[/\\](?!en-US|de-DE)[a-z]{2}-[A-Z]{2}\.\w+$/;

function entryOf([hooks, states]) {
  const lines = [`export { ${[...new Set([...DIALOG, ...hooks])].join(', ')} } from 'react-aria';`];
  if (states.length > 0) lines.push(`export { ${states.join(', ')} } from 'react-stately';`);
  return {
    name: ENTRY,
    resolveId: (id) => (id === ENTRY ? `${import.meta.dirname}/${ENTRY}.js` : undefined),
    load: (id) => (id.endsWith(`/${ENTRY}.js`) ? lines.join('\n') : undefined),
    transform: (_, id) => (OTHER_LANGUAGES.test(id) ? 'export default {}' : undefined),
  };
}

async function weigh(part) {
  const { output } = await build({
    configFile: false,
    mode: 'production',
    root: import.meta.dirname,
    logLevel: 'error',
    plugins: [entryOf(part)],
    build: {
      write: false,
      target: 'es2022',
      rollupOptions: {
        input: ENTRY,
        preserveEntrySignatures: 'strict',
        external: ['react', 'react-dom', 'react/jsx-runtime'],
      },
    },
  });
  const code = output.map((chunk) => chunk.code ?? '').join('');
  return gzipSync(code, { level: 9 }).length;
}

const dialog = await weigh(PARTS.dialog);
for (const [name, part] of Object.entries(PARTS)) {
  const more = name === 'dialog' ? '' : ` and ${((await weigh(part)) - dialog) / 1_000} KB for it`;
  process.stdout.write(`${name}: ${dialog / 1_000} KB${more}\n`);
}
