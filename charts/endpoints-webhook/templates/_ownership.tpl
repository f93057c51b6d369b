{{- /* The rules that know the cluster and deny everywhere, as a JSON list. Call with the policy. */ -}}
{{- define "endpoints-webhook.denyingClusterRules" -}}
{{- $denying := list -}}
{{- range $rule, $_ := include "endpoints-webhook.clusterRules" . | fromJson -}}
  {{- if dig "rules" $rule "enforcement" "none" $ | eq "deny" -}}{{- $denying = append $denying $rule -}}{{- end -}}
{{- end -}}
{{- toJson $denying -}}
{{- end -}}

{{- /* Why pods, Services and nodes would be open to tenants, from which networks or the rules that know the cluster keep them, as a JSON list. Call with
the policy. */ -}}
{{- define "endpoints-webhook.ownershipErrors" -}}
{{- $policy := . -}}
{{- $clusterRules := include "endpoints-webhook.clusterRules" . | fromJson | keys | sortAlpha -}}
{{- $denying := include "endpoints-webhook.denyingClusterRules" . | fromJsonArray -}}
{{- $errors := list -}}
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

{{- /* Which networks that forbidden-network denies hold pods, as far as the policy says where pods are, as a JSON list: own pods stay refused there. Call
with the policy. */ -}}
{{- define "endpoints-webhook.forbiddenPodNetworks" -}}
{{- $found := list -}}
{{- $forbidden := dig "rules" "forbidden-network" (dict) . -}}
{{- if eq (dig "enforcement" "deny" $forbidden) "deny" -}}
  {{- range $network := dig "networks" (list) $forbidden -}}
    {{- range dig "rules" "unclaimed-address" "networks" (list) $ -}}
      {{- if include "endpoints-webhook.overlaps" (list $network .) -}}{{- $found = append $found $network -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $found | uniq | toJson -}}
{{- end -}}

{{- /* "true" if two networks have an address in common. */ -}}
{{- define "endpoints-webhook.overlaps" -}}
{{- $starts := list -}}
{{- $prefix := 128 -}}
{{- range . -}}{{- $prefix = regexFind "[0-9]+$" . | atoi | min $prefix -}}{{- end -}}
{{- range . -}}
  {{- $groups := regexFind "^[^/]+" . | include "endpoints-webhook.addressGroups" | fromJsonArray -}}
  {{- $starts = append $starts (include "endpoints-webhook.networkStart" (list $groups $prefix)) -}}
{{- end -}}
{{- if eq (first $starts) (last $starts) }}true{{ end -}}
{{- end -}}
