#!/bin/sh
# A throw-away PostgreSQL for tests: `.ci/postgres.sh start FOLDER` prints its URL,
# `.ci/postgres.sh stop FOLDER` ends it and removes the folder. It listens on a socket in FOLDER
# and on a free local port, keeps nothing safe (fsync=off), and refuses to run as root itself:
# under root everything runs as user `postgres`, whom the Debian package creates.
set -eu

usage() {
    echo "usage: $0 start|stop FOLDER" >&2
    exit 2
}

[ $# -eq 2 ] || usage
folder=$2

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb || true)")
[ -x "$bin/initdb" ] || { echo "$0: no PostgreSQL server found (Debian: postgresql)" >&2; exit 1; }

as_server() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

start() {
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd)
    [ "$(id -u)" != 0 ] || chown postgres: "$folder"
    as_server "$bin/initdb" --pgdata="$folder/data" --username=cameo --auth=trust \
        --encoding=UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 \
        || { cat "$folder/initdb.log" >&2; exit 1; }
    # A port may be taken between choosing and using it: then the next one is tried.
    port=${CAMEO_TEST_POSTGRES_PORT:-$((20000 + $$ % 20000))}
    tries=0
    until as_server "$bin/pg_ctl" start --pgdata="$folder/data" --log="$folder/server.log" \
        --wait --silent --options="-p $port -h 127.0.0.1 -k $folder -c fsync=off \
            -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB" \
        >"$folder/start.log" 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 10 ] || { cat "$folder/server.log" >&2; exit 1; }
        port=$((port + 1))
    done
    as_server "$bin/createdb" --host="$folder" --port="$port" --username=cameo cameo
    echo "postgres://cameo@127.0.0.1:$port/cameo"
}

stop() {
    [ -d "$folder/data" ] || return 0
    as_server "$bin/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --silent || true
    rm -rf "$folder"
}

case $1 in
    start) start ;;
    stop) stop ;;
    *) usage ;;
esac
