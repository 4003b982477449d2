# Shared by start.sh and test.sh: everything a fresh Debian or Ubuntu machine needs, up to a ready .venv.
# Needs no answer, writes to standard error only, and asks the network only for what is missing.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
VENV_PYTHON="$ROOT/.venv/bin/python"
ENVIRONMENT_EXIT=3

# Alternatives in one line are names of the same library in different releases, the newest first.
SYSTEM_PACKAGES=(
  libgl1 libegl1 libxkbcommon0 libfontconfig1 "libglib2.0-0t64|libglib2.0-0" libdbus-1-3
  # A window on X11.
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
  libxcb-xinerama0 libxkbcommon-x11-0
  # Sound and live streams.
  libpulse0
  # Chinese on screen; on paper the Kai face, and the rare characters that it lacks.
  fonts-noto-cjk fonts-lxgw-wenkai fonts-hanazono
)

tell() { printf '%s\n' "$*" >&2; }

# The interpreter to make .venv with: the system's own first, as it gets security updates. Prints nothing if none fits.
find_python() {
  local candidate
  for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
}

# What to install where no interpreter fits. A release whose python3 is too old may offer a newer one beside it.
python_packages() {
  if [ -x /usr/bin/python3 ] && ! /usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    printf '%s\n' 'python3.13-venv|python3.12-venv|python3.11-venv'
  else
    printf '%s\n' python3 python3-venv
  fi
}

# Those of the named packages of which no alternative is installed, one a line.
missing_of() {
  local installed name alternative
  local -a alternatives
  IFS='|' read -ra alternatives <<<"$(IFS='|'; printf '%s' "$*")"
  installed=$'\n'$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${alternatives[@]}" 2>/dev/null)$'\n'
  for name in "$@"; do
    IFS='|' read -ra alternatives <<<"$name"
    for alternative in "${alternatives[@]}"; do
      [[ $installed == *$'\n'"installed $alternative"$'\n'* ]] && continue 2
    done
    printf '%s\n' "$name"
  done
}

# Run as root, without asking for a password.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@" \
    </dev/null >&2
}

# Of each line's alternatives the first that this release has; a name that it lacks is kept, so that apt names it.
available_of() {
  local name alternative found
  local -a alternatives
  for name in "$@"; do
    IFS='|' read -ra alternatives <<<"$name"
    found=${alternatives[-1]}
    for alternative in "${alternatives[@]}"; do
      if apt-cache show "$alternative" >/dev/null 2>&1; then found=$alternative; break; fi
    done
    printf '%s\n' "$found"
  done
}

install_system_packages() {
  local -a missing=("$@") names
  if ! may_install; then
    mapfile -t names < <(available_of "${missing[@]}")
    tell "缺少系统组件，而当前用户无权安装。请管理员执行后重试：" \
      "System packages are missing and this account may not install them. Ask an administrator to run:"
    tell "  sudo apt-get install -y ${names[*]}"
    exit "$ENVIRONMENT_EXIT"
  fi
  tell "正在安装系统组件……" "Installing system packages …"
  apt update || tell "软件源没有刷新，按现有目录继续。" "The package lists were not refreshed; going on with those there are."
  mapfile -t names < <(available_of "${missing[@]}")
  if ! apt install --no-install-recommends "${names[@]}"; then
    # A set-up that was switched off half-way leaves dpkg asking for this.
    as_root dpkg --configure -a </dev/null >&2 || true
    apt -f install || true
    apt install --no-install-recommends "${names[@]}" || true
  fi
  mapfile -t missing < <(missing_of "${missing[@]}")
  if [ "${#missing[@]}" -gt 0 ]; then
    tell "这些系统组件没有装上：${missing[*]}。请检查网络和软件源后重试。" \
      "These system packages could not be installed: ${missing[*]}. Check link and package sources, then try again."
    exit "$ENVIRONMENT_EXIT"
  fi
}

# Make everything ready. Arguments go to prepare.py (--hub for what the association's server needs, --dev for the tests).
set_up() {
  local python="" ready=false
  local -a missing=()
  if [ -x "$VENV_PYTHON" ] && "$VENV_PYTHON" -I -S "$ROOT/installers/prepare.py" --check "$@" 2>/dev/null; then
    ready=true
  else
    python=$(find_python)
  fi
  if command -v dpkg-query >/dev/null; then
    local -a needed=("${SYSTEM_PACKAGES[@]}")
    [ "$ready" = true ] || [ -n "$python" ] || mapfile -t -O "${#needed[@]}" needed < <(python_packages)
    mapfile -t missing < <(missing_of "${needed[@]}")
    [ "${#missing[@]}" -eq 0 ] || install_system_packages "${missing[@]}"
  fi
  [ "$ready" = false ] || return 0
  [ -n "$python" ] || python=$(find_python)
  if [ -z "$python" ]; then
    tell "没有找到 Python 3.11 或更新的版本（含 venv）。" "No Python 3.11 or newer (with venv) was found."
    exit "$ENVIRONMENT_EXIT"
  fi
  "$python" "$ROOT/installers/prepare.py" "$@" </dev/null || exit
}
