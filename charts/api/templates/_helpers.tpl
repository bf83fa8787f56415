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

{{- define "fleet.image" -}}
{{ .Values.global.imageRegistry | default .Values.global.image.registry }}/{{ .Values.global.image.repository }}{{ if .Values.global.image.digest }}@{{ .Values.global.image.digest }}{{ else }}:{{ .Values.global.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "fleet.apiSecret" -}}
{{ if .Values.existingSecret }}{{ .Values.existingSecret }}{{ else }}{{ include "fleet.fullname" . }}-api-auth{{ end }}
{{- end }}

{{- define "fleet.tokensSecret" -}}
{{ if .Values.global.influxdb.existingSecret }}{{ .Values.global.influxdb.existingSecret }}{{ else }}{{ include "fleet.fullname" . }}-influxdb-tokens{{ end }}
{{- end }}

{{- define "fleet.mqttSecret" -}}
{{ if .Values.global.mqtt.existingSecret }}{{ .Values.global.mqtt.existingSecret }}{{ else }}{{ include "fleet.fullname" . }}-mqtt-auth{{ end }}
{{- end }}
