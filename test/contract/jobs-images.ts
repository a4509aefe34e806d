/** The images that every implementation can run: each is a shell script. */
export const images: { readonly [image: string]: string } = {
  ok: 'echo done',
  rerun: 'exit 42',
  broken: 'echo went wrong >&2; exit 1',
  suicide: 'kill -9 $$',
  sleeper: 'echo pid $$; exec sleep 60',
  stubborn: `trap '' TERM; echo pid $$; while :; do sleep 0.05; done`,
  greeter: 'echo "$GREETING, $TOKEN"',
  reader: `cd "$AL_CREDENTIALS_PATH" && for file in */*/*; do
    echo "$file=$(cat "$file") $(stat -c %a "$file" 2>/dev/null || stat -f %Lp "$file")"
  done`,
  verbose: 'i=0; while [ $i -lt 500 ]; do i=$((i + 1)); echo "line $i"; done',
  longwinded: `head -c 600000 /dev/zero | tr '\\0' x; echo; echo end`,
};

/** The secrets that a container may read, by `<secret>/<version>`. */
export const secretValues: { readonly [version: string]: string } = {
  'run-token/1': 'old',
  'run-token/2': 'hush',
  'github/1': 'ghp_1',
  'github/2': 'someone',
  'ssh/1': 'key',
};
