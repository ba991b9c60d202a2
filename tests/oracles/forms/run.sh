#!/usr/bin/env bash
# Makes the venv once (PyPI only) and runs the oracle checks. Needs python3-venv and default-jre-headless.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${RUHU_FORMS_VENV:-$here/.venv}
if ! cmp -s "$here/requirements.txt" "$venv/installed.txt"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"
  cp "$here/requirements.txt" "$venv/installed.txt"
fi
exec "$venv/bin/python" "$here/check.py" "$@"
