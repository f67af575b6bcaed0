#!/usr/bin/env bash
# Makes a short run, hands its numbers to TensorBoard and MLflow twice each, and reads them back with their own readers.
# Usage: check-tracking.sh DIR [PYTHON-ENVIRONMENT]   DIR must not hold a run; the environment is made if it is missing.
set -euo pipefail

home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
[ $# -ge 1 ] || { echo "usage: check-tracking.sh DIR [PYTHON-ENVIRONMENT]" >&2; exit 2; }
mkdir -p "$1"
work=$(cd "$1" && pwd)
python="${2:-$work/python}/bin/python"
if [ ! -x "$python" ]; then
  python3 -m venv "$(dirname "$(dirname "$python")")"
  "$python" -m pip install --quiet tensorboard mlflow
fi

pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done' EXIT

"$home/fedbiot" quickstart --dir "$work/run" --format json --set federation.rounds=3 --set training.steps=2 \
  --set alignment.preSteps=2 --set alignment.steps=1 --set evaluation.records=4 \
  --set evaluation.exactMatchRecords=0 > "$work/report.json" 2> "$work/quickstart.err"
run=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["runId"])' "$work/report.json")

"$home/fedbiot" broker --set "directory=$work/run/kafka" --set port=0 --set registryPort=0 > "$work/broker.out" 2>&1 &
pids+=($!)
port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$(dirname "$python")/mlflow" server --backend-store-uri "sqlite:///$work/mlflow.db" --artifacts-destination "$work/artifacts" \
  --host 127.0.0.1 --port "$port" > "$work/mlflow.out" 2>&1 &
pids+=($!)

wait_for() {
  for _ in $(seq 120); do
    if "$@" > /dev/null 2>&1; then return; fi
    sleep 1
  done
  echo "check-tracking: gave up waiting for: $*" >&2
  exit 1
}
wait_for grep -q '^schemaRegistry: ' "$work/broker.out"
wait_for curl -fs "http://127.0.0.1:$port/health"
sed -n '/^[a-zA-Z]*: /p' "$work/broker.out" > "$work/cluster.yaml"

for _ in 1 2; do
  "$home/fedbiot" track "$run" --tensorboard "$work/board" --cluster "$work/cluster.yaml"
  "$home/fedbiot" track "$run" --mlflow "http://127.0.0.1:$port" --cluster "$work/cluster.yaml"
done 2> "$work/track.err" > "$work/track.out"

"$python" - "$work" "$run" "http://127.0.0.1:$port" << 'PY'
import json, sys
import tensorboard
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
import mlflow

work, run, server = sys.argv[1:]
report = json.load(open(f"{work}/report.json"))

board = EventAccumulator(f"{work}/board/{run}", size_guidance={"scalars": 0})
board.Reload()
points = {tag: [(event.step, event.value) for event in board.Scalars(tag)] for tag in board.Tags()["scalars"]}

client = mlflow.MlflowClient(server)
experiment = client.get_experiment_by_name("fedbiot")
runs = client.search_runs([experiment.experiment_id])
assert len(runs) == 1, runs
logged = {tag: sorted((m.step, m.value) for m in client.get_metric_history(runs[0].info.run_id, tag))
          for tag in runs[0].data.metrics}

def same(one, other):
    return abs(one - other) <= 1e-6 * max(1.0, abs(other))

assert set(points) == set(logged), set(points) ^ set(logged)
for tag in points:
    assert len(points[tag]) == len(logged[tag]), tag
    assert all(a[0] == b[0] and same(a[1], b[1]) for a, b in zip(sorted(points[tag]), logged[tag])), tag
assert [step for step, _ in points["train/loss"]] == [1, 2, 3]
for round in report["rounds"]:
    for one in round["clients"]:
        found = dict(points[f"client/{one['client']}/loss"])[round["round"]]
        assert same(found, one["loss"]), (round["round"], one)
    assert dict(logged["traffic/up_bytes"])[round["round"]] == sum(one["bytesUp"] for one in round["clients"])
assert same(points["eval/adap_fu/nll"][-1][1], report["evaluation"]["adapFu"]["nll"])
assert runs[0].info.status == "FINISHED"
print(f"tensorboard {tensorboard.__version__}: {len(points)} tags, {sum(map(len, points.values()))} points")
print(f"mlflow {mlflow.__version__}: {len(logged)} metrics, {sum(map(len, logged.values()))} points, "
      f"{len(runs[0].data.params)} parameters, status {runs[0].info.status}")
print("both hold the run's numbers, once each")
PY
