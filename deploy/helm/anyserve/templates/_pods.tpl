{{- /* Every container: nothing but its own files, no privilege. */}}
{{- define "anyserve.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- /* Every pod. Service links would set variables such as ANYSERVE_ROUTER_PORT, which are settings. */}}
{{- define "anyserve.podSecurity" -}}
serviceAccountName: {{ include "anyserve.fullname" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "anyserve.image" -}}
{{- with .Values.images.services -}}
image: {{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ default $.Chart.AppVersion .tag }}{{ end }}
{{- end }}
imagePullPolicy: {{ .Values.images.pullPolicy }}
{{- end }}

{{- define "anyserve.workerImage" -}}
{{- $root := index . 0 }}
{{- with $root.Values.images.worker -}}
image: {{ index . (index $ 1).accelerator }}:{{ default $root.Chart.AppVersion .tag }}
{{- end }}
imagePullPolicy: {{ $root.Values.images.pullPolicy }}
{{- end }}

{{- /* (list ROOT COMPONENT): where its pods should be. */}}
{{- define "anyserve.spread" -}}
{{- $root := index . 0 }}
{{- with $root.Values.topologySpread }}
topologySpreadConstraints:
{{- range . }}
  - {{ toJson . | trimSuffix "}" }}, "labelSelector": {"matchLabels": {{ include "anyserve.selector" $ | fromYaml | toJson }}}}
{{- end }}
{{- end }}
{{- end }}

{{- /* A component's own choice of nodes. */}}
{{- define "anyserve.nodes" -}}
{{- with .nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- end }}

{{- /* /health: the process answers. /readiness: it can serve. A service that waits for Kafka is alive. */}}
{{- define "anyserve.probes" -}}
startupProbe:
  httpGet: {path: /health, port: {{ . }}}
  periodSeconds: 2
  failureThreshold: 60
readinessProbe:
  httpGet: {path: /readiness, port: {{ . }}}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
livenessProbe:
  httpGet: {path: /health, port: {{ . }}}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end }}

{{- /* (list ROOT NAME HEAP): what every container has in its environment. */}}
{{- define "anyserve.env" -}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- {name: {{ index . 1 }}, value: $(POD_NAME)}
- {name: ANYSERVE_HEAP, value: {{ index . 2 | quote }}}
{{- with (index . 0).Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "anyserve.objects.env" -}}
{{- if .Values.objects.endpoint }}
{{- $secret := required "objects.secret.name: not set (expected: a Secret with the keys of the S3 server)" .Values.objects.secret.name }}
- name: ANYSERVE_OBJECTS_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ .Values.objects.secret.accessKey }}}}
- name: ANYSERVE_OBJECTS_SECRET_KEY
  valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ .Values.objects.secret.secretKey }}}}
{{- end }}
{{- end }}

{{- /* The settings, and the only place outside volumes that can be written. */}}
{{- define "anyserve.mounts" -}}
- {name: settings, mountPath: /etc/anyserve/settings, readOnly: true}
- {name: tmp, mountPath: /tmp}
{{- include "anyserve.kafka.mount" . }}
{{- end }}

{{- define "anyserve.volumes" -}}
- name: settings
  configMap: {name: {{ include "anyserve.fullname" . }}}
- name: tmp
  emptyDir: {sizeLimit: 2Gi}
{{- include "anyserve.kafka.volume" . }}
{{- end }}

{{- /* (list SERVICE FILE): what a container runs. */}}
{{- define "anyserve.command" -}}
command: [/opt/anyserve/bin/anyserve]
args: [run, {{ index . 0 }}, --config, /etc/anyserve/settings/{{ index . 1 }}]
{{- end }}

{{- /* (list ROOT COMPONENT OWN): labels and annotations of a pod. A change of the settings replaces the pods. */}}
{{- define "anyserve.podMetadata" -}}
{{- $root := index . 0 }}{{ $own := index . 2 -}}
labels:
  {{- include "anyserve.labels" (list $root (index . 1)) | nindent 2 }}
  {{- with $own.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  checksum/settings: {{ include "anyserve.settings.files" $root | sha256sum }}
  {{- with $own.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- /* (list SIZE CLASS): the state of a StatefulSet's pods. */}}
{{- define "anyserve.stateClaim" -}}
volumeClaimTemplates:
  - metadata: {name: state}
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .className }}
      storageClassName: {{ . }}
      {{- end }}
      resources: {requests: {storage: {{ .size }}}}
persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Delete}
{{- end }}

{{- /* (list ROOT COMPONENT BUDGET): its PodDisruptionBudget. */}}
{{- define "anyserve.budget" -}}
{{- $root := index . 0 }}{{ $component := index . 1 }}
{{- with index . 2 }}
{{- if .enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "anyserve.fullname" $root }}-{{ $component }}
  labels:
    {{- include "anyserve.labels" (list $root $component) | nindent 4 }}
spec:
  maxUnavailable: {{ .maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "anyserve.selector" (list $root $component) | nindent 6 }}
{{- end }}
{{- end }}
{{- end }}

{{- /* (list ROOT COMPONENT SELECTOR): the Service that names each pod, also before it is ready, and that Prometheus finds them by. */}}
{{- define "anyserve.headless" -}}
{{- $root := index . 0 }}{{ $component := index . 1 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ include "anyserve.fullname" $root }}-{{ $component }}-headless
  labels:
    {{- include "anyserve.labels" (list $root $component) | nindent 4 }}
    anyserve.io/job: anyserve-{{ $component }}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- index . 2 | nindent 4 }}
  ports:
    {{- range $name, $port := include "anyserve.ports" $component | fromYaml }}
    - {name: {{ $name }}, port: {{ $port }}}
    {{- end }}
{{- end }}
