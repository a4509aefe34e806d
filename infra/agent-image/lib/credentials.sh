# The run's credentials: files below $credentials/<type>/<instance>/<field>, and the variables that their types name.

tab='	'

load_credentials() {
  credentials=${AL_CREDENTIALS_PATH:-/credentials}
  unpack_secrets
  AL_CREDENTIALS_PATH=$credentials
  export AL_CREDENTIALS_PATH
  (cd "$credentials" 2>/dev/null && ls -d -- */*/ 2>/dev/null) >"$work/found"
  # type, instance, field, kind, name: one line for each thing to set.
  plan=$(jq -rn --slurpfile types "$app/credential-types.json" --slurpfile config "$config" \
    --rawfile found "$work/found" -f "$app/lib/credentials.jq") ||
    give_up 1 'the credentials of the configuration cannot be read'
  while IFS=$tab read -r type instance field kind name; do
    case $kind in
      '') ;;
      collision) give_up 13 "two credentials would set $name" ;;
      missing) give_up 1 "no credential $type:$instance" ;;
      *) give_credential ;;
    esac
  done <<END
$plan
END
}

# Secrets in variables become files, and leave the environment. A file that is mounted has precedence.
unpack_secrets() {
  secrets=$(jq -rn -f "$app/lib/secrets.jq") || secrets=
  if [ -z "$secrets" ]; then return; fi
  mkdir -m 700 "$work/credentials"
  for file in "$credentials"/*/*/*; do
    [ -f "$file" ] || continue
    directory=$work/credentials/${file#"$credentials"/}
    directory=${directory%/*}
    mkdir -p "$directory" && ln -s "$file" "$directory/"
  done
  while IFS=$tab read -r variable type instance field; do
    directory=$work/credentials/$type/$instance
    mkdir -p "$directory"
    if [ ! -e "$directory/$field" ]; then
      eval "value=\$$variable"
      (umask 077 && printf '%s' "$value" >"$directory/$field")
    fi
    unset "$variable"
  done <<END
$secrets
END
  credentials=$work/credentials
}

# read_field: the file of $type, $instance and $field as $value, without the white space around it, which editors add. What
# came in a variable is taken as it is.
read_field() {
  file=$credentials/$type/$instance/$field
  [ -r "$file" ] || return 1
  if [ "$credentials" = "$work/credentials" ] && [ ! -L "$file" ]; then
    value=$(cat "$file" && printf .)
    value=${value%.}
    return
  fi
  value=$(cat "$file")
  value=${value#"${value%%[![:space:]]*}"}
  value=${value%"${value##*[![:space:]]}"}
}

give_credential() {
  read_field || return 0
  case $kind in
    env) export "$name=$value" ;;
    path) export "$name=$file" ;;
    git_https) set_up_git_https ;;
    git_ssh) set_up_git_ssh ;;
  esac
}

# add_git_config NAME VALUE: for every git of this run.
add_git_config() {
  GIT_CONFIG_COUNT=${GIT_CONFIG_COUNT:-0}
  export "GIT_CONFIG_KEY_$GIT_CONFIG_COUNT=$1" "GIT_CONFIG_VALUE_$GIT_CONFIG_COUNT=$2"
  GIT_CONFIG_COUNT=$((GIT_CONFIG_COUNT + 1))
  export GIT_CONFIG_COUNT
}

# The token stays in its variable; git asks for it. Only for GitHub: no other host is shown it.
set_up_git_https() {
  GIT_TERMINAL_PROMPT=0
  export GIT_TERMINAL_PROMPT
  # shellcheck disable=SC2016 # The helper's own shell reads the variable.
  helper='!f() { if test "$1" = get; then echo username=x-access-token; echo "password=$GITHUB_TOKEN"; fi; }; f'
  # The empty one drops the helpers that the image has.
  add_git_config credential.https://github.com.helper ''
  add_git_config credential.https://github.com.helper "$helper"
  log info 'git HTTPS credential helper configured'
}

# The key with an end of line, which ssh insists on. $name is the variable that has git use it.
set_up_git_ssh() {
  mkdir -p "$HOME/.ssh" && chmod 700 "$HOME/.ssh"
  key=$HOME/.ssh/id_rsa
  if [ "$name" != GIT_SSH_COMMAND ]; then key=${key}_$instance; fi
  rm -f "$key"
  (umask 077 && printf '%s\n' "$value" >"$key")
  quoted=$(printf '%s' "$key" | sed "s/'/'\\\\''/g")
  known=$(printf '%s' "$HOME/.ssh/known_hosts" | sed "s/'/'\\\\''/g")
  export "$name=ssh -i '$quoted' -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile='$known'"
  log info 'SSH key configured for git'
}
