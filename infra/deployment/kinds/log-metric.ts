import { type Kind, NestedBlocks } from '../kind.ts';
import type { LogMetric } from '../resource.ts';
import { byLastName, gcloud, isWanted, rowsOf, textAt } from './found.ts';
import { unlike } from './like.ts';
import { terraformLabel, terraformTypes } from './terraform-names.ts';

/** What every description of ours begins with. */
const beginning = 'Drover: ';

/** Log-based metrics. They carry no labels of their own: ours are known by how their names and descriptions begin. */
export const logMetricKind: Kind<LogMetric> = {
  list: () => [gcloud(['logging', 'metrics', 'list'])],
  read: (_, wanted, [answer]) => {
    const isOurs = isWanted(wanted);
    return byLastName(
      rowsOf(answer),
      (id, row) =>
        isOurs(id) ||
        (id.startsWith('drover-') && textAt(row, 'description').startsWith(beginning)),
    );
  },
  compare: (_, metric, found) => unlike(configuration(metric), found),
  create: (_, metric) => [
    gcloud(['logging', 'metrics', 'create', metric.id], {
      '--config-from-file': JSON.stringify(configuration(metric)),
    }),
  ],
  // Whether it counts or measures stays as it is for good (Logging API, `LogMetric.metricDescriptor`).
  update: (_, metric, found) =>
    textAt(found, 'metricDescriptor', 'valueType') === valueType(metric)
      ? [
          gcloud(['logging', 'metrics', 'update', metric.id], {
            '--config-from-file': JSON.stringify(configuration(metric)),
          }),
        ]
      : undefined,
  remove: (_, id) => [gcloud(['logging', 'metrics', 'delete', id])],
  terraform: ({ project }, metric) => {
    const { id, why, filter, labels, measures } = metric;
    return [
      {
        type: terraformTypes['log-metric'],
        label: terraformLabel(id),
        body: {
          project,
          name: id,
          description: `${beginning}${why}`,
          filter,
          label_extractors: extractors(labels),
          ...(measures && { value_extractor: extract(measures.field) }),
          metric_descriptor: new NestedBlocks({
            metric_kind: 'DELTA',
            value_type: valueType(metric),
            unit: measures?.unit ?? '1',
            labels: new NestedBlocks(
              ...Object.keys(labels).map((key) => ({ key, value_type: 'STRING' })),
            ),
          }),
          ...(measures && {
            bucket_options: new NestedBlocks({
              explicit_buckets: new NestedBlocks({ bounds: measures.bounds }),
            }),
          }),
        },
      },
    ];
  },
};

/** A metric as the Logging API has it (`LogMetric`). */
function configuration(metric: LogMetric) {
  const { why, filter, labels, measures } = metric;
  return {
    description: `${beginning}${why}`,
    filter,
    metricDescriptor: {
      metricKind: 'DELTA',
      valueType: valueType(metric),
      unit: measures?.unit ?? '1',
      labels: Object.keys(labels).map((key) => ({ key })),
    },
    labelExtractors: extractors(labels),
    ...(measures && {
      valueExtractor: extract(measures.field),
      bucketOptions: { explicitBuckets: { bounds: measures.bounds } },
    }),
  };
}

function valueType({ measures }: LogMetric): string {
  return measures ? 'DISTRIBUTION' : 'INT64';
}

function extractors(labels: LogMetric['labels']): { [label: string]: string } {
  return Object.fromEntries(
    Object.entries(labels).map(([label, field]) => [label, extract(field)]),
  );
}

function extract(field: string): string {
  return `EXTRACT(${field})`;
}
