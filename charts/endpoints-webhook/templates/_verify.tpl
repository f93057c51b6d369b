{{- define "endpoints-webhook.installationName" -}}
{{- include "endpoints-webhook.fullname" . }}-installation
{{- end -}}

{{- define "endpoints-webhook.verifyName" -}}
{{- include "endpoints-webhook.fullname" . }}-verify
{{- end -}}

{{- /* As JSON; src/verify/installation.ts reads it. */ -}}
{{- define "endpoints-webhook.installation" -}}
{{- $configurations := dict -}}
{{- range $resource := include "endpoints-webhook.judged" . | fromJsonArray -}}
{{- $webhooks := include "endpoints-webhook.validatingWebhooks" (dict "context" $ "resource" $resource) -}}
{{- $_ := set $configurations (printf "validating/%s-%s" (include "endpoints-webhook.fullname" $) $resource) (fromYamlArray $webhooks | toRawJson | sha256sum) -}}
{{- end -}}
{{- if include "endpoints-webhook.mutating" . -}}
{{- $webhooks := include "endpoints-webhook.mutatingWebhooks" . -}}
{{- $_ := set $configurations (printf "mutating/%s-endpoints" (include "endpoints-webhook.fullname" .)) (fromYamlArray $webhooks | toRawJson | sha256sum) -}}
{{- end -}}
{{- $policies := list (dict "configMap" (include "endpoints-webhook.policyName" .) "key" "policy.yaml" "sha256" (include "endpoints-webhook.policy" . | sha256sum)) -}}
{{- with .Values.policyConfigMap -}}
{{- if .name }}{{ $policies = append $policies (dict "configMap" .name "key" .key) }}{{ end -}}
{{- end -}}
{{- $installation := dict
  "version" (.Chart.AppVersion | toString)
  "deployment" (include "endpoints-webhook.fullname" .)
  "selector" (include "endpoints-webhook.selectorLabels" . | fromYaml)
  "ports" (dict "https" (int .Values.server.port) "operations" (int .Values.server.healthPort))
  "servingName" (include "endpoints-webhook.serviceHost" .)
  "configurations" $configurations
  "policies" $policies
  "extraServiceLabels" .Values.extraServiceLabels
  "admissionPolicies" (include "endpoints-webhook.admissionPolicies" . | fromJson)
  "exemptPrefixes" (include "endpoints-webhook.exemptPrefixes" . | fromJsonArray)
  "exemptUsers" (include "endpoints-webhook.exemptUsers" . | fromJsonArray) -}}
{{- if not .Values.webhooks.url -}}
{{- $_ := set $installation "service" (dict "name" (include "endpoints-webhook.fullname" .) "port" (int .Values.service.port)) -}}
{{- end -}}
{{- toPrettyJson $installation -}}
{{- end -}}

{{- /* The names of the ValidatingAdmissionPolicies, as a JSON map to the digest of the policy that they were printed from; "" where it is none of these. */ -}}
{{- define "endpoints-webhook.admissionPolicies" -}}
{{- $fullname := include "endpoints-webhook.fullname" . -}}
{{- $policies := dict -}}
{{- if eq .Values.tls.mode "selfManaged" }}{{ $_ := set $policies (printf "%s-own-account" $fullname) "" }}{{ end -}}
{{- if .Values.validatingAdmissionPolicy.enabled -}}
{{- $printed := .Values.validatingAdmissionPolicy.manifests | default (.Files.Get "files/validating-admission-policy.yaml") -}}
{{- range $text := regexSplit "(?m)^---$" $printed -1 -}}
{{- $object := fromYaml $text -}}
{{- if eq (dig "kind" "" $object) "ValidatingAdmissionPolicy" -}}
{{- $suffix := regexFind "-(endpoints|endpointslices|services)-(deny|warn|audit)$" $object.metadata.name -}}
{{- if or (not (hasPrefix "-services-" $suffix)) (include "endpoints-webhook.wantsServices" $) -}}
{{- $_ := set $policies (printf "%s%s" $fullname $suffix) (include "endpoints-webhook.policyDigest" $) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $policies -}}
{{- end -}}

