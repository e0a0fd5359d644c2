{{- /* The ports of a component's containers, by name. */}}
{{- define "anyserve.ports" -}}
{{- if eq . "ingress" -}}
{grpc: 7400, api: 7407, metrics: 7401}
{{- else if eq . "router" -}}
{grpc: 7420, metrics: 7421}
{{- else if eq . "metering" -}}
{grpc: 7430, usage: 7432, metrics: 7431}
{{- else -}}
{metrics: 7411}
{{- end }}
{{- end }}

{{- /* They as the ports of a container. */}}
{{- define "anyserve.containerPorts" -}}
ports:
{{- range $port := include "anyserve.ports" . | fromYaml | values | sortAlpha }}
  - containerPort: {{ $port }}
{{- end }}
{{- end }}

{{- /* host:port,... or a URL: the port numbers in it, as a list. */}}
{{- define "anyserve.portsOf" -}}
{{- $found := list }}
{{- range splitList "," . }}
{{- $host := . | trim }}
{{- if contains "://" $host }}
{{- $url := urlParse $host }}
{{- $default := ternary "443" "80" (eq $url.scheme "https") }}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" }}
{{- $found = append $found (int (default $default $port)) }}
{{- else if $host }}
{{- $found = append $found (int (regexFind "[0-9]+$" $host)) }}
{{- end }}
{{- end }}
{{- $found | uniq | toJson }}
{{- end }}
