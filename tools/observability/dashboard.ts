import { type Panel, ROWS, type Row } from './panels.ts';

const COLUMNS = 24;
const PANEL_WIDTH = 6;
const PANEL_HEIGHT = 8;
const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const;

type GridPos = { readonly x: number; readonly y: number; readonly w: number; readonly h: number };

const REFS = 'ABCDEFGH';

const target = ({ expr, legend }: Panel['queries'][number], index: number) => ({
  refId: REFS[index],
  datasource: DATASOURCE,
  editorMode: 'code',
  expr,
  legendFormat: legend,
  range: true,
});

const custom = ({ stacked = false }: Panel) => ({
  drawStyle: 'line',
  lineInterpolation: 'linear',
  fillOpacity: stacked ? 20 : 0,
  showPoints: 'never',
  stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
});

const toGrafana = (panel: Panel, id: number, gridPos: GridPos) => {
  const { title, help, unit, kind = 'timeseries', queries } = panel;
  const isStat = kind === 'stat';
  return {
    id,
    type: kind,
    title,
    description: help,
    datasource: DATASOURCE,
    gridPos,
    targets: queries.map(target),
    fieldConfig: { defaults: { unit, min: 0, ...(isStat ? {} : { custom: custom(panel) }) }, overrides: [] },
    options: isStat
      ? { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'value', graphMode: 'area' }
      : {
          legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
          tooltip: { mode: 'multi', sort: 'desc' },
        },
  };
};

const rowHeight = ({ panels }: Row): number => 1 + Math.ceil(panels.length / (COLUMNS / PANEL_WIDTH)) * PANEL_HEIGHT;

const place = (index: number, y: number): GridPos => {
  const perLine = COLUMNS / PANEL_WIDTH;
  const line = Math.floor(index / perLine);
  return { x: (index % perLine) * PANEL_WIDTH, y: y + 1 + line * PANEL_HEIGHT, w: PANEL_WIDTH, h: PANEL_HEIGHT };
};

const rowOf = (row: Row, index: number) => {
  const y = ROWS.slice(0, index).reduce((sum, before) => sum + rowHeight(before), 0);
  const firstId = (index + 1) * 100;
  const title = {
    id: firstId,
    type: 'row',
    title: row.title,
    collapsed: false,
    panels: [],
    gridPos: { x: 0, y, w: COLUMNS, h: 1 },
  };
  return [title, ...row.panels.map((panel, at) => toGrafana(panel, firstId + at + 1, place(at, y)))];
};

const DATASOURCE_VARIABLE = {
  name: 'datasource',
  type: 'datasource',
  label: 'Prometheus',
  query: 'prometheus',
  current: {},
  hide: 0,
  includeAll: false,
  multi: false,
  options: [],
  refresh: 1,
  regex: '',
};

/** The dashboard as Grafana imports it: its JSON model, schema version 39 (Grafana 11 and later; older ones than 10 do not). */
export const dashboard = () => ({
  uid: 'userferry',
  title: 'Userferry',
  tags: ['userferry'],
  schemaVersion: 39,
  version: 1,
  editable: true,
  graphTooltip: 1,
  timezone: 'browser',
  time: { from: 'now-6h', to: 'now' },
  refresh: '30s',
  annotations: { list: [] },
  links: [],
  templating: { list: [DATASOURCE_VARIABLE] },
  panels: ROWS.flatMap(rowOf),
});

/** The text of `deploy/grafana/userferry.json`. */
export const dashboardText = (): string => `${JSON.stringify(dashboard(), null, 2)}\n`;
