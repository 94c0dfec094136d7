{{/* What is given wins over the app's own values, those over what is known of its chart, and that over the defaults. */}}
{{- define "stand-in.settings" -}}
{{- $known := index .Values.standIn.apps .Release.Name | default dict -}}
{{- $port := include "stand-in.at" (dict "values" .Values "path" $known.portAt "otherwise" $known.port) -}}
serviceName: {{ .Values.standIn.serviceName | default $known.serviceName | default .Release.Name }}
port: {{ .Values.standIn.port | default $port | default 80 }}
clusterIP: {{ include "stand-in.at" (dict "values" .Values "path" $known.clusterIPAt "otherwise" $known.clusterIP) | quote }}
targetPort: {{ .Values.standIn.targetPort | default $known.targetPort | default 8080 }}
healthPath: {{ .Values.standIn.healthPath | default $known.healthPath | default "/status/200" }}
{{- end -}}

{{/* The value at a path of keys with dots between them, or another where the path leads nowhere. */}}
{{- define "stand-in.at" -}}
{{- $at := .values -}}
{{- $found := not (empty .path) -}}
{{- range splitList "." (.path | default "") -}}
{{- if and $found (kindIs "map" $at) (hasKey $at .) -}}
{{- $at = get $at . -}}
{{- else -}}
{{- $found = false -}}
{{- end -}}
{{- end -}}
{{- $found | ternary $at (.otherwise | default "") -}}
{{- end -}}

{{- define "stand-in.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
