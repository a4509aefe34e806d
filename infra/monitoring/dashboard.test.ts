import { describe, expect, it } from 'vitest';
import { dashboard } from './dashboard.ts';
import { objectives } from './objectives.ts';

interface Tile {
  xPos?: number;
  yPos?: number;
  width: number;
  height: number;
  widget: { title: string };
}

const { columns, tiles } = dashboard().body.mosaicLayout as unknown as {
  columns: number;
  tiles: readonly Tile[];
};

describe('the dashboard', () => {
  it('has no two charts in one place, and none beside the page', () => {
    const taken = tiles.flatMap(({ xPos = 0, yPos = 0, width, height }) => {
      expect(xPos + width).toBeLessThanOrEqual(columns);
      return Array.from({ length: width * height }, (_, at) => {
        return `${xPos + (at % width)}:${yPos + Math.floor(at / width)}`;
      });
    });
    expect(new Set(taken).size).toBe(taken.length);
  });

  it('shows every service level, and what it is held to', () => {
    const titles = tiles.map(({ widget }) => widget.title);
    for (const { chart, target } of objectives) {
      expect(titles).toContain(`${chart.title} (${target})`);
    }
  });
});
