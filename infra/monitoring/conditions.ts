import type { AlertPolicy } from '../deployment/resource.ts';
import { aggregation, type Series } from './series.ts';

type Condition = AlertPolicy['conditions'][number];

/**
 * Met where a series is above a limit.
 *
 * @param per Seconds of which each point is made.
 * @param lasting Seconds for which it has to stay above it. Default: a single point does.
 */
export function above(
  title: string,
  limit: number,
  series: Series,
  { per, lasting = 0 }: { per: number; lasting?: number },
): Condition {
  return {
    displayName: title,
    conditionThreshold: {
      filter: series.filter,
      aggregations: [aggregation(series, per)],
      comparison: 'COMPARISON_GT',
      thresholdValue: limit,
      duration: `${lasting}s`,
      trigger: { count: 1 },
    },
  };
}

/** Met where a series that had points has none for so many seconds. */
export function absent(title: string, series: Series, seconds: number): Condition {
  return {
    displayName: title,
    conditionAbsent: {
      filter: series.filter,
      aggregations: [aggregation(series, 60)],
      duration: `${seconds}s`,
      trigger: { count: 1 },
    },
  };
}

/** Met where a query of Prometheus' language answers anything for so many seconds. */
export function answered(title: string, query: string, seconds: number): Condition {
  return {
    displayName: title,
    conditionPrometheusQueryLanguage: {
      query,
      duration: `${seconds}s`,
      evaluationInterval: '60s',
      // Nobody has used a quota yet in a project that is new: the metric comes with the first use.
      disableMetricValidation: true,
    },
  };
}
