/** What people may be told of. */
export const topics = {
  failure: 'a run failed, timed out or was lost, and is not tried again',
  pause: 'an agent paused itself after too many failures in a row',
  budget: 'what an agent may use of a day is used up',
} as const;

export type Topic = keyof typeof topics;

export const topicNames = Object.keys(topics) as Topic[];

/** `[notifications]` of a project, with every default filled in. */
export type Notifications = {
  /** Instance of the credential `slack_webhook` that holds the address. */
  instance: string;
  about: Topic[];
};

/** The type of the credential that holds the address, and its field. */
export const addressType = 'slack_webhook';
export const addressField = 'url';
