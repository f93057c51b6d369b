{{- define "endpoints-webhook.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "endpoints-webhook.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "endpoints-webhook.selectorLabels" -}}
app.kubernetes.io/name: {{ include "endpoints-webhook.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: webhook
{{- end -}}

{{- /* Merged, so that no key is there twice; the chart's own win. Call with (list $ map…). */ -}}
{{- define "endpoints-webhook.labels" -}}
{{- $ := index . 0 -}}
{{- $labels := dict
  "app.kubernetes.io/name" (include "endpoints-webhook.name" $)
  "app.kubernetes.io/instance" $.Release.Name
  "app.kubernetes.io/version" ($.Chart.AppVersion | toString)
  "app.kubernetes.io/managed-by" $.Release.Service
  "helm.sh/chart" (printf "%s-%s" $.Chart.Name $.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- range rest . -}}{{- $labels = merge $labels . -}}{{- end -}}
{{- merge $labels $.Values.commonLabels | toYaml -}}
{{- end -}}

{{- /* Name, namespace (unless cluster), labels and annotations. Call with (dict "context" $ "name" … "cluster" bool "labels" … "annotations" …). */ -}}
{{- define "endpoints-webhook.metadata" -}}
{{- $ := .context -}}
name: {{ .name }}
{{- if not .cluster }}
namespace: {{ include "endpoints-webhook.namespace" $ }}
{{- end }}
labels:
  {{- include "endpoints-webhook.labels" (list $ (default dict .labels)) | nindent 2 }}
{{- with merge (dict) (default dict .annotations) $.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "endpoints-webhook.image" -}}
{{- $repository := default "endpoints-webhook" .Values.image.repository -}}
{{- $registry := .Values.image.registry -}}
{{- if not (or $registry .Values.image.repository) -}}{{- $registry = "localhost" -}}{{- end -}}
{{- with $registry }}{{ . }}/{{ end -}}
{{- $repository }}:{{ default .Chart.AppVersion .Values.image.tag -}}
{{- with .Values.image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "endpoints-webhook.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.configurationName" -}}
{{- include "endpoints-webhook.fullname" . }}-endpoints
{{- end -}}

{{- define "endpoints-webhook.caSecretName" -}}
{{- include "endpoints-webhook.fullname" . }}-ca
{{- end -}}

{{- define "endpoints-webhook.tlsSecretName" -}}
{{- if eq .Values.tls.mode "existingSecret" -}}
{{- .Values.tls.existingSecret.name -}}
{{- else -}}
{{- include "endpoints-webhook.fullname" . }}-tls
{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.serviceHost" -}}
{{- include "endpoints-webhook.fullname" . }}.{{ include "endpoints-webhook.namespace" . }}.svc
{{- end -}}

{{- define "endpoints-webhook.urlHost" -}}
{{- with .Values.webhooks.url }}{{ (urlParse .).hostname }}{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.isAddress" -}}
{{- if or (contains ":" .) (regexMatch "^[0-9.]+$" .) }}true{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.policy" -}}
{{- merge (dict "apiVersion" "endpoints-webhook.io/v1" "kind" "Policy") .Values.policy | toYaml -}}
{{- end -}}

{{- /* validating and mutating, each "true" if it is to exist */ -}}
{{- define "endpoints-webhook.validating" -}}
{{- if and .Values.webhooks.validating.enabled .Values.webhooks.validating.resources.endpoints }}true{{ end -}}
{{- end -}}
{{- define "endpoints-webhook.mutating" -}}
{{- if .Values.webhooks.mutating.enabled }}true{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.seconds" -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+[hms]" . -1 -}}
{{- $number := regexFind "[0-9]+" . | int64 -}}
{{- $unit := regexFind "[hms]" . -}}
{{- $sum = add $sum (mul $number (get (dict "h" 3600 "m" 60 "s" 1) $unit)) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}

{{- define "endpoints-webhook.exemptNamespaces" -}}
{{- concat (list (include "endpoints-webhook.namespace" .) "kube-system" "kube-node-lease") .Values.webhooks.extraExemptNamespaces | uniq | toJson -}}
{{- end -}}

{{- define "endpoints-webhook.exemptUsers" -}}
{{- $users := list "system:apiserver" -}}
{{- if not .Values.webhooks.guardSystemControllers -}}
{{- $users = concat $users (list
  "system:kube-controller-manager"
  "system:serviceaccount:kube-system:endpoint-controller"
  "system:serviceaccount:kube-system:endpointslice-controller"
  "system:serviceaccount:kube-system:endpointslicemirroring-controller"
  "system:serviceaccount:kube-system:generic-garbage-collector") -}}
{{- end -}}
{{- concat $users .Values.webhooks.extraExemptUsers | uniq | toJson -}}
{{- end -}}

{{- /* What both kinds of configuration say alike. Call with (dict "context" $ "hook" .Values.webhooks.<kind> "path" "/…"). */ -}}
{{- define "endpoints-webhook.hook" -}}
{{- $ := .context -}}
admissionReviewVersions: [v1]
clientConfig:
  {{- if $.Values.webhooks.url }}
  url: {{ trimSuffix "/" $.Values.webhooks.url }}{{ .path }}
  {{- else }}
  service:
    name: {{ include "endpoints-webhook.fullname" $ }}
    namespace: {{ include "endpoints-webhook.namespace" $ }}
    path: {{ .path }}
    port: {{ $.Values.service.port }}
  {{- end }}
  {{- if and (eq $.Values.tls.mode "existingSecret") $.Values.tls.existingSecret.caBundle }}
  caBundle: {{ b64enc $.Values.tls.existingSecret.caBundle }}
  {{- end }}
failurePolicy: {{ .hook.failurePolicy }}
matchPolicy: Equivalent
sideEffects: None
timeoutSeconds: {{ .hook.timeoutSeconds }}
rules:
  - apiGroups: [""]
    apiVersions: [v1]
    operations: [CREATE, UPDATE]
    resources: [endpoints]
    scope: Namespaced
namespaceSelector:
  {{- with .hook.namespaceSelector.matchLabels }}
  matchLabels:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values:
        {{- include "endpoints-webhook.exemptNamespaces" $ | fromJsonArray | toYaml | nindent 8 }}
    {{- with .hook.namespaceSelector.matchExpressions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- with .hook.objectSelector }}
objectSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
matchConditions:
  - name: exclude-control-plane-identities
    expression: {{ printf "!(request.userInfo.username in [%s])" (include "endpoints-webhook.celStrings" (include "endpoints-webhook.exemptUsers" $)) | toRawJson }}
  {{- if $.Values.webhooks.excludeObjectsWithoutAddresses }}
  - name: exclude-objects-without-addresses
    expression: 'has(object.subsets) && size(object.subsets) > 0'
  {{- end }}
  - name: exclude-unchanged-updates
    expression: >-
      request.operation != "UPDATE" || has(object.subsets) != has(oldObject.subsets) || (has(object.subsets) && object.subsets != oldObject.subsets) ||
      object.metadata.?labels[?"endpointslice.kubernetes.io/skip-mirror"].orValue("") != oldObject.metadata.?labels[?"endpointslice.kubernetes.io/skip-mirror"].orValue("") ||
      ("control-plane.alpha.kubernetes.io/leader" in object.metadata.?annotations.orValue({})) != ("control-plane.alpha.kubernetes.io/leader" in oldObject.metadata.?annotations.orValue({}))
  {{- with .hook.matchConditions }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- /* From a JSON list of strings: the list's inside, as CEL has it. */ -}}
{{- define "endpoints-webhook.celStrings" -}}
{{- $quoted := list -}}
{{- range fromJsonArray . }}{{ $quoted = append $quoted (toRawJson .) }}{{ end -}}
{{- join ", " $quoted -}}
{{- end -}}

{{- define "endpoints-webhook.configurationAnnotations" -}}
{{- $wave := ternary "0" "1" (eq .Values.tls.mode "selfManaged") -}}
{{- $annotations := dict "argocd.argoproj.io/sync-wave" $wave -}}
{{- $existing := .Values.tls.existingSecret -}}
{{- if eq .Values.tls.mode "certManager" -}}
{{- $_ := set $annotations "cert-manager.io/inject-ca-from" (printf "%s/%s-serving" (include "endpoints-webhook.namespace" .) (include "endpoints-webhook.fullname" .)) -}}
{{- else if eq .Values.tls.mode "existingSecret" -}}
{{- with $existing.injectCaFrom }}{{ $_ := set $annotations "cert-manager.io/inject-ca-from" . }}{{ end -}}
{{- with $existing.injectCaFromSecret }}{{ $_ := set $annotations "cert-manager.io/inject-ca-from-secret" . }}{{ end -}}
{{- end -}}
{{- merge $annotations .Values.webhooks.annotations | toJson -}}
{{- end -}}
