{{- /* A value of TOML. A number of the values is a float for Helm. */}}
{{- define "anyserve.toml.value" -}}
{{- if kindIs "string" . -}}{{ . | toJson }}
{{- else if and (kindIs "float64" .) (eq (float64 (int64 .)) .) -}}{{ int64 . }}
{{- else -}}{{ . }}
{{- end }}
{{- end }}

{{- /* The keys of a table; one that holds a table becomes its dotted name. Kafka's names need quotes. */}}
{{- define "anyserve.toml.keys" -}}
{{- range $key, $value := . }}
{{- if not (kindIs "map" $value) }}
{{ ternary (quote $key) $key (contains "." $key) }} = {{ include "anyserve.toml.value" $value }}
{{- end }}
{{- end }}
{{- end }}

{{- /* (list PATH TABLE): [PATH] and the tables in it. */}}
{{- define "anyserve.toml.table" -}}
{{- $path := index . 0 }}
[{{ $path }}]
{{- include "anyserve.toml.keys" (index . 1) }}
{{ range $key, $value := index . 1 }}
{{- if kindIs "map" $value }}
{{- include "anyserve.toml.table" (list (printf "%s.%s" $path $key) $value) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What the chart itself sets, by table. */}}
{{- define "anyserve.settings.chart" -}}
{{- $name := include "anyserve.fullname" . -}}
kafka: {{ include "anyserve.kafka.client" . }}
topics:
  prefix: {{ .Values.topics.prefix | quote }}
  token-partitions: {{ .Values.topics.tokenPartitions }}
  request-partitions: {{ .Values.topics.requestPartitions }}
  usage-partitions: {{ .Values.topics.usagePartitions }}
  quota-partitions: {{ .Values.topics.quotaPartitions }}
  replication: {{ .Values.topics.replication }}
{{- with .Values.objects }}
{{- if .endpoint }}
objects:
  endpoint: {{ .endpoint | quote }}
  region: {{ .region | quote }}
  bucket: {{ .bucket | quote }}
{{- end }}
{{- end }}
ingress:
  host: 0.0.0.0
  port: {{ (include "anyserve.ports" "ingress" | fromYaml).grpc }}
  api-http-host: 0.0.0.0
  api-http-port: {{ (include "anyserve.ports" "ingress" | fromYaml).api }}
  http-host: 0.0.0.0
  http-port: {{ (include "anyserve.ports" "ingress" | fromYaml).metrics }}
  drain: {{ .Values.ingress.drain }}s
  require-key: {{ .Values.requireKey }}
  router: {{ $name }}-router:{{ (include "anyserve.ports" "router" | fromYaml).grpc }}
{{- if .Values.ingress.tls.secret }}
  tls-certificate: /etc/anyserve/tls/tls.crt
  tls-key: /etc/anyserve/tls/tls.key
{{- if .Values.ingress.tls.clientCa }}
  tls-client-ca: /etc/anyserve/tls/ca.crt
{{- end }}
{{- end }}
router:
  host: 0.0.0.0
  port: {{ (include "anyserve.ports" "router" | fromYaml).grpc }}
  http-host: 0.0.0.0
  http-port: {{ (include "anyserve.ports" "router" | fromYaml).metrics }}
  state-directory: /var/lib/anyserve/router
metering:
  host: 0.0.0.0
  port: {{ (include "anyserve.ports" "metering" | fromYaml).grpc }}
  usage-http-host: 0.0.0.0
  usage-http-port: {{ (include "anyserve.ports" "metering" | fromYaml).usage }}
  http-host: 0.0.0.0
  http-port: {{ (include "anyserve.ports" "metering" | fromYaml).metrics }}
  state-directory: /var/lib/anyserve/metering
{{- with .Values.metering.export }}
{{- if or .topic .endpoint }}
  export:
{{- with .topic }}
    topic: {{ . | quote }}
{{- end }}
{{- with .endpoint }}
    endpoint: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
worker:
  http-host: 0.0.0.0
  http-port: {{ (include "anyserve.ports" "worker" | fromYaml).metrics }}
  routers: {{ $name }}-router-headless:{{ (include "anyserve.ports" "router" | fromYaml).grpc }}
  create-topics: {{ not (or .Values.strimzi.enabled .Values.topics.create) }}
{{- end }}

{{- define "anyserve.settings" -}}
{{- mergeOverwrite (include "anyserve.settings.chart" . | fromYaml) (deepCopy .Values.settings) | toJson }}
{{- end }}

{{- /* anyserve.toml: of ingress, router and metering. */}}
{{- define "anyserve.toml" -}}
{{- range $table, $keys := omit (include "anyserve.settings" . | fromJson) "worker" "metrics" }}
{{- include "anyserve.toml.table" (list $table $keys) }}
{{- end }}
{{- range .Values.apiKeys }}
[[ingress.key]]
{{- include "anyserve.toml.keys" . }}
{{ end }}
{{- end }}

{{- /* (list ROOT WORKER): the file of a worker. */}}
{{- define "anyserve.worker.toml" -}}
{{- $worker := index . 1 }}
{{- $all := pick (include "anyserve.settings" (index . 0) | fromJson) "kafka" "topics" "objects" "worker" "tracing" "metrics" }}
{{- $_ := set $all.worker "drain" (printf "%vs" $worker.drain) }}
{{- range $table, $keys := $all }}
{{- include "anyserve.toml.table" (list $table $keys) }}
{{- end }}
{{- range $worker.capabilities }}
[[worker.capability]]
{{- include "anyserve.toml.keys" . }}
{{ end }}
{{- end }}

{{- /* All files of the ConfigMap. */}}
{{- define "anyserve.settings.files" -}}
anyserve.toml: |
  {{- with include "anyserve.toml" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
{{- range .Values.workers }}
{{- $worker := include "anyserve.worker" (list $ .) | fromJson }}
worker-{{ $worker.name }}.toml: |
  {{- with include "anyserve.worker.toml" (list $ $worker) | trim }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}
