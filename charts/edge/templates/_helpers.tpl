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

{{- define "fleet.edge.name" -}}
{{ include "fleet.fullname" . | trunc 26 | trimSuffix "-" }}-edge
{{- end }}

{{- define "fleet.edge.image" -}}
{{ .Values.global.imageRegistry | default .Values.image.registry }}/{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "fleet.edge.cars" -}}
{{ range $car := .Values.cars }}{{ $car.name }} {{ end }}
{{- end }}
