/** Largest log entry, in bytes: a longer line becomes several (Logging quotas page, size of a LogEntry). */
const longestLine = 256 * 1024;

/** Cuts a stream of bytes into lines. */
export interface Lines {
  push(chunk: Buffer): void;
  /** Hands over what came after the last newline. */
  end(): void;
}

/** Calls `line` for each line, without its newline; one over 256 KiB comes in pieces, `partial` saying so of each. */
export function lines(line: (text: string, partial: boolean) => void): Lines {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let split = false;

  const hold = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    held.push(bytes);
    heldBytes += bytes.length;
    while (heldBytes > longestLine) {
      const all = Buffer.concat(held, heldBytes);
      const cut = beforeCharacter(all, longestLine);
      line(all.toString('utf8', 0, cut), true);
      split = true;
      held = [all.subarray(cut)];
      heldBytes = all.length - cut;
    }
  };
  const finish = (): void => {
    line(Buffer.concat(held, heldBytes).toString('utf8'), split);
    held = [];
    heldBytes = 0;
    split = false;
  };
  return {
    push: (chunk) => {
      let from = 0;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        hold(chunk.subarray(from, at));
        finish();
        from = at + 1;
      }
      hold(chunk.subarray(from));
    },
    end: () => {
      if (heldBytes > 0) finish();
    },
  };
}

/** The last place at or before `at` where no UTF-8 character is cut in two. */
function beforeCharacter(bytes: Buffer, at: number): number {
  let cut = at;
  while (cut > at - 4 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut -= 1;
  return ((bytes[cut] ?? 0) & 0xc0) === 0x80 ? at : cut;
}
