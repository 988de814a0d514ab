#!/bin/sh
# Runs the suite with the pinned packages: COMPAT_BIN=…/cameo compat/kurigram/run.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${COMPAT_CACHE:-$here/.venv}/kurigram
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
exec "$venv/bin/python" "$here/suite.py"
