#!/usr/bin/env bash
# Starts a Grafana with every file of ours, as docs/grafana.md says, and waits until it answers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# shellcheck disable=SC1091
source tokens.env
mkdir -p provisioned/{datasources,dashboards,alerting,fleet}
cp dashboards/fleet-*.json provisioned/fleet/
cp dashboards/alerting/*.json provisioned/alerting/
rm provisioned/alerting/rules-server.json # There is no Prometheus here.

cat >provisioned/datasources/fleet.yaml <<'YAML'
apiVersion: 1
datasources:
  - name: Fleet Telemetry
    uid: fleet-influxdb
    type: influxdb
    access: proxy
    url: http://localhost:8086
    jsonData: { version: Flux, organization: fleet, defaultBucket: telemetry }
    secureJsonData: { token: $GRAFANA_INFLUX_TOKEN }
YAML
cat >provisioned/dashboards/fleet.yaml <<'YAML'
apiVersion: 1
providers:
  - { name: fleet-telemetry, folder: Fleet Telemetry, type: file, options: { path: /etc/grafana/provisioning/fleet } }
YAML

docker run --detach --name grafana --network host \
  --volume "$PWD/provisioned:/etc/grafana/provisioning:ro" \
  --env GRAFANA_INFLUX_TOKEN="$GRAFANA_INFLUX_TOKEN" \
  --env GF_AUTH_ANONYMOUS_ENABLED=true --env GF_AUTH_ANONYMOUS_ORG_ROLE=Admin \
  --env GF_RENDERING_SERVER_URL=http://localhost:8081/render --env GF_RENDERING_CALLBACK_URL=http://localhost:3000/ \
  --env TELEGRAM_BOT_TOKEN=1:a --env TELEGRAM_CHAT_ID=1 --env ALERT_EMAILS=nobody@example.org \
  --env ALERT_WEBHOOK_URL=http://localhost:9/ --env NTFY_URL=http://localhost:9/topic \
  "grafana/grafana:$GRAFANA_VERSION"
for _ in $(seq 60); do
  curl -fsS http://localhost:3000/api/health >/dev/null 2>&1 && exit
  sleep 1
done
docker logs grafana
exit 1
