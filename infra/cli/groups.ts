/** What the commands of a group are about, by the word that they begin with: a sentence without its stop. */
export const groups: { readonly [name: string]: string } = {
  releases: 'Look at the versions of the project that were published',
  images: 'Build the images of agents, and remove old ones',
  creds: 'Put credentials into Secret Manager, and look after them',
  runs: 'Look at runs, and end or repeat them',
  locks: 'Look at locks, and take one away',
  deliveries: 'Look at webhooks that came, and have them worked on again',
  agents: 'Look at agents, and hold them or let them go on',
};