{{- /* The account of verify, what it may read, and what it may try: by dry run alone, as a ValidatingAdmissionPolicy says. Call with (dict "context" $
"annotations" (dict …)), where the annotations make them hooks of `helm test`. */ -}}
{{- define "endpoints-webhook.verifyRights" -}}
{{- $ := .context -}}
{{- $annotations := .annotations -}}
{{- $name := include "endpoints-webhook.verifyName" $ -}}
{{- $home := include "endpoints-webhook.namespace" $ -}}
{{- $account := printf "system:serviceaccount:%s:%s" $home $name -}}
{{- $first := dict "context" $ "name" $name "annotations" $annotations "labels" (dict "app.kubernetes.io/component" "verify") -}}
{{- $cluster := merge (dict "cluster" true) $first -}}
{{- $trial := merge (dict "name" (printf "%s-trial" $name) "namespace" $.Values.verify.namespace) $first -}}
{{- $subjects := printf "[{kind: ServiceAccount, name: %s, namespace: %s}]" $name $home -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "endpoints-webhook.metadata" $first | nindent 2 }}
{{- if $.Values.rbac.create }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  {{- include "endpoints-webhook.metadata" $cluster | nindent 2 }}
spec:
  failurePolicy: Fail
  matchConstraints:
    matchPolicy: Equivalent
    resourceRules:
      - apiGroups: [""]
        apiVersions: [v1]
        operations: [CREATE]
        resources: [endpoints, services]
        scope: Namespaced
      - apiGroups: [discovery.k8s.io]
        apiVersions: [v1]
        operations: [CREATE]
        resources: [endpointslices]
        scope: Namespaced
  matchConditions:
    - name: only-verify-account
      expression: request.userInfo.username == {{ toRawJson $account }}
  validations:
    - expression: has(request.dryRun) && request.dryRun
      reason: Forbidden
      message: "this account tries writes by dry run, and stores nothing: use another account"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  {{- include "endpoints-webhook.metadata" $cluster | nindent 2 }}
spec:
  policyName: {{ $name }}
  validationActions: [Deny]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "endpoints-webhook.metadata" $first | nindent 2 }}
rules:
  - apiGroups: [""]
    resources: [configmaps]
    resourceNames: {{ include "endpoints-webhook.verifiedConfigMaps" $ }}
    verbs: [get]
  - apiGroups: [""]
    resources: [services]
    resourceNames: [{{ include "endpoints-webhook.fullname" $ }}]
    verbs: [get]
  - apiGroups: [apps]
    resources: [deployments]
    resourceNames: [{{ include "endpoints-webhook.fullname" $ }}]
    verbs: [get]
  - apiGroups: [""]
    resources: [pods]
    verbs: [list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "endpoints-webhook.metadata" $first | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ $name }}}
subjects: {{ $subjects }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "endpoints-webhook.metadata" $trial | nindent 2 }}
rules:
  - apiGroups: [""]
    resources: [endpoints, services]
    verbs: [create]
  - apiGroups: [discovery.k8s.io]
    resources: [endpointslices]
    verbs: [create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "endpoints-webhook.metadata" $trial | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: {{ $name }}-trial}
subjects: {{ $subjects }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  {{- include "endpoints-webhook.metadata" $cluster | nindent 2 }}
rules:
  {{- include "endpoints-webhook.verifyClusterRules" $ | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- include "endpoints-webhook.metadata" $cluster | nindent 2 }}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ $name }}}
subjects: {{ $subjects }}
{{- end }}
{{- end -}}

{{- define "endpoints-webhook.verifiedConfigMaps" -}}
{{- $names := list (include "endpoints-webhook.installationName" .) (include "endpoints-webhook.policyName" .) -}}
{{- with .Values.policyConfigMap.name }}{{ $names = append $names . }}{{ end -}}
{{- toJson $names -}}
{{- end -}}

{{- define "endpoints-webhook.verifyClusterRules" -}}
- apiGroups: [""]
  resources: [namespaces]
  resourceNames: [{{ .Values.verify.namespace }}]
  verbs: [get]
{{- range $kind := list "validating" "mutating" }}
{{- $names := list }}
{{- range include "endpoints-webhook.configurations" $ | fromJsonArray }}
{{- if eq (dir .) $kind }}{{ $names = append $names (base .) }}{{ end }}
{{- end }}
{{- with $names }}
- apiGroups: [admissionregistration.k8s.io]
  resources: [{{ $kind }}webhookconfigurations]
  resourceNames: {{ toJson . }}
  verbs: [get]
{{- end }}
{{- end }}
{{- with include "endpoints-webhook.admissionPolicies" . | fromJson | keys | sortAlpha }}
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingadmissionpolicies, validatingadmissionpolicybindings]
  resourceNames: {{ toJson . }}
  verbs: [get]
{{- end }}
{{- end -}}

{{- /* The pod that runs verify. Call with (list $ wait). */ -}}
{{- define "endpoints-webhook.verifyPod" -}}
{{- $ := first . -}}
{{- $wait := index . 1 -}}
serviceAccountName: {{ include "endpoints-webhook.verifyName" $ }}
enableServiceLinks: false
{{ include "endpoints-webhook.taskPod" $ }}
containers:
  - name: verify
    image: {{ include "endpoints-webhook.image" $ }}
    imagePullPolicy: {{ $.Values.image.pullPolicy }}
    args:
      - verify
      - --namespace={{ include "endpoints-webhook.namespace" $ }}
      - --name={{ include "endpoints-webhook.fullname" $ }}
      - --trial-namespace={{ $.Values.verify.namespace }}
      - --dial-pods
      - --wait={{ $wait }}
    resources:
      {{- toYaml $.Values.resources | nindent 6 }}
    securityContext:
      {{- include "endpoints-webhook.securityContext" (list $ $.Values.securityContext) | nindent 6 }}
{{- end -}}
