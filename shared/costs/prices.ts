/**
 * What Google asks for what Drover uses, in US dollars, without free tiers and discounts. Prices are those of the pages that are named,
 * as they were on {@link pricesOf}. Whoever changes one changes the date, and runs `npm run costs`.
 */

/** The day on which the prices below were read. */
export const pricesOf = '2026-09-30';

/** Regions of Cloud Run have one of two prices. */
export type Tier = 1 | 2;

/** Regions of Tier 1 (https://cloud.google.com/run/pricing, "Pricing for regions in Tier 1"). All others are of Tier 2. */
const tierOne: ReadonlySet<string> = new Set([
  'asia-east1',
  'asia-northeast1',
  'asia-northeast2',
  'asia-south1',
  'europe-north1',
  'europe-north2',
  'europe-southwest1',
  'europe-west1',
  'europe-west4',
  'europe-west8',
  'europe-west9',
  'me-west1',
  'us-central1',
  'us-east1',
  'us-east4',
  'us-east5',
  'us-south1',
  'us-west1',
]);

/** How Google spells regions. */
const regionName = /^[a-z]+-[a-z]+\d{1,2}$/;

/** What a region costs. What is none of Google's, as where the local cloud is, counts as the cheaper. */
export function tierOf(region: string | undefined): Tier {
  return region === undefined || tierOne.has(region) || !regionName.test(region) ? 1 : 2;
}

/** A second of one CPU and of one GiB of memory. */
interface Instance {
  cpu: number;
  memory: number;
}

/**
 * Jobs, which are billed for as long as their container lives (https://cloud.google.com/run/pricing, "Services (instance-based billing), jobs
 * and worker pools").
 */
export const jobSecond: { readonly [tier in Tier]: Instance } = {
  1: { cpu: 0.000_018, memory: 0.000_002 },
  2: { cpu: 0.000_025_2, memory: 0.000_002_8 },
};

/**
 * A task of a job is billed for each 100 ms that was begun, and is said to be billed for a minute at least (the same page). No bill has
 * shown the latter to us: it makes short runs look dearer than they may be, never cheaper.
 */
export const shortestTaskSeconds = 60;
export const taskStepSeconds = 0.1;

/** Functions, which are billed while a request is worked on (the same page, "Services (request-based billing)"). */
export const functionSecond: { readonly [tier in Tier]: Instance } = {
  1: { cpu: 0.000_024, memory: 0.000_002_5 },
  2: { cpu: 0.000_033_6, memory: 0.000_003_5 },
};

/** Prices of one, wherever it is asked for. */
export const prices = {
  /** A request of a function (Cloud Run, the same page: $0.40 a million). */
  request: 0.4 / 1e6,
  /** A document read, written or deleted (https://cloud.google.com/firestore/pricing, europe-west1; locations differ by up to a factor of two). */
  read: 0.033 / 1e5,
  write: 0.099 / 1e5,
  remove: 0.011 / 1e5,
  /** A call of Cloud Tasks or an attempt to deliver, each 32 KiB (https://cloud.google.com/tasks/pricing: $0.40 a million). */
  task: 0.4 / 1e6,
  /** A version of a secret for a second, of $0.06 a month of 30 days (https://cloud.google.com/secret-manager/pricing). */
  secretSecond: 0.06 / (30 * 86_400),
  /** A version of a secret that is read (the same page: $0.03 for 10,000). */
  secretAccess: 0.03 / 1e4,
  /** A byte that is published or delivered; each message counts as a kilobyte at least (https://cloud.google.com/pubsub/pricing: $40 a TiB). */
  messageByte: 40 / 1_024 ** 4,
  /** A byte of Cloud Logging (https://cloud.google.com/products/observability/pricing: $0.50 a GiB). */
  logByte: 0.5 / 1_024 ** 3,
  /** A job of Cloud Scheduler for a day (https://cloud.google.com/scheduler/pricing: $0.10 a month; three an account are free). */
  scheduledDay: 0.1 / 30,
  /** A condition of an alert policy for a day, as announced and not charged yet (https://cloud.google.com/stackdriver/pricing: $1.50 a month). */
  alertDay: 1.5 / 30,
} as const;

/** Smallest unit of money that is kept: a hundred-millionth of a dollar. Sums of parts are the total then, to the last digit. */
const unit = 1e8;

/** An amount in US dollars as it is kept. */
export function dollars(amount: number): number {
  return Math.round(amount * unit) / unit;
}
