/** What of a run's life a call site belongs to. */
export const paths = {
  accept: 'a delivery is recorded and its runs are admitted',
  admit: 'what a schedule has due is admitted',
  request: 'a person asks for a run, a replay or a retry',
  call: 'an agent asks another, and has its answer',
  dispatch: 'an agent’s free slots are filled, and what its queue cannot hold ends',
  launch: 'secrets are made, and the job is created and started',
  observe: 'a run is looked at, from its start to its end',
  end: 'a run ends, with all that hangs on it',
  clean: 'job and secrets of a run go',
  kill: 'a run is stopped, by a person or by itself',
  lock: 'a run takes, keeps and gives back locks, or an operator takes them away',
  hear: 'a container says something of its run: signals, lines, usage',
  sweep: 'what was forgotten is woken, and what has no owner goes',
  pause: 'an agent or the project is held, and let go on',
  publish: 'a release, a scale or a credential is put in place',
  wake: 'a function is asked to look: part of every path',
  read: 'what every path reads: releases, agents, the project, the id of a run',
  look: 'people look at what there is',
} as const;

export type PathName = keyof typeof paths;

/** By folder, by file where one serves another path than its folder, and by function where a file serves two. */
const places: { readonly [place: string]: PathName } = {
  'functions/control': 'look',
  'shared/agents': 'dispatch',
  'shared/agents/leases.ts': 'launch',
  'shared/agents/pause.ts': 'pause',
  'shared/agents/state.ts': 'read',
  'shared/agents/take-over.ts': 'launch',
  'shared/agents/waiting-agents.ts': 'pause',
  'shared/calls': 'call',
  'shared/credentials': 'publish',
  'shared/credentials/home.ts readCredential': 'launch',
  'shared/deliveries': 'accept',
  'shared/deliveries/body.ts readPart': 'request',
  'shared/deliveries/list.ts': 'look',
  'shared/deliveries/read.ts': 'request',
  'shared/deliveries/replay.ts': 'request',
  'shared/locks': 'lock',
  'shared/locks/list.ts': 'look',
  'shared/locks/release-all.ts': 'end',
  'shared/locks/sweep-locks.ts': 'sweep',
  'shared/newest.ts': 'look',
  'shared/projects': 'publish',
  'shared/projects/release.ts': 'read',
  'shared/runs/choose-id.ts': 'read',
  'shared/runs/clean.ts': 'clean',
  'shared/runs/end.ts': 'end',
  'shared/runs/kill.ts': 'kill',
  'shared/runs/last-lines.ts': 'observe',
  'shared/runs/launch.ts': 'launch',
  'shared/runs/launch-secrets.ts': 'launch',
  'shared/runs/list.ts': 'look',
  'shared/runs/logged-return.ts': 'hear',
  'shared/runs/logged-return.ts findLoggedReturn': 'observe',
  'shared/runs/logs.ts': 'hear',
  'shared/runs/logs.ts readLog': 'look',
  'shared/runs/long-text.ts': 'read',
  'shared/runs/own-run.ts': 'hear',
  'shared/runs/poll.ts': 'observe',
  'shared/runs/read-log.ts': 'look',
  'shared/runs/request.ts': 'request',
  'shared/runs/retry-run.ts': 'request',
  'shared/runs/signal.ts': 'hear',
  'shared/runs/start.ts': 'launch',
  'shared/runs/stop.ts': 'kill',
  'shared/runs/usage.ts': 'hear',
  'shared/runs/wake.ts': 'wake',
  'shared/schedules': 'admit',
  'shared/sweep': 'sweep',
};

/** The path of a call site; throws for a file that has none yet: say above what it belongs to. */
export function pathOf(file: string, name: string): PathName {
  const folder = file.split('/').slice(0, 2).join('/');
  const path = places[`${file} ${name}`] ?? places[file] ?? places[folder];
  if (path !== undefined) return path;
  throw new Error(`${file} calls a port, and test/crash/paths.ts does not say what for`);
}
