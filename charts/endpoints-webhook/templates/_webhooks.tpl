{{- /* All webhook configurations of the release, as a JSON list of <kind>/<name>, the form of the server's flag. */ -}}
{{- define "endpoints-webhook.configurations" -}}
{{- $configurations := list -}}
{{- range include "endpoints-webhook.judged" . | fromJsonArray -}}
{{- $configurations = append $configurations (printf "validating/%s-%s" (include "endpoints-webhook.fullname" $) .) -}}
{{- end -}}
{{- if include "endpoints-webhook.mutating" . -}}
{{- $configurations = append $configurations (printf "mutating/%s-endpoints" (include "endpoints-webhook.fullname" .)) -}}
{{- end -}}
{{- toJson $configurations -}}
{{- end -}}

{{- /* The resources that are judged, as a JSON list: each has a configuration object of its own, since their conditions differ. */ -}}
{{- define "endpoints-webhook.judged" -}}
{{- $judged := list -}}
{{- with .Values.webhooks.validating -}}
{{- if and .enabled .resources.endpoints }}{{ $judged = append $judged "endpoints" }}{{ end -}}
{{- if and .enabled .resources.endpointSlices }}{{ $judged = append $judged "endpointslices" }}{{ end -}}
{{- if and .enabled (include "endpoints-webhook.wantsServices" $) }}{{ $judged = append $judged "services" }}{{ end -}}
{{- end -}}
{{- toJson $judged -}}
{{- end -}}

{{- /* "true" if Services are to be judged: as the value says, or where something keeps Endpoints or slices from targets, or is going to. */ -}}
{{- define "endpoints-webhook.wantsServices" -}}
{{- $resources := .Values.webhooks.validating.resources -}}
{{- if ne (toString $resources.services) "auto" -}}
{{- if $resources.services }}true{{ end -}}
{{- else if or $resources.endpoints $resources.endpointSlices -}}
{{- include "endpoints-webhook.denies" (dict "resources" (list "endpoints" "endpointslices") "policy" (omit .Values.policy "mode")) -}}
{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.judgesServices" -}}
{{- if has "services" (include "endpoints-webhook.judged" . | fromJsonArray) }}true{{ end -}}
{{- end -}}

{{- /* The validating webhooks of a resource, as a JSON list. Of Services there are two: what their authors choose themselves must be judged, and what a Service
with a selector takes over may wait for the pods, or no chart with a Service could be installed without them. Call with (dict "context" $ "resource" …). */ -}}
{{- define "endpoints-webhook.validatingHooks" -}}
{{- $values := .context.Values.webhooks.validating -}}
{{- $name := printf "%s.validate.endpoints-webhook.io" .resource -}}
{{- $hook := dict "name" $name "path" "/validate" "hook" $values "conditions" (printf "%s.conditions" .resource) -}}
{{- $hooks := list $hook -}}
{{- if eq .resource "services" -}}
{{- $judged := merge (dict "failurePolicy" (default $values.failurePolicy $values.servicesFailurePolicy)) $values -}}
{{- $adopting := merge (dict "failurePolicy" "Ignore" "timeoutSeconds" (min 2 $values.timeoutSeconds)) $values -}}
{{- $hooks = list
  (merge (dict "hook" $judged "conditions" "services.judged") $hook)
  (dict "name" (printf "adopting.%s" $name) "path" "/validate/adopting" "hook" $adopting "conditions" "services.adopting") -}}
{{- end -}}
{{- toJson $hooks -}}
{{- end -}}

{{- /* "true" if there is a validating, and if there is a mutating webhook. */ -}}
{{- define "endpoints-webhook.validating" -}}
{{- if include "endpoints-webhook.judged" . | fromJsonArray }}true{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.mutating" -}}
{{- if .Values.webhooks.mutating.enabled }}true{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.exemptNamespaces" -}}
{{- concat (list (include "endpoints-webhook.namespace" .)) (include "endpoints-webhook.alwaysExemptNamespaces" . | fromJsonArray) .Values.webhooks.extraExemptNamespaces | uniq | toJson -}}
{{- end -}}

{{- define "endpoints-webhook.exemptUsers" -}}
{{- $users := include "endpoints-webhook.apiServerUsers" . | fromJsonArray -}}
{{- if not .Values.webhooks.guardSystemControllers -}}
{{- $users = concat $users (include "endpoints-webhook.systemControllerUsers" . | fromJsonArray) -}}
{{- end -}}
{{- concat $users .Values.webhooks.extraExemptUsers | uniq | toJson -}}
{{- end -}}

{{- /* The metadata of a configuration object. Call with (dict "context" $ "resource" …). */ -}}
{{- define "endpoints-webhook.configurationMetadata" -}}
{{- $ := .context -}}
{{- include "endpoints-webhook.metadata" (dict "context" $ "name" (printf "%s-%s" (include "endpoints-webhook.fullname" $) .resource) "cluster" true
  "labels" $.Values.webhooks.labels "annotations" (include "endpoints-webhook.configurationAnnotations" $ | fromJson)) -}}
{{- end -}}

{{- /* What all webhooks have in common. Call with (dict "context" $ "hook" .Values.webhooks.<kind> "path" "/…" "resource" … "conditions" "<resource>.conditions"). */ -}}
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
  - apiGroups: [{{ include (printf "endpoints-webhook.%s.group" .resource) $ | quote }}]
    apiVersions: [v1]
    operations: [CREATE, UPDATE]
    resources: [{{ .resource }}]
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
  {{- include "endpoints-webhook.identities" $ | nindent 2 }}
  {{- if and $.Values.webhooks.excludeObjectsWithoutAddresses (ne .resource "services") }}
  - name: exclude-objects-without-addresses
    expression: {{ include (printf "endpoints-webhook.%s.filled" .resource) $ | squote }}
  {{- end }}
  {{- include (printf "endpoints-webhook.%s" .conditions) $ | nindent 2 }}
  {{- with .hook.matchConditions }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- /* Those that webhooks and ValidatingAdmissionPolicies have in common. Call with (dict "context" $ "resource" …). */ -}}
{{- define "endpoints-webhook.matchConditions" -}}
{{ include "endpoints-webhook.identities" .context }}
{{ include (printf "endpoints-webhook.%s.conditions" .resource) .context }}
{{- end -}}

{{- define "endpoints-webhook.identities" -}}
- name: {{ include "endpoints-webhook.conditionNames" . | fromJsonArray | first }}
  expression: {{ include "endpoints-webhook.identitiesCondition" . | toRawJson }}
{{- end -}}

{{- /* In CEL, whether an object has addresses at all. */ -}}
{{- define "endpoints-webhook.endpoints.filled" -}}
has(object.subsets) && size(object.subsets) > 0
{{- end -}}

{{- define "endpoints-webhook.endpointslices.filled" -}}
has(object.endpoints) && object.endpoints != null && size(object.endpoints) > 0
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
