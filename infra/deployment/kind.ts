import type { Deployment, Resource } from './resource.ts';

/**
 * One thing that is done to Google Cloud, or asked of it. Where it names what an earlier command of the same list answered (see
 * `answerOf`), `withAnswers` of answers.ts puts it in before the command is run.
 */
export type Command =
  /**
   * A gcloud command without `gcloud`, `--project`, `--quiet` and `--format`, which whoever runs it adds. `files` has texts by
   * flag (`--policy`): each is put into a file, and the flag with the file's path is added.
   */
  | { tool: 'gcloud'; args: readonly string[]; files?: { readonly [flag: string]: string } }
  /** A call of an API that gcloud has no command for; `url` is absolute. */
  | { tool: 'api'; method: 'GET' | 'POST' | 'PATCH' | 'DELETE'; url: string; body?: unknown };

/** What Google says of one resource that is there: parsed JSON. */
export type FoundResource = { readonly [field: string]: unknown };

/** One field in which what is there differs from what should be. */
export interface Difference {
  field: string;
  found: string;
  wanted: string;
}

/** Something of Terraform's language that is neither a literal, a list nor a map. */
export type TerraformValue =
  | string
  | number
  | boolean
  | readonly TerraformValue[]
  | { readonly [key: string]: TerraformValue }
  | Expression
  | NestedBlocks;

/** Terraform reads the text: `google_service_account.drover_tick.email`. */
export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Blocks within a block, all with the argument's name: `retry_config { … }`. */
export class NestedBlocks {
  readonly bodies: readonly TerraformBody[];
  constructor(...bodies: readonly TerraformBody[]) {
    this.bodies = bodies;
  }
}

export interface TerraformBody {
  readonly [argument: string]: TerraformValue;
}

/** A block of Terraform: `resource "<type>" "<label>" { … }`. */
export interface TerraformBlock {
  type: string;
  label: string;
  body: TerraformBody;
}

/** How resources of one kind are found, made, changed and removed. */
export interface Kind<R extends Resource> {
  /** Whether it holds what is lost with it: it is never removed to be made anew, and stays when a teardown keeps data. */
  holdsData?: boolean;
  /** Whether it carries our label: a teardown leaves what has a name of ours and not the label, for somebody else made it. */
  carriesLabel?: boolean;
  /** Whether a deployment may want none of it and have had some before: it is asked for all the same, and removed. */
  mayBeNone?: boolean;
  /** Asks for all of the kind that are there, ours or not, in as few calls as can be: for some of them, when it must be asked one by one. */
  list(deployment: Deployment, wanted: readonly R[]): readonly Command[];
  /**
   * Reads the answers of {@link Kind.list}, one a command and undefined for what is not there (or whose API is off): by id of
   * ours. It has what is wanted, and besides what bears our names or labels and is not wanted any more.
   */
  read(
    deployment: Deployment,
    wanted: readonly R[],
    answers: readonly unknown[],
  ): Map<string, FoundResource>;
  /** How what is there differs from what is wanted. */
  compare(deployment: Deployment, wanted: R, found: FoundResource): Difference[];
  create(deployment: Deployment, wanted: R): readonly Command[];
  /** Makes several in fewer commands than {@link Kind.create} would take, where there is a way. */
  createAll?(deployment: Deployment, wanted: readonly R[]): readonly Command[];
  /** Undefined: it cannot be changed in place; it is removed and made anew, or, when it holds data, a person must decide. */
  update(deployment: Deployment, wanted: R, found: FoundResource): readonly Command[] | undefined;
  /** Empty: it is left when Drover is removed (an API). */
  remove(deployment: Deployment, id: string, found: FoundResource): readonly Command[];
  terraform(deployment: Deployment, wanted: R): TerraformBlock[];
}
