# Sourced by demo/run and test/run: is everything there that a bare machine may lack? Says what to install
# on Debian, Fedora and Alpine for each thing that is missing, and ends.

# need TOOL DEBIAN FEDORA ALPINE
need() {
  command -v "$1" >/dev/null 2>&1 && return
  missing="$missing $1"
  debian="$debian $2" fedora="$fedora $3" alpine="$alpine $4"
}

check_tools() {
  missing='' debian='' fedora='' alpine=''
  need node nodejs nodejs nodejs
  need npm npm nodejs-npm npm
  need gdb gdb gdb gdb
  need python3 python3 python3 python3
  need make make make make
  command -v cc >/dev/null 2>&1 || need gcc 'gcc libc6-dev' 'gcc glibc-devel' 'gcc musl-dev'
  if [ -n "$missing" ]; then
    {
      echo "Missing on this machine:$missing. Install with one of:"
      echo "  Debian, Ubuntu:  apt-get install$debian"
      echo "  Fedora:          dnf install$fedora"
      echo "  Alpine:          apk add$alpine"
    } >&2
    exit 1
  fi
  version=$(node --version) # v20.11.0
  major=${version#v}
  major=${major%%.*}
  if [ "$major" -lt 20 ]; then
    {
      echo "Node.js 20 or newer is needed; this is $version. Debian 13, Fedora 40 and Alpine 3.19 have it in"
      echo 'nodejs; for older ones see https://nodejs.org/en/download'
    } >&2
    exit 1
  fi
}

# Installs the npm packages unless the installed ones are those of the lock file.
install_packages() {
  if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    echo 'Installing npm packages ...' >&2
    npm ci --no-audit --no-fund --loglevel=error >&2
  fi
}

# Builds the agent and the CLI; make and tsc say what is wrong where something is.
build_all() {
  npm run --silent build >&2
}
