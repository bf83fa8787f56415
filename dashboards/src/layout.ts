/** Places panels on Grafana's grid: each at the first place, row by row, where it lies over no other. */
import type { GridPos, Panel } from '@grafana/grafana-foundation-sdk/dashboard';

const COLUMNS = 24;

/** The panels with their places, and the numbers that stand in their addresses. */
export function placed(panels: readonly Panel[]): Panel[] {
  const taken: GridPos[] = [];
  return panels.map((panel, index) => {
    const { w = COLUMNS, h = 8 } = panel.gridPos ?? {};
    const gridPos = firstPlace(w, h, taken);
    taken.push(gridPos);
    return { ...panel, id: index + 1, gridPos };
  });
}

function firstPlace(w: number, h: number, taken: readonly GridPos[]): GridPos {
  for (let y = 0; ; y++) {
    for (let x = 0; x + w <= COLUMNS; x++) {
      const place = { x, y, w, h };
      if (!taken.some((other) => isOver(place, other))) return place;
    }
  }
}

function isOver(a: GridPos, b: GridPos): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
