{{- /* "true" if a rule that RBAC can RBAC exemption can deny something: then API servers are asked whether the requester may create …/restricted. */ -}}
{{- define "endpoints-webhook.asks" -}}
{{- $policy := .Values.policy -}}
{{- $judged := include "endpoints-webhook.judged" . | fromJsonArray -}}
{{- $asks := false -}}
{{- if and $judged (ne (dig "mode" "enforce" $policy) "audit") -}}
{{- $forbidden := dict "forbidden-network" (list "cloud-metadata") "forbidden-port" (list) "fqdn-address" (has "endpointslices" $judged | ternary (list "names") (list)) -}}
{{- range $rule, $documented := $forbidden -}}
{{- $settings := dig "rules" $rule (dict) $policy -}}
{{- $denies := eq (dig "enforcement" "deny" $settings) "deny" -}}
{{- $targets := concat (dig "presets" $documented $settings) (dig "networks" (list) $settings) (dig "ports" (list) $settings) -}}
{{- range dig "namespaces" (list) $policy -}}
{{- $settings = dig "rules" $rule (dict) . -}}
{{- $denies = or $denies (eq (dig "enforcement" "" $settings) "deny") -}}
{{- $targets = concat $targets (dig "presets" (list) $settings) (dig "networks" (list) $settings) (dig "ports" (list) $settings) -}}
{{- end -}}
{{- $asks = or $asks (and $denies (gt (len $targets) 0)) -}}
{{- end -}}
{{- end -}}
{{- if $asks }}true{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.callsApiServers" -}}
{{- if or (eq .Values.tls.mode "selfManaged") (include "endpoints-webhook.asks" .) }}true{{ end -}}
{{- end -}}
