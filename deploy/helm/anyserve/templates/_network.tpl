{{- /* (list PEERS ADDRESSES): the way to the ports in the addresses, to these peers or to everybody. */}}
{{- define "anyserve.egress" -}}
- ports:
    {{- range include "anyserve.portsOf" (index . 1) | fromJsonArray }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with index . 0 }}
  to: {{ toJson . }}
  {{- end }}
{{- end }}
