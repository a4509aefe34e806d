/** How a command ends, as its exit code. */
export const exitCodes = {
  done: 0,
  /** Something went wrong on the way. What was done stays; the same command goes on from there. */
  failed: 1,
  /** What was asked for is wrong, or was not confirmed: nothing was changed, but for services that were enabled to find it out. */
  refused: 2,
  /** A check found something that a person should mend. */
  found: 3,
  /** Somebody interrupted it. What was done stays; the same command goes on from there. */
  interrupted: 130,
} as const;

export type Ending = keyof typeof exitCodes;

interface ErrorKind {
  /** What happened, as a sentence. */
  what: string;
  /** What to do about it, as a sentence. */
  todo: string;
  ending: Ending;
}

/** Every way in which a command of `drover` can fail. Each has a page of its name in `docs/errors/`. */
export const errorKinds = {
  WRONG_COMMAND_LINE: {
    what: 'The command line has something that this command does not know, or lacks something that it needs.',
    todo: 'Compare it with `drover help <command>`.',
    ending: 'refused',
  },
  WRONG_CONFIGURATION: {
    what: 'The file drover.toml cannot be used as it is.',
    todo: 'Mend the lines that are named, or delete the file and run `drover init`.',
    ending: 'refused',
  },
  WRONG_PROJECT_FILES: {
    what: 'The project in this directory has problems.',
    todo: 'Mend the lines that are named, or name another directory with --directory.',
    ending: 'refused',
  },
  PROJECT_MISSING: {
    what: 'No Google Cloud project is named anywhere.',
    todo: 'Run `drover init --project <id>`, or `gcloud config set project <id>`.',
    ending: 'refused',
  },
  PROJECT_NAME_WRONG: {
    what: 'This cannot be the id of a Google Cloud project.',
    todo: 'Take the id from the list of `gcloud projects list`: 6 to 30 lower-case letters, digits and -, a letter first.',
    ending: 'refused',
  },
  PROJECT_NOT_FOUND: {
    what: 'There is no such Google Cloud project, or it is not shown to the account that is signed in.',
    todo: 'Look at `gcloud projects list` and `gcloud auth list`, and name another with --project.',
    ending: 'refused',
  },
  REGION_WRONG: {
    what: 'This is no region that Drover can run in.',
    todo: 'Take one from the list of `gcloud functions regions list`, such as europe-west1.',
    ending: 'refused',
  },
  NOT_CONFIRMED: {
    what: 'What cannot be undone was not confirmed.',
    todo: 'Type the id of the Google Cloud project when you are asked, or say --yes.',
    ending: 'refused',
  },
  NOT_PROVISIONED: {
    what: 'Drover is not set up in this Google Cloud project, or only half.',
    todo: 'Run `drover provision`, then this command again.',
    ending: 'refused',
  },
  GCLOUD_MISSING: {
    what: 'The program gcloud could not be started.',
    todo: 'Install the Google Cloud CLI (https://cloud.google.com/sdk/docs/install), and see that `gcloud version` answers.',
    ending: 'refused',
  },
  NOT_SIGNED_IN: {
    what: 'Google does not know who is asking: nobody is signed in, or the sign-in has expired.',
    todo: 'Run `gcloud auth login`, then this command again.',
    ending: 'failed',
  },
  BILLING_OFF: {
    what: 'The Google Cloud project has no billing account, and what Drover needs cannot be used without.',
    todo: 'Run `gcloud billing projects link <project> --billing-account <account>`, then this command again.',
    ending: 'failed',
  },
  API_OFF: {
    what: 'A service of Google is not enabled in this project, or not for long enough yet.',
    todo: 'Run `drover provision`, which enables what is needed; when it has just done so, wait two minutes.',
    ending: 'failed',
  },
  PERMISSION_MISSING: {
    what: 'The account that is signed in may not do this.',
    todo: 'Have an owner of the project run this command, or grant your account the roles on the page of this error.',
    ending: 'failed',
  },
  POLICY_FORBIDS: {
    what: 'A policy of your organisation forbids this.',
    todo: 'Ask for an exception of this project to the policy that is named; the page of this error has its words.',
    ending: 'failed',
  },
  QUOTA_EXCEEDED: {
    what: 'A quota of the Google Cloud project is used up.',
    todo: 'Wait a minute and run this command again: it goes on where it stopped. When it is a quota of a day or of a number, ask Google for more.',
    ending: 'failed',
  },
  ALREADY_RUNNING: {
    what: 'Somebody else changes this deployment right now.',
    todo: 'Wait until the other command has ended, then run this one again.',
    ending: 'failed',
  },
  CANNOT_CHANGE: {
    what: 'Something is there that Drover needs otherwise, and that cannot be changed without losing what it holds.',
    todo: 'Keep what it holds elsewhere and remove it, or give Drover another Google Cloud project.',
    ending: 'refused',
  },
  NAME_RESTING: {
    what: 'Google does not give the name of something that was removed not long ago.',
    todo: 'Wait (a queue: up to 3 days; a role: 37 days) and run this command again, or give Drover another Google Cloud project.',
    ending: 'failed',
  },
  NOT_SETTLED: {
    what: 'Something else changes what Drover has, again and again.',
    todo: 'Find out what does it (another tool that manages this project?), stop it, and run this command again.',
    ending: 'failed',
  },
  BUILD_FAILED: {
    what: 'Cloud Build could not build a function or an image.',
    todo: 'Read the log at the address that is given, mend what it names, and run `drover deploy` again.',
    ending: 'failed',
  },
  CREDENTIAL_WRONG: {
    what: 'A credential on this machine cannot be put into Secret Manager as it is.',
    todo: 'Mend the file that is named, and run `drover deploy` again.',
    ending: 'refused',
  },
  NOTHING_TO_ROLL_BACK: {
    what: 'There is no other version of the function to send its traffic to.',
    todo: 'Look at `drover status`; deploy a version first.',
    ending: 'refused',
  },
  LOCAL_START_FAILED: {
    what: 'Drover could not start on this machine.',
    todo: 'Mend what is named, and run `drover dev` again.',
    ending: 'failed',
  },
  GOOGLE_UNAVAILABLE: {
    what: 'Google did not answer, or could not do it just now.',
    todo: 'See that this machine reaches the network, and run this command again: it goes on where it stopped.',
    ending: 'failed',
  },
  GOOGLE_REFUSED: {
    what: 'Google refused a command, for a reason that Drover does not know.',
    todo: 'Read the words of Google; the command that was refused stands beside them. What was done stays.',
    ending: 'failed',
  },
  INTERRUPTED: {
    what: 'The command was interrupted.',
    todo: 'Run it again: it goes on where it stopped.',
    ending: 'interrupted',
  },
  BUG: {
    what: 'Drover came to a place where it should never be.',
    todo: 'Run the command again; when it comes back, report it with the lines below.',
    ending: 'failed',
  },
} as const satisfies { [code: string]: ErrorKind };

export type ErrorCode = keyof typeof errorKinds;

/** What ends a command. Its message is told to a person. */
export class Failure extends Error {
  readonly code: ErrorCode;
  /** What to do in this case, where more can be said than in the list. */
  readonly todo: string;
  /** Lines that say more: problems of files, Google's own words, the command that was refused. */
  readonly details: readonly string[];

  /** @param what What happened in this case, as a sentence; default: that of the list. */
  constructor(
    code: ErrorCode,
    what: string = errorKinds[code].what,
    {
      todo = errorKinds[code].todo,
      details = [],
      cause,
    }: { todo?: string; details?: readonly string[]; cause?: unknown } = {},
  ) {
    super(what, cause === undefined ? undefined : { cause });
    this.name = 'Failure';
    this.code = code;
    this.todo = todo;
    this.details = details;
  }

  /** The exit code of a command that this ends. */
  get exitCode(): number {
    return exitCodes[errorKinds[this.code].ending];
  }

  /** Its page, from the repository's root. */
  get page(): string {
    return `docs/errors/${this.code}.md`;
  }
}
