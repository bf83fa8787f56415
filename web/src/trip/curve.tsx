/** The curve of one signal. */
import { useEffect, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useDark, usePreferences } from '../shell/preferences.ts';
import { useText } from '../text/use-text.ts';
import { unitOfSignal } from '../units/convert.ts';
import { type Columns, curveOf, valueAt } from './columns.ts';
import { type Cursor, useCursorTime } from './cursor.ts';

const HEIGHT = 120;

/** The stretch of time that all curves of a trip show. */
export interface Stretch {
  readonly plots: Set<uPlot>;
  /** Seconds since 1970; null for the whole trip. */
  zoom: { readonly min: number; readonly max: number } | null;
  /** Told whenever it is another one. */
  readonly onZoom: (zoom: Stretch['zoom']) => void;
}

interface CurveProps {
  readonly signal: string;
  readonly columns: Columns;
  readonly cursor: Cursor;
  readonly stretch: Stretch;
  readonly timeZone: string | null;
}

export function Curve({ signal, columns, cursor, stretch, timeZone }: CurveProps) {
  const { label } = useText();
  const { units } = usePreferences();
  const unit = useMemo(() => unitOfSignal(units, signal), [units, signal]);
  const data = useMemo(() => {
    const [xs, ys] = curveOf(columns, signal);
    return [xs, ys.map((y) => (y === null ? null : unit.from(y)))] satisfies uPlot.AlignedData;
  }, [columns, signal, unit]);
  const place = usePlot(data, { columns, cursor, stretch, timeZone });
  return (
    <figure className="curve">
      <figcaption>
        <span>
          {label(signal)} {unit.label && <span className="soft">{unit.label}</span>}
        </span>
        <CurveValue signal={signal} columns={columns} cursor={cursor} />
      </figcaption>
      <div ref={place} className="plot" />
    </figure>
  );
}

function CurveValue({ signal, columns, cursor }: Pick<CurveProps, 'signal' | 'columns' | 'cursor'>) {
  const { t, format } = useText();
  const time = useCursorTime(cursor);
  if (time === null) return null;
  const value = valueAt(columns, signal, time);
  return <output className="number">{value === undefined ? t('trip.gap') : format.signal(signal, value)}</output>;
}

type PlotParts = Pick<CurveProps, 'columns' | 'cursor' | 'stretch' | 'timeZone'>;

function usePlot(data: uPlot.AlignedData, { columns, cursor, stretch, timeZone }: PlotParts) {
  const place = useRef<HTMLDivElement>(null);
  const dark = useDark();
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const plot = new uPlot(optionsFor(element, { columns, cursor, stretch, timeZone }), data, element);
    const follow = () => moveCursor(plot, cursor.time());
    const leave = cursor.subscribe(follow);
    const sized = new ResizeObserver(() => {
      const width = element.clientWidth;
      // It tells the size that there is at first, too: nothing need be drawn again.
      if (width !== plot.width) plot.setSize({ width, height: HEIGHT });
    });
    sized.observe(element);
    void dark;
    return () => {
      leave();
      sized.disconnect();
      stretch.plots.delete(plot);
      plot.destroy();
    };
  }, [data, columns, cursor, stretch, timeZone, dark]);
  return place;
}

function moveCursor(plot: uPlot, time: number | null): void {
  const left = time === null ? -10 : plot.valToPos(time / 1_000, 'x');
  plot.setCursor({ left, top: time === null ? -10 : 0 }, false);
}

