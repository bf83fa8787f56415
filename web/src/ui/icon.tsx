/** Line icons, drawn for this page; 24 by 24. */

const ICONS = {
  live: 'M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21Z M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  trips:
    'M6 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z M18 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z M8 17h7a3.5 3.5 0 0 0 0-7H9a3.5 3.5 0 0 1 0-7h7',
  vehicles:
    'M5 16v3 M19 16v3 M4 16v-4l2-5.5A2 2 0 0 1 7.9 5h8.2A2 2 0 0 1 18 6.5L20 12v4Z M4 12h16 M7.5 14h.1 M16.5 14h.1',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z M2.5 20a6.5 6.5 0 0 1 13 0 M16 4.5a3.5 3.5 0 0 1 0 6 M18 14.5a6.5 6.5 0 0 1 3.5 5.5',
  settings:
    'M4 7h9 M17 7h3 M4 17h3 M11 17h9 M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z M9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  close: 'M6 6l12 12 M18 6L6 18',
  back: 'M15 5l-7 7 7 7',
  edit: 'M4 20l1-4L16 5l3 3L8 19Z',
  trash: 'M4 7h16 M9 7V4h6v3 M6 7l1 13h10l1-13 M10 11v5 M14 11v5',
  share: 'M12 15V4 M8 7.5 12 3.5l4 4 M5 12v8h14v-8',
  download: 'M12 4v11 M8 11.5l4 4 4-4 M5 20h14',
  plus: 'M12 5v14 M5 12h14',
  warning: 'M12 4 2.5 20h19Z M12 10v4 M12 17h.1',
} as const;

export type IconName = keyof typeof ICONS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}
