#!/usr/bin/env bash
# `npm run k3d`: everything on this machine, in a cluster in Docker: builds the image, makes the cluster, brings the image
# in, installs the chart, says where things are. Run again it brings what changed. `k3d cluster delete fleet` ends it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for program in docker k3d kubectl helm; do
  command -v "$program" >/dev/null || { echo "k3d: $program is needed; docs/kubernetes.md says where it is had" >&2; exit 1; }
done

version=$(node -p 'require("./package.json").version')
image=localhost/fleet/api:$version
docker build --tag "$image" .
k3d cluster list fleet >/dev/null 2>&1 ||
  k3d cluster create fleet --servers 1 --agents 2 --port 80:80@loadbalancer --port 443:443@loadbalancer
k3d image import --cluster fleet "$image"

helm upgrade --install fleet . --kube-context k3d-fleet --namespace fleet --create-namespace --reset-then-reuse-values \
  --set api.ingress.enabled=true --set grafana.ingress.enabled=true --set simulator.enabled=true \
  --wait --timeout 10m "$@"
# The same tag may be another image now.
kubectl --context k3d-fleet --namespace fleet rollout restart deployment/fleet-api >/dev/null

secret() { kubectl --context k3d-fleet --namespace fleet get secret "$1" -o "jsonpath={.data.$2}" | base64 -d; }
echo
echo "Pages    http://fleet.localtest.me      sign in with $(secret fleet-api-auth ADMIN_TOKEN)"
echo "Grafana  http://grafana.localtest.me    admin, $(secret fleet-grafana-auth GRAFANA_ADMIN_PASSWORD)"
