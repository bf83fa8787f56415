#!/usr/bin/env bash
# Runs the server on the InfluxDB of the job, sends the recorded drives as if the last one ended now, and stops it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

set -a
# shellcheck disable=SC1091
source tokens.env
STORE=influxdb ADMIN_TOKEN=$INFLUX_ADMIN_TOKEN PORT=3333
set +a
node api/dist/main.js &
server=$!
for _ in $(seq 60); do
  curl -fsS "http://localhost:$PORT/readyz" >/dev/null 2>&1 && break
  sleep 1
done
npx fleet replay examples/drives/*.ndjson.gz --url "http://localhost:$PORT" --key "$ADMIN_TOKEN" --as-now --max
kill -TERM "$server" # It saves its summaries before it ends.
wait "$server"
