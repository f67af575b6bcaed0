#!/usr/bin/env bash
# Checks the alert rules, and tries them on synthetic series, with promtool (Debian: apt-get install prometheus).
set -euo pipefail

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
if ! command -v promtool > /dev/null; then
  echo "check-rules: no promtool on the PATH; on Debian it is in the package prometheus" >&2
  exit 69
fi
promtool --version 2>&1 | head -n 1
promtool check config prometheus.yaml
promtool test rules alerts.test.yaml
