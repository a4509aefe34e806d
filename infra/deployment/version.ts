/** The variable by which a deployed function says what it was deployed from. Deployments set it; the list does not know it. */
export const versionVariable = 'DROVER_VERSION';
