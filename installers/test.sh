#!/usr/bin/env bash
# Set up what is missing and run every check. Arguments go to pytest.
set -u
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The database of the association's server.
SYSTEM_PACKAGES+=(postgresql)
# A print queue of the tests' own.
SYSTEM_PACKAGES+=(cups-daemon cups-client)
# Other people's readers of what the program writes: text, codes, and veraPDF, which judges archive quality.
SYSTEM_PACKAGES+=(poppler-utils libzbar0 libjaxb-java)
SYSTEM_PACKAGES+=("openjdk-25-jre-headless|openjdk-21-jre-headless|openjdk-17-jre-headless")
# What a program really writes, for power cuts.
SYSTEM_PACKAGES+=(strace)
set_up --dev
cd "$ROOT" || exit

failed=()
check() {
  local name=$1
  shift
  "$VENV_PYTHON" -m "$@" || failed+=("$name")
}

check "ruff check" ruff check .
check "ruff format" ruff format --check .
check mypy mypy
[ "${#failed[@]}" -eq 0 ] || tell "没有通过：${failed[*]}。" "Failed before the tests: ${failed[*]}."

# Pytest's summary closes the run; the checks before it still count.
QT_QPA_PLATFORM=offscreen "$VENV_PYTHON" -m pytest -n 2 "$@"
status=$?
[ "$status" -ne 0 ] || [ "${#failed[@]}" -eq 0 ] || status=1
exit "$status"
