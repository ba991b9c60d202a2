# Shared by the scripts; sourced from the repository's root.
export PATH="$PWD/.tools/bin:$PATH"
say() { printf '· %s\n' "$*"; }
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else echo "Debian packages are missing and can only be installed as root or with sudo: run this once as root." >&2; exit 1
  fi
}
node_fits() { command -v node >/dev/null && node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)'; }
# Where cargo puts the binaries.
bin_folder() { printf '%s/debug' "${CARGO_TARGET_DIR:-$PWD/target}"; }
# The screens, built when a source is newer than the bundle.
build_screens() {
  if [ ! -f ui/dist/phone.html ] || [ -n "$(find ui -newer ui/dist/phone.html -type f -not -path '*/node_modules/*' -not -path 'ui/dist/*' | head -1)" ]; then
    say "the screens"
    (cd ui && npm run --silent build)
  fi
}
