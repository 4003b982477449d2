#!/usr/bin/env bash
# Set up what is missing and start Zhikao 直考 with the arguments of main.py; --setup-only stops after the set-up.
set -u
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The commands of the association's server need packages of its own.
kind=()
for word in "$@"; do [ "$word" != hub ] || kind=(--hub); done
set_up "${kind[@]}"
[ "${1-}" != --setup-only ] || exit 0
exec "$VENV_PYTHON" "$ROOT/main.py" "$@"
