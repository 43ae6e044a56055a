#!/usr/bin/env bash
# A second opinion on bus and driver: unmodified smbus2 and i2c-tools, in a process of their own, on a
# /dev/i2c-1 that umockdev provides. Installs nothing. Without its packages it says so and ends with 0;
# with them, anything wrong ends with 1.
#   usage: tests/system/run.sh [PYTHON], by default .venv/bin/python
set -euo pipefail
cd "$(dirname "$0")/../.."
client=${1:-.venv/bin/python}
server=/usr/bin/python3
packages="umockdev gir1.2-umockdev-1.0 python3-gi python3-numpy i2c-tools"

skip() {
  echo "system test: skipped, $1 (apt-get install $packages)"
  exit 0
}

PATH=$PATH:/usr/sbin:/sbin
for tool in umockdev-wrapper i2cdetect i2ctransfer i2cget; do
  command -v "$tool" >/dev/null || skip "$tool is not on this machine"
done
[ -x "$server" ] || skip "$server is not on this machine"
"$server" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || skip "$server is older than 3.11"
"$server" -c 'import gi, numpy; gi.require_version("UMockdev", "1.0")' 2>/dev/null ||
  skip "$server lacks numpy or the bindings of umockdev"

export PYTHONPATH=$PWD
timeout 120 umockdev-wrapper "$server" tests/system/i2c_server.py "$client" tests/system/i2c_client.py
echo "system test: passed"
