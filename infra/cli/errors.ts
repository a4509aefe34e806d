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
  OTHER_REGION: {
    what: 'Drover is in another region of this Google Cloud project.',
    todo: 'Name that region by --region or in drover.toml, or run `drover teardown --keep-data` there first.',
    ending: 'refused',
  },
  DATABASE_OF_OTHERS: {
    what: 'The Firestore database of this Google Cloud project is used by something else.',
    todo: 'Give Drover a Google Cloud project of its own; or, having read the page of this error, say --share-database.',
    ending: 'refused',
  },
  NOT_CONFIRMED: {
    what: 'What a person must agree to was not confirmed.',
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
    todo: 'Read the log at the address that is given, mend what it names, and run this command again.',
    ending: 'failed',
  },
  CREDENTIAL_WRONG: {
    what: 'A credential on this machine cannot be put into Secret Manager as it is.',
    todo: 'Mend the file that is named, and run this command again.',
    ending: 'refused',
  },
  CREDENTIAL_REPLACED: {
    what: 'This machine has values that were replaced already: somebody has put newer ones into Secret Manager since.',
    todo: 'Bring your files up to date or remove them; with --older, `drover creds push` puts these values back.',
    ending: 'refused',
  },
  CREDENTIAL_IN_USE: {
    what: 'Runs that are under way have the credential mounted.',
    todo: 'Wait until they are over, or say --now: then they lose it.',
    ending: 'refused',
  },
  NOTHING_TO_ROLL_BACK: {
    what: 'There is nothing to go back to: no other version of the function, or no release that was current before.',
    todo: 'Look at `drover status` and `drover releases ls`.',
    ending: 'refused',
  },
  RELEASE_MOVED: {
    what: 'Another release became current since the difference was shown. Nothing was changed.',
    todo: 'Look at `drover releases ls`, bring your files up to date with it, and run this command again.',
    ending: 'refused',
  },
  RELEASE_NOT_FOUND: {
    what: 'There is no such release.',
    todo: 'Take the id of one from `drover releases ls`.',
    ending: 'refused',
  },
  RELEASE_UNREADABLE: {
    what: 'A release was made by another Drover, in a form that this one cannot read.',
    todo: 'Use the version of Drover that made it, or go back to another release of `drover releases ls`.',
    ending: 'refused',
  },
  RELEASE_IMAGE_GONE: {
    what: 'An image that the release needs is not in the repository any more.',
    todo: 'Check out the files that the release was made from, and `drover publish` them: it builds the images again.',
    ending: 'refused',
  },
  CREDENTIALS_NOT_THERE: {
    what: 'Secret Manager lacks a credential that the project needs.',
    todo: 'Run `drover creds push`, or take the credential out of the configuration, then run this command again.',
    ending: 'refused',
  },
  FUNCTIONS_TOO_OLD: {
    what: 'The functions are of an older Drover, which would read this release wrongly.',
    todo: 'Run `drover deploy`, which deploys the functions and publishes the project.',
    ending: 'refused',
  },
  CONTROL_KEY_MISSING: {
    what: 'There is no key for the control API that this machine or your account may read.',
    todo: 'Name a file with one by --key-file, or have an owner grant you the right to read the secret drover-cred-gateway_api_key-default.',
    ending: 'refused',
  },
  CONTROL_REFUSED: {
    what: 'The control API does not let this key or identity do that.',
    todo: 'Use the key of an operator, or have an operator add your address to drover.toml and deploy.',
    ending: 'refused',
  },
  CONTROL_UNREACHABLE: {
    what: 'The control API does not answer.',
    todo: 'See that this machine reaches the address, and what `drover status` says of the function control; then run this command again.',
    ending: 'failed',
  },
  CONTROL_FAILED: {
    what: 'The control API failed at this.',
    todo: 'Run this command again; when it fails again, read the log of the function control.',
    ending: 'failed',
  },
  CONTROL_OTHER_VERSION: {
    what: 'The control API that answers is of another version of Drover, which does not know this command.',
    todo: 'Run `drover deploy`, which deploys the functions of this version, or use the `drover` of that one.',
    ending: 'refused',
  },
  NOTHING_PUBLISHED: {
    what: 'No project is published there yet.',
    todo: 'Run `drover publish`.',
    ending: 'refused',
  },
  NOT_FOUND: {
    what: 'There is no such thing there.',
    todo: 'Take the name from the list: `drover runs ls`, `drover agents ls`, `drover deliveries ls`, `drover locks ls`.',
    ending: 'refused',
  },
  NOT_POSSIBLE: {
    what: 'That is not possible as things stand.',
    todo: 'Look at what it is about, and ask for something that its state allows.',
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
  COMMAND_INTERRUPTED: {
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
