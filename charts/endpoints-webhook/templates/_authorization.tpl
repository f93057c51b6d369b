{{- /* "true" if RBAC could exempt somebody from what is denied: then API servers are asked whether the requester may create …/restricted. A
Service is judged with the Endpoints and slices that it wakes. The program decides alike (src/policy/rbac-exemption.ts); test/chart/decisions.ts compares both. */ -}}
{{- define "endpoints-webhook.asks" -}}
{{- $judged := include "endpoints-webhook.judged" . | fromJsonArray -}}
{{- if include "endpoints-webhook.judgesServices" . }}{{ $judged = concat $judged (list "endpoints" "endpointslices") }}{{ end -}}
{{- include "endpoints-webhook.denies" (dict "resources" $judged "policy" .Values.policy) -}}
{{- end -}}

{{- /* "true" if a rule from which RBAC can exempt may deny an object of these resources. Call with (dict "resources" … "policy" …). */ -}}
{{- define "endpoints-webhook.denies" -}}
{{- $policy := .policy -}}
{{- $resources := .resources -}}
{{- $denies := false -}}
{{- if ne (dig "mode" "enforce" $policy) "audit" -}}
  {{- range include "endpoints-webhook.exemptibleRules" . | fromJsonArray -}}
    {{- $isJudged := false -}}
    {{- range .resources -}}{{- $isJudged = or $isJudged (has . $resources) -}}{{- end -}}
    {{- if and $isJudged (include "endpoints-webhook.mayDeny" (dict "rule" . "policy" $policy)) -}}{{- $denies = true -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if $denies }}true{{ end -}}
{{- end -}}

{{- /* Entries of policy.namespaces combine: one may say `deny`, and another what is forbidden. A rule that takes no lists, or knows the cluster, forbids by
itself. Call with (dict "rule" <one of exemptibleRules> "policy" …). */ -}}
{{- define "endpoints-webhook.mayDeny" -}}
{{- $id := .rule.id -}}
{{- $knowsCluster := hasKey (include "endpoints-webhook.clusterRules" . | fromJson) $id -}}
{{- $lists := ternary (dict) (pick .rule.settings "networks" "ports" "presets") $knowsCluster -}}
{{- $listed := default $id .rule.parametersOf -}}
{{- $own := dig "rules" $id (dict) .policy -}}
{{- $denies := eq (dig "enforcement" .rule.settings.enforcement $own) "deny" -}}
{{- $forbidden := list -}}
{{- range $name, $default := $lists -}}{{- $forbidden = concat $forbidden (dig "rules" $listed $name $default $.policy) -}}{{- end -}}
{{- range dig "namespaces" (list) .policy -}}
  {{- $entry := dig "rules" $id (dict) . -}}
  {{- $denies = or $denies (eq (dig "enforcement" "" $entry) "deny") -}}
  {{- $listing := dig "rules" $listed (dict) . -}}
  {{- range $name, $_ := $lists -}}{{- $forbidden = concat $forbidden (dig $name (list) $listing) -}}{{- end -}}
{{- end -}}
{{- if and $denies (or $forbidden (not $lists)) }}true{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.callsApiServers" -}}
{{- if or (eq .Values.tls.mode "selfManaged") (include "endpoints-webhook.asks" .) (include "endpoints-webhook.judgesServices" .) (include "endpoints-webhook.follows" . | fromJsonArray) }}true{{ end -}}
{{- end -}}
