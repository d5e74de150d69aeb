# Functions that the scripts in this folder share. This file is sourced, never run.
# Provides: $root, $target, say, die, need_cargo, need_node, need_web, need_debian, step, check, summary, at_exit,
# free_port, stop_process, start_postgres, start_mail.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-target}

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# ---- steps and their times ----

step_lines=()
step_name=''
step_began=0
began=$EPOCHREALTIME

seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# step NAME COMMAND...: prints the name, runs the command, and records its time. A failure ends the script.
step() {
    step_name=$1
    step_began=$EPOCHREALTIME
    shift
    printf '\n== %s\n' "$step_name"
    "$@"
    close_step ok
}

# check NAME COMMAND...: like step, but if `keep_going` is set, a failure is noted in `failed_checks` and the script
# goes on. The command then runs in a subshell, so it can't set variables for later steps.
keep_going=''
failed_checks=0
check() {
    local code
    if [ -z "$keep_going" ]; then
        step "$@"
        return
    fi
    step_name=$1
    step_began=$EPOCHREALTIME
    shift
    printf '\n== %s\n' "$step_name"
    set +e
    (set -e; "$@")
    code=$?
    set -e
    if [ "$code" = 0 ]; then
        close_step ok
    else
        failed_checks=$((failed_checks + 1))
        close_step FAILED
    fi
}

close_step() {
    step_lines+=("$(printf '%8s s  %-6s  %s' "$(seconds_since "$step_began")" "$1" "$step_name")")
    step_name=''
}

# skipped NAME WHY: adds a line to the summary for a step that was skipped.
skipped() {
    step_lines+=("$(printf '%8s    %-6s  %s: %s' '' skipped "$1" "$2")")
}

