import type { Panel } from './chart.ts';
import { type Row, sizes } from './compared.ts';
import type { Growth } from './growth.ts';
import type { Sample } from './measure.ts';
import { grouped } from './table.ts';

/** The chart of a run: what servers cost by size, and how the cost of ours grows. */
export function createPanels(rows: readonly Row[], growths: readonly Growth[]): readonly Panel[] {
  const creates = rows.filter(({ review }) => review === 'CREATE');
  const names = creates[0]?.results.map(({ target }) => target.name) ?? [];
  const servers = {
    title: 'All servers, by addresses',
    steps: sizes.map(grouped),
    unit: 'CPU µs a request',
    lines: names.map((name, i) => ({ name, values: creates.map(({ results }) => results[i]?.medians.cpu ?? 0) })),
  };
  return [servers, ...growths.map(growthPanel)];
}

function growthPanel({ of, steps }: Growth): Panel {
  const byConnections = of === 'connections';
  const key: keyof Sample = byConnections ? 'p99' : 'cpu';
  return {
    title: `By ${of}`,
    steps: steps.map(({ count }) => grouped(count)),
    unit: byConnections ? 'p99 ms' : 'CPU µs a request',
    lines: ['baseline', 'endpoints-webhook'].map((name, i) => ({
      name,
      values: steps.map(({ results }) => results[i]?.medians[key] ?? 0),
    })),
  };
}
