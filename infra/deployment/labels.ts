/** What everything of a deployment carries that can carry labels: by it a teardown finds it. */
export const deploymentLabels = { drover: 'deployment' } as const;

/** The labels as gcloud's flags take them. */
export const labelsFlag: string = Object.entries(deploymentLabels)
  .map(([label, value]) => `${label}=${value}`)
  .join(',');
