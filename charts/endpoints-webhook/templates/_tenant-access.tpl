{{- define "endpoints-webhook.tenantRoleName" -}}
{{- include "endpoints-webhook.fullname" . }}:tenant-access
{{- end -}}

{{- /* Why tenantAccess would be unsafe with these values, as a JSON list; empty where it is safe. */ -}}
{{- define "endpoints-webhook.tenantAccessErrors" -}}
{{- $errors := list -}}
{{- $policy := .Values.policy -}}
{{- $validating := .Values.webhooks.validating -}}
{{- $tenantRules := include "endpoints-webhook.tenantRules" . | fromJsonArray -}}
{{- if not .Values.rbac.create -}}
  {{- $errors = append $errors "rbac.create=false: it would make a ClusterRole all the same: set true, or give tenants the right yourself" -}}
{{- end -}}
{{- if not $validating.enabled -}}
  {{- $errors = append $errors "webhooks.validating.enabled=false: nothing would check what tenants write: set true" -}}
{{- end -}}
{{- range $resource, $judged := $validating.resources -}}
  {{- if not $judged -}}
    {{- $errors = append $errors (printf "webhooks.validating.resources.%s=false: tenants could write there what is refused in the other resource: set true" $resource) -}}
  {{- end -}}
{{- end -}}
{{- if ne $validating.failurePolicy "Fail" -}}
  {{- $errors = append $errors (printf "webhooks.validating.failurePolicy=%s: while no pod answers, which a tenant may bring about, everything would be allowed: set Fail" $validating.failurePolicy) -}}
{{- end -}}
{{- range $key := list "namespaceSelector" "objectSelector" "matchConditions" -}}
  {{- if get $validating $key -}}
    {{- $errors = append $errors (printf "webhooks.validating.%s: what does not match is not checked, and edit and admin may write there, too: leave it empty" $key) -}}
  {{- end -}}
{{- end -}}
{{- if eq (include "endpoints-webhook.namespace" .) "default" -}}
  {{- $errors = append $errors "the release is in namespace default, which is therefore exempt, and edit and admin may write there, too: give it a namespace of its own" -}}
{{- end -}}
{{- range .Values.extraArgs -}}
  {{- if hasPrefix "--policy" . -}}
    {{- $errors = append $errors (printf "extraArgs: %q replaces the policy that the chart knows: write it into policy" .) -}}
  {{- end -}}
{{- end -}}
{{- if eq (dig "mode" "enforce" $policy) "audit" -}}
  {{- $errors = append $errors "policy.mode=audit: nothing would be refused: set enforce" -}}
{{- end -}}
{{- range $rule := without $tenantRules "forbidden-port" -}}
  {{- $enforcement := dig "rules" $rule "enforcement" "deny" $policy -}}
  {{- if ne $enforcement "deny" -}}
    {{- $errors = append $errors (printf "policy.rules.%s.enforcement=%s: nothing would be denied: set deny, and name the namespaces that need less in policy.namespaces" $rule $enforcement) -}}
  {{- end -}}
{{- end -}}
{{- if not (dig "rules" "forbidden-network" "networks" (list) $policy) -}}
  {{- $errors = append $errors "policy.rules.forbidden-network.networks: is empty: tenants could send traffic to others' pods, to Services and to nodes: set the networks of all three" -}}
{{- end -}}
{{- range $index, $entry := dig "namespaces" (list) $policy -}}
  {{- if include "endpoints-webhook.matchesAll" (dig "match" (list "*") $entry) -}}
    {{- with include "endpoints-webhook.loosened" $entry | fromJsonArray -}}
      {{- $errors = append $errors (printf "policy.namespaces[%d]: matches every namespace, in which %s would not be enforced: name the namespaces that need it" $index (join ", " .)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range $index, $entry := dig "exempt" (list) $policy -}}
  {{- $rules := list -}}
  {{- range $rule := $tenantRules -}}
    {{- if has $rule (dig "rules" $tenantRules $entry) -}}{{- $rules = append $rules $rule -}}{{- end -}}
  {{- end -}}
  {{- if and $rules (include "endpoints-webhook.exemptsTenants" $entry) -}}
    {{- $errors = append $errors (printf "policy.exempt[%d]: exempts everybody, or every service account, from %s: name users, groups or namespaces" $index (join ", " $rules)) -}}
  {{- end -}}
{{- end -}}
{{- $prefixed := list -}}
{{- range $errors -}}{{- $prefixed = append $prefixed (printf "tenantAccess.enabled: %s" .) -}}{{- end -}}
{{- toJson $prefixed -}}
{{- end -}}

{{- /* Which of tenantRules an entry of policy.namespaces does not enforce, as a JSON list: by its enforcement, or by an empty list of what is forbidden. */ -}}
{{- define "endpoints-webhook.loosened" -}}
{{- $loosened := list -}}
{{- range $rule := include "endpoints-webhook.tenantRules" $ | fromJsonArray -}}
  {{- $settings := dig "rules" $rule (dict) $ -}}
  {{- $emptied := has (list) (list (dig "networks" (list "as before") $settings) (dig "ports" (list "as before") $settings) (dig "presets" (list "as before") $settings)) -}}
  {{- if or $emptied (ne (dig "enforcement" "deny" $settings) "deny") -}}{{- $loosened = append $loosened $rule -}}{{- end -}}
{{- end -}}
{{- toJson $loosened -}}
{{- end -}}

{{- /* "true" if a list of patterns has one that matches every name. */ -}}
{{- define "endpoints-webhook.matchesAll" -}}
{{- range . -}}{{- if regexMatch "^[*]+$" . -}}true{{- end -}}{{- end -}}
{{- end -}}

{{- /* "true" if an entry of policy.exempt matches some service account of every namespace; a list that is not given matches everybody. */ -}}
{{- define "endpoints-webhook.exemptsTenants" -}}
{{- $users := dict "patterns" (dig "users" (list "*") .) "texts" (list "system:serviceaccount:any-tenant:default") -}}
{{- $groups := dict "patterns" (dig "groups" (list "*") .) "texts" (list "system:authenticated" "system:serviceaccounts" "system:serviceaccounts:any-tenant") -}}
{{- if and (include "endpoints-webhook.matchesSome" $users) (include "endpoints-webhook.matchesSome" $groups) (include "endpoints-webhook.matchesAll" (dig "namespaces" (list "*") .)) -}}true{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.matchesSome" -}}
{{- $texts := .texts -}}
{{- range $pattern := .patterns -}}
  {{- range $texts -}}
    {{- if regexMatch (printf "^%s$" (regexQuoteMeta $pattern | replace "\\*" ".*")) . -}}true{{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
