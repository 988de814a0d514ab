#!/bin/sh
# Runs the suite with the pinned packages: COMPAT_BIN=…/cameo compat/tdlib/run.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${COMPAT_CACHE:-$here/.venv}/tdlib
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
exec "$venv/bin/python" "$here/suite.py"
