# shellcheck shell=bash
# What run, test, check and bench share. Sourced, never run.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"

export LC_ALL=C.UTF-8 PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1
# One cache for every preset and checkout: paths below the checkout are made relative. A precompiled header is judged by what it
# contains, which names its place: SPONSIO_PRECOMPILE=OFF lets several checkouts share what they compile.
export CCACHE_BASEDIR="$ROOT" CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS="pch_defines,time_macros,include_file_mtime,include_file_ctime"

STARTED_AT=$SECONDS

# say TEXT...: one line of progress with the seconds since the start.
say() { printf '[%4ss] %s\n' "$((SECONDS - STARTED_AT))" "$*" >&2; }

# die SENTENCE: says why and ends.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# as_root COMMAND...: as root, or through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "installing packages needs root: run as root, or install sudo and allow this user to use it."
    fi
}

# wanted_packages KIND...: those lines of scripts/deps, each `package` or `package>=version`.
wanted_packages() {
    local kind
    for kind in "$@"; do
        awk -v kind="$kind" '$1 == kind { print $2 }' scripts/deps
    done
}

# version_of PACKAGE: the one installed, or that of something as good that this machine already has; nothing if neither.
version_of() {
    case "$1" in
        # Any Node and its npm will do; Debian's are only for machines that have none.
        nodejs) node -p process.versions.node 2>/dev/null || true ;;
        npm) npm --version 2>/dev/null || true ;;
        *) dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$1" 2>/dev/null | awk '$1 == "installed" { print $2 }' || true ;;
    esac
}

# is_there PACKAGE[>=VERSION]: installed, and not older.
is_there() {
    local least="" have
    [ "${1%%>=*}" = "$1" ] || least="${1#*>=}"
    have="$(version_of "${1%%>=*}")"
    [ -n "$have" ] && { [ -z "$least" ] || dpkg --compare-versions "$have" ge "$least"; }
}

# install_packages KIND...: installs what scripts/deps names for these kinds and is missing.
install_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null || die "this is not a Debian system; docs/dependencies.md lists what is needed."
    for package in $(wanted_packages "$@"); do
        is_there "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} = 0 ]; then
        say "packages: all there"
        return
    fi
    say "packages: installing ${missing[*]}"
    mkdir -p build
    local log="build/apt.log" apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
    # sudo forgets the proxy of the caller.
    [ -z "${http_proxy:-}" ] || apt=(env DEBIAN_FRONTEND=noninteractive "http_proxy=$http_proxy" apt-get)
    if ! { as_root "${apt[@]}" update &&
        as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]%%>=*}"; } >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        die "apt could not install ${missing[*]}; the lines above (all of them in $log) say why."
    fi
    for package in "${missing[@]}"; do
        is_there "$package" ||
            die "this machine's apt has ${package%%>=*} $(version_of "${package%%>=*}") at most, and $package is needed; take a newer Debian 12."
    done
}

# build_jobs: one compiler per core, but never more than the memory holds (a Beast source takes about 1 GB).
build_jobs() {
    local cores memory_kb by_memory
    cores="$(nproc)"
    memory_kb="$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)"
    by_memory=$((memory_kb / 1200000))
    [ "$by_memory" -ge 1 ] || by_memory=1
    echo $((cores < by_memory ? cores : by_memory))
}

# build PRESET DIR TESTS TARGET...: configures build/DIR and builds the targets; TESTS is ON or OFF.
build() {
    local preset="$1" dir="build/$2" tests="$3" precompile="${SPONSIO_PRECOMPILE:-ON}"
    shift 3
    # What is delivered is built from each file as it stands.
    [ "$preset" != release ] || precompile=OFF
    mkdir -p "$dir"
    build_console
    say "configuring $dir (preset $preset)"
    if ! cmake --preset "$preset" -B "$dir" -DSPONSIO_TESTS="$tests" \
        -DSPONSIO_PRECOMPILE="$precompile" >"$dir/configure.log" 2>&1; then
        tail -n 25 "$dir/configure.log" >&2
        die "cmake could not configure $dir; the lines above say why."
    fi
    say "building $dir with $(build_jobs) jobs"
    local options=()
    [ $# = 0 ] || options=(--target "$@")
    # Ninja's own status line is the progress: one line per step into the log, every tenth of the way on the screen.
    if ! cmake --build "$dir" -j "$(build_jobs)" "${options[@]}" 2>&1 | tee "$dir/build.log" | build_progress; then
        grep -nE 'error:|FAILED|undefined' "$dir/build.log" | head -n 20 >&2 || true
        die "the build in $dir failed; $dir/build.log has everything."
    fi
}

# build_progress: of Ninja's `[n/m]` lines, one for every tenth of the way.
build_progress() {
    awk -F '[][/ ]+' -v started="$STARTED_AT" '
        /^\[[0-9]+\/[0-9]+\]/ {
            tenth = int(10 * $2 / $3)
            if (tenth != last) { last = tenth; printf "        built %d of %d\n", $2, $3 > "/dev/stderr" }
        }'
}

# npm_ci FOLDER OPTION...: installs what its lock file names; only when that changed.
npm_ci() {
    local folder="$1" stamp="$1/node_modules/.installed" log="build/npm.log"
    shift
    if [ -f "$stamp" ] && cmp -s "$folder/package-lock.json" "$stamp"; then
        return
    fi
    say "installing what $folder/package-lock.json names"
    mkdir -p build
    if ! npm --prefix "$folder" ci --ignore-scripts --no-audit --no-fund "$@" >"$log" 2>&1; then
        tail -n 15 "$log" >&2
        die "npm could not install what $folder/package-lock.json names; the lines above say why."
    fi
    cp "$folder/package-lock.json" "$stamp"
}

# console_sources: a digest of all that the console is made of.
console_sources() {
    { find console -path console/node_modules -prune -o -path console/generated -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
      sha256sum schema/openapi.yaml schema/contract.py; } | sha256sum
}

# build_console: the front end that travels inside the program, into build/console; only when its sources changed.
build_console() {
    local stamp="build/console.built" sources
    sources="$(console_sources)"
    if [ -f build/console/index.html ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sources" ]; then
        return
    fi
    npm_ci console
    say "building the console"
    # The types are for who writes it, and scripts/check looks at them.
    (cd console && node build.mjs) >build/console.log 2>&1 || {
        tail -n 15 build/console.log >&2
        die "the console could not be built; the lines above (all of them in build/console.log) say why."
    }
    printf '%s\n' "$sources" >"$stamp"
}

# install_node_judges: the JavaScript programs that judge answers and the contract, from the lock file.
install_node_judges() {
    npm_ci tests/e2e --omit=optional
}
