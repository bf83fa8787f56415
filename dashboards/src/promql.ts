/** What Prometheus is asked, by panels and alerts. Metrics are those of the API; those of Kubernetes where it has them. */

/** Everything that follows is of one name: what becomes of events. */
export const ACCEPTED = 'stored|duplicate|deleted';

export const PROMQL = {
  ready: 'min(fleet_ready)',
  requests: 'sum by (route) (rate(fleet_http_request_duration_seconds_count[$__rate_interval]))',
  errors: 'sum by (status) (rate(fleet_http_request_duration_seconds_count{status=~"[45].."}[$__rate_interval]))',
  latency: (quantile: number) =>
    `histogram_quantile(${quantile}, sum by (le) (rate(fleet_http_request_duration_seconds_bucket[$__rate_interval])))`,
  outcomes: 'sum by (outcome) (rate(fleet_events_total[$__rate_interval]))',
  rejectedShare: `sum(rate(fleet_events_total{outcome!~"${ACCEPTED}"}[5m])) / (sum(rate(fleet_events_total[5m])) > 0)`,
  storedEvents: 'max(fleet_stored_events)',
  storeBytes: 'max(fleet_store_bytes)',
  retention: 'max(fleet_retention_seconds > 0)',
  growth: 'max(deriv(fleet_store_bytes[6h])) * 86400',
  diskUsed:
    '1 - min by (persistentvolumeclaim) (kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes)',
  fullestDisk: 'max(1 - kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes)',
  backupAt:
    'max(fleet_backup_verified_timestamp_seconds > 0) or max(kube_cronjob_status_last_successful_time{cronjob=~".*backup.*"})',
  liveClients: 'sum(fleet_live_clients)',
  mqttConnected: 'min(fleet_mqtt_connected)',
  mqttClients: 'sum(fleet_mqtt_clients)',
  mqttWaiting: 'sum(fleet_mqtt_waiting)',
  memory: 'sum by (pod, instance) (process_resident_memory_bytes{job=~".*fleet.*|.*api.*"})',
  cpu: 'sum by (pod, instance) (rate(process_cpu_seconds_total{job=~".*fleet.*|.*api.*"}[$__rate_interval]))',
  eventLoop: 'max(nodejs_eventloop_lag_p99_seconds)',
} as const;
