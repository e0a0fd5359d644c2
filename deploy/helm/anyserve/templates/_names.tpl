{{- /* The name of everything: the release's, with the chart's where it lacks it. */}}
{{- define "anyserve.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- /* (list ROOT COMPONENT): the labels that select a component's pods. They never change. */}}
{{- define "anyserve.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- /* The labels of all pods of the release. */}}
{{- define "anyserve.everyPod" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- /* (list ROOT COMPONENT): all labels. */}}
{{- define "anyserve.labels" -}}
{{- $root := index . 0 -}}
{{ include "anyserve.selector" . }}
app.kubernetes.io/part-of: anyserve
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end }}

{{- /* A worker entry of the values over workerDefaults. Its maps are merged, its lists replace. */}}
{{- define "anyserve.worker" -}}
{{- $root := index . 0 -}}
{{- mergeOverwrite (deepCopy $root.Values.workerDefaults) (deepCopy (index . 1)) | toJson }}
{{- end }}
