{{- /* Made from cdk8s/src by `npm run generate`: change it there. */ -}}

{{- define "fleet.fullname" -}}
{{ .Release.Name | replace "." "-" | trunc 35 | trimSuffix "-" }}
{{- end }}

{{- define "fleet.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: fleet
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: fleet-telemetry
{{- end }}

{{- define "fleet.selector" -}}
app.kubernetes.io/name: fleet
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "fleet.grafana.authSecret" -}}
{{ if .Values.existingSecret }}{{ .Values.existingSecret }}{{ else }}{{ include "fleet.fullname" . }}-grafana-auth{{ end }}
{{- end }}

{{- define "fleet.tokensSecret" -}}
{{ if .Values.global.influxdb.existingSecret }}{{ .Values.global.influxdb.existingSecret }}{{ else }}{{ include "fleet.fullname" . }}-influxdb-tokens{{ end }}
{{- end }}
