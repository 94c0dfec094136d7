{{/* What is given wins over what is known of the app, and that over the defaults. */}}
{{- define "stand-in.settings" -}}
{{- $known := index .Values.standIn.apps .Release.Name | default dict -}}
serviceName: {{ .Values.standIn.serviceName | default $known.serviceName | default .Release.Name }}
port: {{ .Values.standIn.port | default $known.port | default 80 }}
targetPort: {{ .Values.standIn.targetPort | default $known.targetPort | default 8080 }}
{{- end -}}

{{- define "stand-in.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
