/** Something that must hold and did not. */
export interface Violation {
  /** Which law. */
  law: string;
  /** One sentence. */
  what: string;
  /** The run that it is about, if it is about one. */
  run?: string;
}

/** Collects violations. */
export interface Court {
  violations: Violation[];
  /** Notes a violation unless `holds`. */
  hold(holds: boolean, law: string, what: () => string, run?: string): void;
}

export function openCourt(): Court {
  const violations: Violation[] = [];
  return {
    violations,
    hold: (holds, law, what, run) => {
      if (!holds) violations.push({ law, what: what(), ...(run === undefined ? {} : { run }) });
    },
  };
}
