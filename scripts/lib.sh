# Sourced by the other scripts: finds the project's root and reports failures in one sentence.
set -eu
ROOT=$(cd "$(dirname "$0")/.." && pwd)
cd "$ROOT"
PYTHON="$ROOT/.venv/bin/python"
# Vietnamese must pass through terminals and pipes whatever the locale is.
export PYTHONUTF8=1 RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3
export SQLALCHEMY_SILENCE_UBER_WARNING=1

say() { printf '%s\n' "$*" >&2; }
fail() { say "Error: $*"; exit 1; }
