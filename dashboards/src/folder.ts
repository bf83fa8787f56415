/** The folder in Grafana that holds dashboards and alerts. */
export const FOLDER = 'Fleet Telemetry';
