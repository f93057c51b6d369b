{{- /* Why pods, Services and nodes would be open to tenants, whom networks or the rules that know the cluster keep away, as a JSON list. Call with
(dict "policy" … "guarding" guardingRules). */ -}}
{{- define "endpoints-webhook.ownershipErrors" -}}
{{- $policy := .policy -}}
{{- $guarding := .guarding -}}
{{- $clusterRules := include "endpoints-webhook.clusterRules" . | fromJson | keys | sortAlpha -}}
{{- $errors := list -}}
{{- $denying := list -}}
{{- range $clusterRules -}}{{- if has . $guarding -}}{{- $denying = append $denying . -}}{{- end -}}{{- end -}}
{{- if not (dig "rules" "forbidden-network" "networks" (list) $policy) -}}
  {{- if ne (len $denying) (len $clusterRules) -}}
    {{- $errors = append $errors (printf "policy.rules.forbidden-network.networks: is empty: tenants could send traffic to others' pods, to Services and to nodes: set the networks of all three, or set the enforcement of each of %s to deny" (join ", " $clusterRules)) -}}
  {{- else if dig "rules" "node-address" "ports" (list) $policy -}}
    {{- $errors = append $errors "policy.rules.node-address.ports: tenants could send traffic to other ports of nodes: leave it empty" -}}
  {{- end -}}
{{- end -}}
{{- if and $denying (eq (dig "cluster" "whenUnknown" "deny" $policy) "warn") -}}
  {{- $errors = append $errors (printf "policy.cluster.whenUnknown=warn: while the cluster cannot be read, %s would refuse nothing: set deny" (join ", " $denying)) -}}
{{- end -}}
{{- range $rule := $denying -}}
  {{- range include "endpoints-webhook.openTrust" (dig "rules" $rule "trust" (list) $policy) | fromJsonArray -}}
    {{- $errors = append $errors (printf "policy.rules.%s.trust[%d]: tenants could list what other tenants have: name the namespaces in from or in to" $rule (int .)) -}}
  {{- end -}}
{{- end -}}
{{- toJson $errors -}}
{{- end -}}

{{- /* The places in a list of trust where neither side names a namespace, as a JSON list. */ -}}
{{- define "endpoints-webhook.openTrust" -}}
{{- $open := list -}}
{{- range $index, $entry := . -}}
  {{- $from := include "endpoints-webhook.widePatterns" $entry.from | fromJsonArray -}}
  {{- $to := include "endpoints-webhook.widePatterns" $entry.to | fromJsonArray -}}
  {{- if and $from $to -}}{{- $open = append $open $index -}}{{- end -}}
{{- end -}}
{{- toJson $open -}}
{{- end -}}
