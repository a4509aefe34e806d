import type { ApiJson, Dashboard } from '../deployment/resource.ts';
import { objectives } from './objectives.ts';
import { aggregation, counted, measured, type Series, subscriptions } from './series.ts';

/** Columns of the page, and of one chart. */
const columns = 12;
const width = 4;
const height = 4;

interface Chart {
  title: string;
  unit: string;
  series: readonly Series[];
}

/** What is charted beside the service levels. */
const charts: readonly Chart[] = [
  {
    title: 'Ended runs, by agent',
    unit: 'a minute',
    series: [counted('drover-runs-ended', 'metric.label.agent')],
  },
  {
    title: 'Oldest waiting run, by agent',
    unit: 's',
    series: [measured('drover-queue-age', 99, 'metric.label.agent')],
  },
  {
    title: 'Errors, by function',
    unit: 'a minute',
    series: [counted('drover-errors', 'resource.label.service_name')],
  },
  {
    title: 'What the sweep found: stuck runs, overdue locks, left secrets',
    unit: 'a minute',
    series: [
      counted('drover-stuck-runs'),
      counted('drover-overdue-locks'),
      counted('drover-leaked-secrets'),
    ],
  },
  {
    title:
      'Held: budgets that are spent, agents that paused themselves, launches refused for a quota',
    unit: 'a minute',
    series: [
      counted('drover-budget-spent', 'metric.label.agent'),
      counted('drover-agents-paused', 'metric.label.agent'),
      counted('drover-quota-refusals'),
    ],
  },
  {
    title: 'Messages that wait, by subscription',
    unit: 'messages',
    series: [subscriptions('num_undelivered_messages', 'drover-.*')],
  },
];

/** One page: open incidents, the service levels, and what goes on beside them. */
export function dashboard(): Pick<Dashboard, 'title' | 'body'> {
  const widgets = [...objectives.map(chartOf), ...charts].map(widget);
  const incidents = {
    width: columns,
    height,
    widget: { title: 'Open incidents', incidentList: {} },
  };
  const tiles = widgets.map((each, at) => ({
    xPos: (at * width) % columns,
    yPos: height + Math.floor((at * width) / columns) * height,
    width,
    height,
    widget: each,
  }));
  return {
    title: 'Drover',
    body: { mosaicLayout: { columns, tiles: [incidents, ...tiles] } },
  };
}

/** A chart that says in its title what it is held to. */
function chartOf({ target, chart }: (typeof objectives)[number]): Chart {
  return { ...chart, title: `${chart.title} (${target})` };
}

/** A chart as the Dashboards API has it (`Widget`). */
function widget({ title, unit, series }: Chart): { readonly [field: string]: ApiJson } {
  return {
    title,
    xyChart: {
      dataSets: series.map((each) => ({
        plotType: 'LINE',
        timeSeriesQuery: {
          timeSeriesFilter: { filter: each.filter, aggregation: aggregation(each, 60) },
        },
      })),
      yAxis: { label: unit, scale: 'LINEAR' },
    },
  };
}
