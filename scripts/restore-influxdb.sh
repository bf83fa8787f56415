#!/usr/bin/env bash
# Puts a backup of InfluxDB in the place of what is there: restore-influxdb.sh [RELEASE [NAMESPACE]]
# Takes the backup that influxdb.backup.restore names, else the newest. Meanwhile nothing is stored: devices keep what they
# have, and send it afterwards.
set -euo pipefail
release=${1:-fleet} namespace=${2:-fleet}
# What names of objects begin with: as the chart cuts it.
name=${release//./-} name=${name:0:35} name=${name%-}
kube() { kubectl --namespace "$namespace" "$@"; }

run_job() { # run_job CRONJOB
  local job=$1-$(date +%s)
  kube create job "$job" --from="cronjob/$1"
  until kube wait --for=condition=complete "job/$job" --timeout=10s >/dev/null 2>&1; do
    if kube wait --for=condition=failed "job/$job" --timeout=1s >/dev/null 2>&1; then
      kube logs "job/$job" >&2
      echo "restore-influxdb: $job failed; the API is still stopped" >&2
      exit 1
    fi
  done
  kube logs "job/$job"
}

replicas=$(kube get deployment "$name-api" -o jsonpath='{.spec.replicas}')
bridges=$(kube get statefulset "$name-mqtt-bridge" -o jsonpath='{.spec.replicas}' --ignore-not-found)
kube scale "deployment/$name-api" --replicas=0
[ -z "$bridges" ] || kube scale "statefulset/$name-mqtt-bridge" --replicas=0
kube wait --for=delete pod -l "app.kubernetes.io/instance=$release,app.kubernetes.io/component in (api,mqtt-bridge)" --timeout=3m
run_job "$name-restore"
run_job "$name-setup"
kube scale "deployment/$name-api" --replicas="$replicas"
[ -z "$bridges" ] || kube scale "statefulset/$name-mqtt-bridge" --replicas="$bridges"
kube rollout status "deployment/$name-api" --timeout=5m
