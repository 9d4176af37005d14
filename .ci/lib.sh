# For the scripts beside it: start Tandem, wait until it says that it is ready, stop it, complain about anything else.

# try_start <seconds to be ready> <command...>: run it, with the settings of the environment, until it is ready; then SIGTERM, and expect exit 0 within 10 s.
try_start() {
  local limit="$1" log pid waited=0 since
  shift
  log="$(mktemp)"
  "$@" >"$log" 2>&1 &
  pid=$!
  until grep -q 'Stop with Ctrl-C' "$log"; do
    if ! kill -0 "$pid" 2>/dev/null || [ "$waited" -ge $((limit * 10)) ]; then
      echo "it was not ready within $limit s:"
      cat "$log"
      kill -KILL "$pid" 2>/dev/null
      return 1
    fi
    sleep 0.1
    waited=$((waited + 1))
  done
  grep -m1 'is ready after' "$log"
  since=$SECONDS
  kill -TERM "$pid"
  if ! wait "$pid"; then
    echo "it did not stop cleanly:"
    cat "$log"
    return 1
  fi
  [ $((SECONDS - since)) -le 10 ] || { echo "it took $((SECONDS - since)) s to stop"; return 1; }
  rm -f "$log"
}

# copy_of_head <folder>: the committed files, as a clone would have them.
copy_of_head() {
  mkdir -p "$1" && git archive HEAD | tar -x -C "$1"
}
