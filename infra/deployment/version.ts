/** The variable by which a deployed function says what it was deployed from. Deployments set it; the list does not know it. */
export const versionVariable = 'DROVER_VERSION';

/** The variable by which a function says up to which format it reads releases. It is part of how the list has it deployed. */
export const formatVariable = 'DROVER_RELEASE_FORMAT';