function optionsFor(element: HTMLElement, { columns, cursor, stretch, timeZone }: PlotParts): uPlot.Options {
  const { ink, line, accent } = coloursIn(element);
  const axis: uPlot.Axis = {
    stroke: ink,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    ...(timeZone !== null && { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1_000), timeZone) }),
    cursor: { y: false, drag: { x: true, y: false }, points: { size: 8 } },
    scales: { x: { range: (plot, min, max) => wholeTrip(plot, columns, min, max) } },
    axes: [
      { ...axis, size: 24, space: 64, values: CLOCK },
      { ...axis, size: 48, space: 20 },
    ],
    series: [{}, { stroke: accent, width: 1.5, points: { show: false } }],
    hooks: {
      setCursor: [(plot) => tellCursor(plot, cursor)],
      setScale: [(plot, scale) => scale === 'x' && showStretch(plot, columns, stretch)],
      ready: [
        (plot) => {
          stretch.plots.add(plot);
          followFingers(plot, cursor);
          // What a plot is told before it has been drawn is forgotten.
          queueMicrotask(() => {
            if (stretch.zoom !== null) plot.setScale('x', stretch.zoom);
            moveCursor(plot, cursor.time());
          });
        },
      ],
    },
  };
}

/** A curve that is not zoomed shows the trip from its first event to its last, also where the signal has none. */
function wholeTrip({ data: [xs] }: uPlot, { times }: Columns, min: number, max: number): uPlot.Range.MinMax {
  const isWhole = min === xs[0] && max === xs.at(-1);
  return isWhole ? [(times[0] ?? 0) / 1_000, (times.at(-1) ?? 0) / 1_000] : [min, max];
}

/** Hours and minutes; seconds too where a stretch is short. */
const CLOCK: uPlot.Axis.Values = [
  [3_600, '{HH}:{mm}', null, null, null, null, null, null, 1],
  [60, '{HH}:{mm}', null, null, null, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1],
];

/** The colours of the page as they are now, `light-dark()` and all: a canvas does not know that. One look for them all. */
function coloursIn(element: HTMLElement): { readonly ink: string; readonly line: string; readonly accent: string } {
  const probe = document.createElement('i');
  probe.className = 'plot-colours';
  element.append(probe);
  const { color: ink, borderTopColor: line, outlineColor: accent } = getComputedStyle(probe);
  probe.remove();
  return { ink, line, accent };
}

/** The pointer on a curve moves the cursor; when it leaves, the cursor stays where it was. */
function tellCursor(plot: uPlot, cursor: Cursor): void {
  const { left } = plot.cursor;
  // Without an event it was moved by us, to follow the cursor.
  if (!plot.cursor.event || left === undefined || left < 0) return;
  const time = Math.round(plot.posToVal(left, 'x') * 1_000);
  if (Number.isFinite(time)) cursor.set(time);
}

function showStretch(plot: uPlot, { times }: Columns, stretch: Stretch): void {
  const { min, max } = plot.scales['x'] ?? {};
  // Before it is ready, a plot shows everything, whatever the others do.
  if (min === undefined || max === undefined || !stretch.plots.has(plot)) return;
  const isWhole = min <= (times[0] ?? 0) / 1_000 && max >= (times.at(-1) ?? 0) / 1_000;
  keepZoom(stretch, isWhole ? null : { min, max });
  for (const other of stretch.plots) {
    const scale = other.scales['x'];
    if (other !== plot && (scale?.min !== min || scale.max !== max)) other.setScale('x', { min, max });
  }
}

/** For plots that come later, and for the address. */
function keepZoom(stretch: Stretch, zoom: Stretch['zoom']): void {
  if (zoom?.min === stretch.zoom?.min && zoom?.max === stretch.zoom?.max) return;
  stretch.zoom = zoom;
  stretch.onZoom(zoom);
}

/** A finger that moves sideways on a curve moves the cursor; up and down it scrolls the page. */
function followFingers(plot: uPlot, cursor: Cursor): void {
  const follow = (event: TouchEvent) => {
    const touch = event.touches[0];
    if (touch === undefined) return;
    const left = touch.clientX - plot.over.getBoundingClientRect().left;
    cursor.set(Math.round(plot.posToVal(Math.min(Math.max(left, 0), plot.over.clientWidth), 'x') * 1_000));
  };
  plot.over.addEventListener('touchstart', follow, { passive: true });
  plot.over.addEventListener('touchmove', follow, { passive: true });
}
