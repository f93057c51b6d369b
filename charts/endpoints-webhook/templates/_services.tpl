{{- define "endpoints-webhook.serviceRightsName" -}}
{{- include "endpoints-webhook.fullname" . }}-services
{{- end -}}

{{- /* The rights to read what a Service puts into service, as objects: NOTES print the same where others are to create them. */ -}}
{{- define "endpoints-webhook.serviceRights" -}}
{{- $name := include "endpoints-webhook.serviceRightsName" . -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  {{- include "endpoints-webhook.metadata" (dict "context" $ "name" $name "cluster" true) | nindent 2 }}
rules:
  - apiGroups: [""]
    resources: [endpoints]
    verbs: [get]
  - apiGroups: [discovery.k8s.io]
    resources: [endpointslices]
    verbs: [list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- include "endpoints-webhook.metadata" (dict "context" $ "name" $name "cluster" true) | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ $name }}}
subjects:
  {{- include "endpoints-webhook.subjects" . | nindent 2 }}
{{- end -}}
