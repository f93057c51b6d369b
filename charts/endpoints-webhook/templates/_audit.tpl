{{- /* What `endpoints-webhook audit` reads to judge. Call with the kinds of the core group. */ -}}
{{- define "endpoints-webhook.auditRules" -}}
- apiGroups: [""]
  resources: [{{ . }}]
  verbs: [list]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [list]
- apiGroups: [networking.k8s.io]
  resources: [servicecidrs]
  verbs: [list]
{{- end -}}

{{- define "endpoints-webhook.auditLabels" -}}
app.kubernetes.io/name: {{ include "endpoints-webhook.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: audit
{{- end -}}

{{- /* Whether the pods of the webhook have metrics of audits: "true" or "". */ -}}
{{- define "endpoints-webhook.showsAudits" -}}
{{- with .Values.audit.cronJob }}{{ if and .enabled .metrics }}true{{ end }}{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.auditSummaryName" -}}
{{- include "endpoints-webhook.fullname" . }}-audit-summary
{{- end -}}

{{- define "endpoints-webhook.auditorName" -}}
{{- include "endpoints-webhook.fullname" . }}-auditor
{{- end -}}

{{- define "endpoints-webhook.auditors" -}}
- kind: ServiceAccount
  name: {{ include "endpoints-webhook.auditorName" . }}
  namespace: {{ include "endpoints-webhook.namespace" . }}
{{- end -}}
