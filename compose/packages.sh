# shellcheck shell=bash
# Debian packages for `run` and `test`: which are missing, and how they are installed. Sourced, not run.

# missing_packages NAME...: prints those that are not installed.
missing_packages() {
  local name
  for name in "$@"; do
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" == installed ]] || printf '%s\n' "$name"
  done
}

# Whether any PostgreSQL server is here, from whatever package.
has_postgres() {
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v postgres >/dev/null
}

# install_packages NAME...: installs what is missing, without starting or configuring any service of the machine.
install_packages() {
  local missing=() root=() policy=/usr/sbin/policy-rc.d
  mapfile -t missing < <(missing_packages "$@")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if ! command -v apt-get >/dev/null; then
    echo "These packages are missing, and there is no apt-get here: ${missing[*]}" >&2
    return 1
  fi
  if [[ $EUID -ne 0 ]]; then
    if ! sudo -n true 2>/dev/null && ! { [[ -t 0 ]] && command -v sudo >/dev/null; }; then
      echo "Some system packages are missing. Install them, then start again:" >&2
      echo "  sudo apt-get install --no-install-recommends ${missing[*]}" >&2
      return 1
    fi
    root=(sudo)
  fi
  echo "Installing ${missing[*]}"
  # Debian would make and start a database cluster of its own; ours is private to Latchkey.
  if printf '%s\n' "${missing[@]}" | grep -q '^postgresql' && [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
    "${root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' |
      "${root[@]}" tee /etc/postgresql-common/createcluster.d/latchkey.conf >/dev/null
  fi
  # Neither apache2 nor anything else is to be started; an administrator's own policy stays.
  local ours=false status=0
  if [[ ! -e $policy ]]; then
    ours=true
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
    "${root[@]}" chmod 755 "$policy"
  fi
  {
    "${root[@]}" apt-get update -q &&
      "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
  } || status=$?
  if $ours; then "${root[@]}" rm -f "$policy"; fi
  if [[ $status -ne 0 ]]; then
    echo "The packages could not be installed; see above. By hand: apt-get install ${missing[*]}" >&2
    return 1
  fi
}

# What it takes to build and to run.
install_build_packages() {
  local packages=(git pkg-config libpq-dev libgd-dev libssl-dev libcrypt-dev libnghttp2-dev util-linux)
  if ! has_postgres; then packages+=(postgresql); fi
  install_packages "${packages[@]}"
}

# require_swift: says where Swift comes from when it is not here.
require_swift() {
  command -v swift >/dev/null && return
  echo "Swift 6.2 or newer is needed: https://www.swift.org/install/linux/" >&2
  return 1
}
