#!/usr/bin/env bash
# Installs the Debian packages that are missing for what is about to happen: `build`, `test`.
# Says what it does; asks for root only when something is missing.
set -euo pipefail

build=(build-essential cmake pkg-config python3 unzip)
test=(chromium ffmpeg postgresql fonts-noto-core)

case "${1:-}" in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${build[@]}" "${test[@]}") ;;
  *) echo "usage: packages.sh build|test" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)

for tool in cargo node npm; do
  command -v "$tool" >/dev/null || { echo "Rostrum needs $tool: install Rust (rustup) and Node.js 20, then try again." >&2; exit 1; }
done

[ "${#missing[@]}" -eq 0 ] && exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Please install, as root: ${missing[*]}" >&2; exit 1; }
  root=(sudo)
fi
echo "Installing Debian packages: ${missing[*]}"
"${root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
