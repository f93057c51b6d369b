import { type Panel, type Query, type Row, rows } from './dashboard-rows.ts';

/** The Grafana dashboard of the chart, as JSON. */
export function dashboard(): string {
  const panels = layOut(rows());
  return `${JSON.stringify({ ...head, panels }, undefined, 2)}\n`;
}

const datasource = { type: 'prometheus', uid: '$datasource' };

/** A variable whose values are those of a label; all of them at first, also where a series has no such label. */
function labelVariable(name: string, label: string, series: string) {
  const query = `label_values(${series}, ${label})`;
  return {
    ...{ name, label, type: 'query', datasource, refresh: 2, sort: 1, multi: true, includeAll: true, allValue: '.*' },
    ...{ query: { query, refId: name }, definition: query },
    current: { selected: true, text: ['All'], value: ['$__all'] },
  };
}

const head = {
  uid: 'endpoints-webhook',
  title: 'endpoints-webhook',
  description: 'What is refused, how fast, and whether the guard works.',
  tags: ['endpoints-webhook', 'kubernetes', 'admission'],
  editable: true,
  graphTooltip: 1,
  refresh: '30s',
  schemaVersion: 39,
  annotations: { list: [] },
  time: { from: 'now-6h', to: 'now' },
  templating: {
    list: [
      { name: 'datasource', label: 'datasource', type: 'datasource', query: 'prometheus', refresh: 1 },
      labelVariable('namespace', 'namespace', 'endpoints_webhook_build_info'),
      labelVariable('job', 'job', 'endpoints_webhook_build_info{namespace=~"$namespace"}'),
    ],
  },
};

/** Columns of Grafana's grid. */
const gridWidth = 24;

/** One row below the other; in each, panels from left to right, and on to a new line. */
function layOut(all: readonly Row[]): readonly object[] {
  let id = 0;
  let y = 0;
  return all.flatMap(({ title, panels }) => {
    const heading = {
      id: ++id,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y: y++, w: gridWidth, h: 1 },
      panels: [],
    };
    let x = 0;
    let line = 0;
    const laid = panels.map((panel) => {
      const [w, h] = [panel.width ?? 8, panel.type === 'stat' ? 4 : 8];
      if (x + w > gridWidth) [x, y, line] = [0, y + line, 0];
      const gridPos = { x, y, w, h };
      [x, line] = [x + w, Math.max(line, h)];
      return { id: ++id, gridPos, ...panelOf(panel) };
    });
    y += line;
    return [heading, ...laid];
  });
}

function panelOf({ type = 'timeseries', title, says, unit = 'short', colours, queries }: Panel) {
  const custom = { fillOpacity: 10, showPoints: 'never', spanNulls: false };
  return {
    ...{ type, title, ...(says !== undefined && { description: says }), datasource },
    targets: queries.map((query, i) => targetOf(query, String.fromCharCode(65 + i), type)),
    fieldConfig: {
      defaults: {
        ...{ unit, min: 0, noValue: '–', ...(type === 'timeseries' && { custom }) },
        ...(colours ? { color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps: colours } } : {}),
      },
      overrides: [],
    },
    options: options[type],
    ...(type === 'table' && {
      transformations: [
        { id: 'labelsToFields', options: { mode: 'columns' } },
        { id: 'merge', options: {} },
      ],
    }),
  };
}

const options = {
  timeseries: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  stat: {
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    ...{ colorMode: 'value', graphMode: 'area', textMode: 'auto', justifyMode: 'auto', orientation: 'auto' },
    ...{ wideLayout: true, showPercentChange: false, percentChangeColorMode: 'standard' },
  },
  table: { showHeader: true, frameIndex: 0 },
} as const;

function targetOf({ expr, legend }: Query, refId: string, type: Panel['type']) {
  const now = type === 'table' ? { instant: true, range: false, format: 'table' } : { range: true };
  return { refId, datasource, expr, legendFormat: legend, ...now };
}
