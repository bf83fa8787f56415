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

{{- define "fleet.influxdb.image" -}}
{{ .Values.global.imageRegistry | default .Values.image.registry }}/{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "fleet.tokensSecret" -}}
{{ if .Values.global.influxdb.existingSecret }}{{ .Values.global.influxdb.existingSecret }}{{ else }}{{ include "fleet.fullname" . }}-influxdb-tokens{{ end }}
{{- end }}

{{- define "fleet.image" -}}
{{ .Values.global.imageRegistry | default .Values.global.image.registry }}/{{ .Values.global.image.repository }}{{ if .Values.global.image.digest }}@{{ .Values.global.image.digest }}{{ else }}:{{ .Values.global.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "fleet.influxdb.authSecret" -}}
{{ if .Values.auth.existingSecret }}{{ .Values.auth.existingSecret }}{{ else }}{{ include "fleet.fullname" . }}-influxdb-auth{{ end }}
{{- end }}
