{{- /* The container of metering, in a pod of its own or beside a worker. */}}
{{- define "anyserve.metering.container" -}}
{{- $name := include "anyserve.fullname" . }}
{{- $metering := .Values.metering -}}
name: metering
{{ include "anyserve.image" . }}
{{ include "anyserve.command" (list "metering" "anyserve.toml") }}
env:
  {{- if eq $metering.mode "sidecar" }}
  - name: POD_IP
    valueFrom: {fieldRef: {fieldPath: status.podIP}}
  - {name: ANYSERVE_METERING_ADVERTISED_HOST, value: $(POD_IP)}
  {{- else }}
  - name: POD_NAME
    valueFrom: {fieldRef: {fieldPath: metadata.name}}
  - {name: ANYSERVE_METERING_ADVERTISED_HOST, value: $(POD_NAME).{{ $name }}-metering-headless.{{ .Release.Namespace }}.svc}
  {{- end }}
  - {name: ANYSERVE_HEAP, value: {{ $metering.heap | quote }}}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- with include "anyserve.kafka.env" (list . "metering") | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with $metering.export.authorization }}
  {{- if .secret }}
  - name: ANYSERVE_METERING_EXPORT_AUTHORIZATION
    valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}
  {{- end }}
  {{- end }}
{{ include "anyserve.containerPorts" "metering" }}
{{ include "anyserve.probes" 7431 }}
lifecycle:
  preStop:
    sleep: {seconds: 2}
resources:
  {{- toYaml $metering.resources | nindent 2 }}
{{ include "anyserve.containerSecurity" . }}
volumeMounts:
  {{- include "anyserve.mounts" . | nindent 2 }}
  - {name: state, mountPath: /var/lib/anyserve}
{{- end }}

{{- /* The pods that run metering. */}}
{{- define "anyserve.metering.selector" -}}
{{- if eq .Values.metering.mode "sidecar" -}}
{{ include "anyserve.everyPod" . }}
anyserve.io/metering: sidecar
{{- else -}}
{{ include "anyserve.selector" (list . "metering") }}
{{- end }}
{{- end }}
