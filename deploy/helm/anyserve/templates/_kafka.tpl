{{- define "anyserve.kafka.bootstrap" -}}
{{- if .Values.strimzi.enabled -}}
{{ .Values.strimzi.cluster }}-kafka-bootstrap:9093
{{- else -}}
{{ required "kafka.bootstrapServers: not set (expected: host:port,... or strimzi.enabled)" .Values.kafka.bootstrapServers }}
{{- end }}
{{- end }}

{{- define "anyserve.kafka.tls" -}}
{{- or .Values.kafka.tls.enabled .Values.strimzi.enabled | ternary "true" "" }}
{{- end }}

{{- define "anyserve.kafka.sasl" -}}
{{- or .Values.kafka.sasl.enabled .Values.strimzi.enabled | ternary "true" "" }}
{{- end }}

{{- /* The Secret with the authority of the brokers' certificates; empty: Java's own authorities. */}}
{{- define "anyserve.kafka.caSecret" -}}
{{- if .Values.kafka.tls.caSecret.name -}}
{{ .Values.kafka.tls.caSecret.name }}
{{- else if .Values.strimzi.enabled -}}
{{ .Values.strimzi.cluster }}-cluster-ca-cert
{{- end }}
{{- end }}

{{- /* (list ROOT SERVICE): the Secret with the service's login. */}}
{{- define "anyserve.kafka.secret" -}}
{{- $root := index . 0 }}{{ $service := index . 1 }}
{{- if $root.Values.strimzi.enabled -}}
{{ include "anyserve.fullname" $root }}-{{ $service }}
{{- else -}}
{{ required (printf "kafka.sasl.secrets.%s: not set (expected: a Secret, or kafka.sasl.secret for all)" $service) (default $root.Values.kafka.sasl.secret (index $root.Values.kafka.sasl.secrets $service)) }}
{{- end }}
{{- end }}

{{- /* The settings of Kafka's clients, without the login. */}}
{{- define "anyserve.kafka.settings" -}}
{{- $tls := include "anyserve.kafka.tls" . }}{{ $sasl := include "anyserve.kafka.sasl" . -}}
bootstrap.servers: {{ include "anyserve.kafka.bootstrap" . | quote }}
{{- if or $tls $sasl }}
security.protocol: {{ printf "%s%s" (ternary "SASL_" "" (ne $sasl "")) (ternary (ternary "SSL" "PLAINTEXT" (ne $tls "")) "SSL" (ne $sasl "")) }}
{{- end }}
{{- if $sasl }}
sasl.mechanism: {{ .Values.kafka.sasl.mechanism }}
{{- end }}
{{- if and $tls (include "anyserve.kafka.caSecret" .) }}
ssl.truststore.type: PEM
ssl.truststore.location: /etc/anyserve/kafka-ca/{{ .Values.kafka.tls.caSecret.key }}
{{- end }}
{{- end }}

{{- /* All of them: what the operator passes on wins. */}}
{{- define "anyserve.kafka.client" -}}
{{- mergeOverwrite (include "anyserve.kafka.settings" . | fromYaml) (deepCopy .Values.kafka.settings) | toJson }}
{{- end }}

{{- /* (list ROOT SERVICE): the login as an environment variable. */}}
{{- define "anyserve.kafka.env" -}}
{{- if include "anyserve.kafka.sasl" (index . 0) }}
- name: ANYSERVE_KAFKA_SASL_JAAS_CONFIG
  valueFrom:
    secretKeyRef:
      name: {{ include "anyserve.kafka.secret" . }}
      key: {{ (index . 0).Values.kafka.sasl.key }}
{{- end }}
{{- end }}

{{- define "anyserve.kafka.mount" -}}
{{- if and (include "anyserve.kafka.tls" .) (include "anyserve.kafka.caSecret" .) }}
- {name: kafka-ca, mountPath: /etc/anyserve/kafka-ca, readOnly: true}
{{- end }}
{{- end }}

{{- define "anyserve.kafka.volume" -}}
{{- if and (include "anyserve.kafka.tls" .) (include "anyserve.kafka.caSecret" .) }}
- name: kafka-ca
  secret:
    secretName: {{ include "anyserve.kafka.caSecret" . }}
    items: [{key: {{ .Values.kafka.tls.caSecret.key }}, path: {{ .Values.kafka.tls.caSecret.key }}}]
{{- end }}
{{- end }}

{{- /* The names of all capabilities of all workers, once each. */}}
{{- define "anyserve.capabilities" -}}
{{- $names := list }}
{{- range .Values.workers }}{{ range .capabilities }}{{ $names = append $names .name }}{{ end }}{{ end }}
{{- $names | uniq | sortAlpha | toJson }}
{{- end }}