summary() {
    [ ${#step_lines[@]} -gt 0 ] || return 0
    printf '\nWhere the time went\n'
    printf '%s\n' "${step_lines[@]}"
    printf '%8s s  in all\n' "$(seconds_since "$began")"
}

# ---- cleanup ----

at_exit_commands=()

# at_exit COMMAND: registers a command that runs when the script ends. The last one registered runs first.
at_exit() { at_exit_commands+=("$1"); }

leave() {
    local code=$? i
    trap - EXIT
    set +e
    [ -z "$step_name" ] || close_step FAILED
    for ((i = ${#at_exit_commands[@]} - 1; i >= 0; i--)); do
        eval "${at_exit_commands[$i]}"
    done
    summary
    [ "$code" = 0 ] || [ ${#step_lines[@]} = 0 ] || printf '\nFailed.\n' >&2
    exit "$code"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# stop_process PID [SIGNAL]: sends the signal, waits up to ten seconds, and then kills the process.
stop_process() {
    local pid=$1 signal=${2:-TERM} i
    kill "-$signal" "$pid" 2>/dev/null || return 0
    for ((i = 0; i < 100; i++)); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
}

# ---- requirements ----

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# Requires Rust, at least in the version that Cargo.toml names.
need_cargo() {
    local wanted found
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    if ! command -v cargo >/dev/null && [ -f "$HOME/.cargo/env" ]; then
        # shellcheck disable=SC1091
        . "$HOME/.cargo/env"
    fi
    command -v cargo >/dev/null || die "Rust is missing. Install it from https://rustup.rs (version $wanted or newer) and start again."
    found=$(cargo --version | awk '{ print $2 }')
    at_least "$wanted" "${found%%-*}" || die "Rust $wanted or newer is needed, here is $found. \`rustup update\` brings the newest."
    command -v cc >/dev/null || need_debian gcc libc6-dev
}

# Requires Node, for building the web assets, the browser tests, and the screenshots.
need_node() {
    local wanted=20 found
    command -v node >/dev/null || die "Node is missing. Version $wanted or newer is needed: https://nodejs.org"
    command -v npm >/dev/null || die "npm is missing. It comes with Node: https://nodejs.org"
    found=$(node --version)
    at_least "$wanted" "${found#v}" || die "Node $wanted or newer is needed, here is $found."
}

# need_debian PACKAGE...: installs the missing packages. `new_packages` then contains their names.
need_debian() {
    local package
    new_packages=()
    if ! command -v dpkg >/dev/null; then
        say "This is not Debian: make sure that you have what these packages bring: $*"
        return 0
    fi
    for package in "$@"; do
        dpkg -s "$package" 2>/dev/null | grep -q '^Status: .* installed' || new_packages+=("$package")
    done
    [ ${#new_packages[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        die "Packages are missing. As root: apt-get install --no-install-recommends ${new_packages[*]}"
    fi
    say "Installing ${new_packages[*]}"
    if [ -z "${apt_updated:-}" ]; then
        as_root apt-get update -qq
        apt_updated=1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${new_packages[@]}"
}

# Builds the styles, scripts, fonts, and pictures in web/dist, which the program embeds, if a source is newer.
need_web() {
    local made=web/dist/files.tsv
    need_node
    [ web/node_modules/.package-lock.json -nt web/package-lock.json ] ||
        (cd web && npm ci --ignore-scripts --no-audit --no-fund)
    if [ ! -e "$made" ] || [ -n "$(find web \( -path web/node_modules -o -path web/dist -o -path web/.cache \) -prune -o \
        -type f -newer "$made" -print -quit)" ]; then
        node web/build.mjs
    fi
}

# Installs the npm packages of the browser tests, exactly as locked.
need_e2e_packages() {
    need_node
    [ e2e/node_modules/.package-lock.json -nt e2e/package-lock.json ] ||
        (cd e2e && npm ci --ignore-scripts --no-audit --no-fund)
}

# ---- services for the tests ----

# free_port: prints a loopback port that nothing listens on.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 10000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# wait_for_port PORT PID WHAT LOG: waits until the port answers. Fails at once if the process ends.
wait_for_port() {
    local i
    for ((i = 0; i < 300; i++)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        kill -0 "$2" 2>/dev/null || break
        sleep 0.1
    done
    cat "$4" >&2
    die "$3 did not start."
}

postgres_bin() {
    local one
    one=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -n 1)
    [ -n "$one" ] || one=$(command -v initdb || true)
    [ -n "$one" ] && dirname "$(readlink -f "$one")"
}

need_postgres() {
    [ -n "$(postgres_bin)" ] && return 0
    need_debian postgresql
    # Debian starts a server when it installs the package, which is not needed here.
    if [ ${#new_packages[@]} -gt 0 ] && [ -d /run/systemd/system ]; then
        as_root systemctl stop postgresql || true
    fi
    [ -n "$(postgres_bin)" ] || die "PostgreSQL is missing: initdb was not found."
}

# PostgreSQL refuses to run as root, so it runs as the user postgres then.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid=postgres --regid="$(id -g postgres)" --init-groups \
            env HOME="$postgres_folder" PATH="$PATH" "$@"
    else
        exec "$@"
    fi
}

# start_postgres [on|off]: starts a server in a temporary folder, which is removed at the end. With `off`, commits
# don't wait for the disk: only a power failure of the machine could lose them, which no test causes.
# Sets postgres_port and postgres_pid. The user is postgres, without a password.
start_postgres() {
    local bin fsync=${1:-on}
    bin=$(postgres_bin)
    postgres_port=$(free_port)
    postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/coresync-postgres.XXXXXX")
    at_exit "rm -rf '$postgres_folder'"
    [ "$(id -u)" != 0 ] || chown postgres "$postgres_folder"
    # Run from a folder that the user postgres may enter.
    (cd / && as_postgres "$bin/initdb" -D "$postgres_folder/data" -U postgres --auth=trust \
        -E UTF8 --locale=C.UTF-8 --no-sync) >"$postgres_folder/initdb.log" 2>&1 ||
        { cat "$postgres_folder/initdb.log" >&2; die "PostgreSQL could not make its folder."; }
    # In the file, where a test can override it with ALTER SYSTEM.
    echo "fsync = $fsync" >>"$postgres_folder/data/postgresql.conf"
    (cd / && as_postgres "$bin/postgres" -D "$postgres_folder/data" -p "$postgres_port" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories="$postgres_folder" \
        -c max_connections=300) >"$postgres_folder/postgres.log" 2>&1 &
    postgres_pid=$!
    at_exit "stop_process $postgres_pid INT"
    wait_for_port "$postgres_port" "$postgres_pid" PostgreSQL "$postgres_folder/postgres.log"
    say "$("$bin/postgres" --version) on port $postgres_port"
}

# postgres_database NAME: creates an empty database.
postgres_database() {
    "$(postgres_bin)/createdb" -h 127.0.0.1 -p "$postgres_port" -U postgres "$1"
}

# Installs the mail server that receives the tests' email, from a lock file with hashes, in its own folder.
need_mail() {
    local home=.tools/mail wanted
    wanted=$(sha256sum <e2e/requirements.txt)
    [ "$(cat "$home/installed" 2>/dev/null)" = "$wanted" ] && return 0
    rm -rf "$home"
    python3 -m venv "$home"
    "$home/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r e2e/requirements.txt
    echo "$wanted" >"$home/installed"
}

# start_mail: starts the mail server, and sets and exports TEST_SMTP_URL and TEST_MAILDIR.
start_mail() {
    local port folder pid
    port=$(free_port)
    folder=$(mktemp -d "${TMPDIR:-/tmp}/coresync-mail.XXXXXX")
    at_exit "rm -rf '$folder'"
    (exec .tools/mail/bin/python -m aiosmtpd -n -l "127.0.0.1:$port" \
        -c aiosmtpd.handlers.Mailbox "$folder/maildir") >"$folder/log" 2>&1 &
    pid=$!
    at_exit "stop_process $pid"
    wait_for_port "$port" "$pid" "The mail sink" "$folder/log"
    export TEST_SMTP_URL="smtp://127.0.0.1:$port" TEST_MAILDIR="$folder/maildir"
    say "mail for the tests on port $port"
}
