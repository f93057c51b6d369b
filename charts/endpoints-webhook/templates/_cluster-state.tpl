{{- /* What the pods may follow, as a JSON list: what the rules have to know that are on, at least in some namespaces, or that policyConfigMap may turn on. The program decides alike, whatever the webhooks
are (src/policy/cluster-needs.ts); test/chart/decisions.ts compares both. */ -}}
{{- define "endpoints-webhook.follows" -}}
{{- $policy := .Values.policy -}}
{{- $follows := list -}}
{{- range $rule, $needs := include "endpoints-webhook.clusterRules" . | fromJson -}}
  {{- range concat (list $policy) (dig "namespaces" (list) $policy) -}}
    {{- if ne (dig "rules" $rule "enforcement" "none" .) "none" -}}{{- $follows = concat $follows $needs -}}{{- end -}}
  {{- end -}}
  {{- if and $.Values.policyConfigMap.name (has $rule $.Values.policyConfigMap.mayTurnOn) -}}{{- $follows = concat $follows $needs -}}{{- end -}}
{{- end -}}
{{- $follows | uniq | sortAlpha | toJson -}}
{{- end -}}

{{- define "endpoints-webhook.clusterStateName" -}}
{{- include "endpoints-webhook.fullname" . }}-cluster-state
{{- end -}}

{{- /* The rights to follow that, as objects: NOTES print the same where others are to create them. */ -}}
{{- define "endpoints-webhook.clusterStateRights" -}}
{{- $name := include "endpoints-webhook.clusterStateName" . -}}
{{- $follows := include "endpoints-webhook.follows" . | fromJsonArray -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  {{- include "endpoints-webhook.metadata" (dict "context" $ "name" $name "cluster" true) | nindent 2 }}
rules:
  {{- if has "pods" $follows }}
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list, watch]
  {{- end }}
  {{- range $resource := list "nodes" "services" }}
  {{- if has $resource $follows }}
  - apiGroups: [""]
    resources: [{{ $resource }}]
    verbs: [list, watch]
  {{- end }}
  {{- end }}
  {{- if has "servicecidrs" $follows }}
  - apiGroups: [networking.k8s.io]
    resources: [servicecidrs]
    verbs: [list, watch]
  {{- end }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- include "endpoints-webhook.metadata" (dict "context" $ "name" $name "cluster" true) | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ $name }}}
subjects:
  {{- include "endpoints-webhook.subjects" . | nindent 2 }}
{{- if has "endpointslices" $follows }}
---
# of the Service `kubernetes`: the addresses of the API servers
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "endpoints-webhook.metadata" (dict "context" $ "name" $name "namespace" "default") | nindent 2 }}
rules:
  - apiGroups: [discovery.k8s.io]
    resources: [endpointslices]
    verbs: [list, watch]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "endpoints-webhook.metadata" (dict "context" $ "name" $name "namespace" "default") | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ $name }}}
subjects:
  {{- include "endpoints-webhook.subjects" . | nindent 2 }}
{{- end }}
{{- end -}}
