# Sourced by each shell of an agent: brings back what an earlier one has kept with setenv, and defines setenv.

al_env_file=${AL_ENV_FILE:-${TMPDIR:-/tmp}/env.sh}

# setenv NAME value [NAME2 value2...]: variables for this shell and those after it.
setenv() {
  if [ $# -eq 0 ] || [ $(($# % 2)) -ne 0 ]; then
    echo 'usage: setenv NAME value [NAME2 value2...]' >&2
    return 9
  fi
  al_count=0
  while [ $# -gt 0 ]; do
    case $1 in
      '' | [0-9]* | *[!A-Za-z0-9_]*)
        printf 'setenv: %s is no name of a variable\n' "$1" >&2
        return 9
        ;;
    esac
    al_value=$(printf '%s.' "$2" | sed "s/'/'\\\\''/g")
    printf "export %s='%s'\n" "$1" "${al_value%.}" >>"$al_env_file" || return 1
    al_count=$((al_count + 1))
    shift 2
  done
  . "$al_env_file"
  echo "set $al_count variable(s)"
}

if [ -r "$al_env_file" ]; then . "$al_env_file"; fi
