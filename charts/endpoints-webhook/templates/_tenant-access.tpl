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
{{- range $resource, $judged := omit $validating.resources "services" -}}
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
{{- if .Values.webhooks.leaveDefaultNamespace -}}
  {{- with include "endpoints-webhook.denyingClusterRules" $policy | fromJsonArray -}}
    {{- $errors = append $errors (printf "webhooks.leaveDefaultNamespace=true: in default nothing would enforce %s, and edit and admin may write there, too: set false, or forbid networks instead" (join ", " .)) -}}
  {{- end -}}
{{- end -}}
{{- range .Values.extraArgs -}}
  {{- if hasPrefix "--policy" . -}}
    {{- $errors = append $errors (printf "extraArgs: %q replaces the policy that the chart knows: write it into policy" .) -}}
  {{- end -}}
{{- end -}}
{{- if eq (dig "mode" "enforce" $policy) "audit" -}}
  {{- $errors = append $errors "policy.mode=audit: nothing would be refused: set enforce" -}}
{{- end -}}
{{- $clusterRules := include "endpoints-webhook.clusterRules" . | fromJson -}}
{{- range $rule := without $tenantRules "forbidden-port" -}}
  {{- $enforcement := dig "rules" $rule "enforcement" "deny" $policy -}}
  {{- if and (ne $enforcement "deny") (not (hasKey $clusterRules $rule)) -}}
    {{- $errors = append $errors (printf "policy.rules.%s.enforcement=%s: nothing would be denied: set deny, and name the namespaces that need less in policy.namespaces" $rule $enforcement) -}}
  {{- end -}}
{{- end -}}
{{- $guarding := include "endpoints-webhook.guardingRules" $policy | fromJsonArray -}}
{{- $errors = include "endpoints-webhook.ownershipErrors" $policy | fromJsonArray | concat $errors -}}
{{- $metadata := "cloud-metadata" -}}
{{- if not (has $metadata (dig "rules" "forbidden-network" "presets" (list $metadata) $policy)) -}}
  {{- $errors = append $errors (printf "policy.rules.forbidden-network.presets: leaves out %s: tenants could send traffic to the metadata services of clouds: add it" $metadata) -}}
{{- end -}}
{{- range $index, $entry := dig "namespaces" (list) $policy -}}
  {{- with include "endpoints-webhook.widePatterns" (dig "match" (list "*") $entry) | fromJsonArray -}}
    {{- $matches := printf "%s matches namespaces that tenants may have" (join ", " .) -}}
    {{- if include "endpoints-webhook.matchesAll" $entry.match }}{{ $matches = "matches every namespace" }}{{ end -}}
    {{- with include "endpoints-webhook.loosened" (dict "entry" $entry "policy" $policy) | fromJsonArray -}}
      {{- $errors = append $errors (printf "policy.namespaces[%d]: %s, in which %s would not be enforced: name the namespaces that need it" $index $matches (join ", " .)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range $index, $entry := dig "exempt" (list) $policy -}}
  {{- $rules := list -}}
  {{- range $rule := $guarding -}}
    {{- if has $rule (dig "rules" $guarding $entry) -}}{{- $rules = append $rules $rule -}}{{- end -}}
  {{- end -}}
  {{- if and $rules (include "endpoints-webhook.exemptsTenants" $entry) -}}
    {{- $errors = append $errors (printf "policy.exempt[%d]: exempts everybody, or every service account, from %s: name users, groups or namespaces" $index (join ", " $rules)) -}}
  {{- end -}}
{{- end -}}
{{- $prefixed := list -}}
{{- range $errors -}}{{- $prefixed = append $prefixed (printf "tenantAccess.enabled: %s" .) -}}{{- end -}}
{{- toJson $prefixed -}}
{{- end -}}

{{- /* Which of tenantRules count, as a JSON list: those that know the cluster only where they deny. Call with the policy. */ -}}
{{- define "endpoints-webhook.guardingRules" -}}
{{- $denying := include "endpoints-webhook.denyingClusterRules" . | fromJsonArray -}}
{{- $clusterRules := include "endpoints-webhook.clusterRules" . | fromJson -}}
{{- $guarding := list -}}
{{- range include "endpoints-webhook.tenantRules" . | fromJsonArray -}}
  {{- if or (has . $denying) (not (hasKey $clusterRules .)) -}}{{- $guarding = append $guarding . -}}{{- end -}}
{{- end -}}
{{- toJson $guarding -}}
{{- end -}}

{{- /* Which of guardingRules an entry of policy.namespaces does not enforce as the rest of the policy does, as a JSON list: by its enforcement, or by a
list without something that is forbidden elsewhere. Call with (dict "entry" … "policy" …). */ -}}
{{- define "endpoints-webhook.loosened" -}}
{{- $entry := .entry -}}
{{- $policy := .policy -}}
{{- $defaults := dict "special-address" (dict "nat64Prefixes" list) -}}
{{- range include "endpoints-webhook.exemptibleRules" . | fromJsonArray -}}{{- $_ := set $defaults .id .settings -}}{{- end -}}
{{- $loosened := list -}}
{{- range $rule := include "endpoints-webhook.guardingRules" $policy | fromJsonArray -}}
  {{- $settings := dig "rules" $rule (dict) $entry -}}
  {{- $isLoosened := ne (dig "enforcement" "deny" $settings) "deny" -}}
  {{- range $name, $default := omit (get $defaults $rule) "enforcement" -}}
    {{- $everywhere := dig "rules" $rule $name $default $policy -}}
    {{- $there := dig $name $everywhere $settings -}}
    {{- if eq $name "trust" -}}
      {{- if include "endpoints-webhook.openTrust" $there | fromJsonArray -}}{{- $isLoosened = true -}}{{- end -}}
    {{- else if kindIs "bool" $everywhere -}}
      {{- if and $everywhere (not $there) -}}{{- $isLoosened = true -}}{{- end -}}
    {{- else if and (eq $rule "node-address") (eq $name "ports") (or (not $everywhere) (not $there)) -}}
      {{- if $there -}}{{- $isLoosened = true -}}{{- end -}}
    {{- else -}}
      {{- range $everywhere -}}{{- if not (has . $there) -}}{{- $isLoosened = true -}}{{- end -}}{{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if $isLoosened -}}{{- $loosened = append $loosened $rule -}}{{- end -}}
{{- end -}}
{{- toJson $loosened -}}
{{- end -}}

{{- /* "true" if a list of patterns has one that matches every name. */ -}}
{{- define "endpoints-webhook.matchesAll" -}}
{{- range . -}}{{- if regexMatch "^[*]+$" . -}}true{{- end -}}{{- end -}}
{{- end -}}

{{- /* Of a list of patterns those with so little beside their `*` that they name nothing, quoted, as a JSON list: such as `*`, `*-*` and `a*`. */ -}}
{{- define "endpoints-webhook.widePatterns" -}}
{{- $wide := list -}}
{{- range . -}}
  {{- if and (contains "*" .) (lt (regexReplaceAll "[^a-z0-9]" . "" | len) 3) -}}{{- $wide = append $wide (quote .) -}}{{- end -}}
{{- end -}}
{{- toJson $wide -}}
{{- end -}}

{{- /* "true" if an entry of policy.exempt matches everybody who is like one of these in namespaces that it does not name: some service account of any
namespace, somebody who is logged in, somebody who is not. A list that is not given matches everybody. */ -}}
{{- define "endpoints-webhook.exemptsTenants" -}}
{{- $entry := . -}}
{{- $expressions := include "endpoints-webhook.anyAccount" . | fromJson -}}
{{- $anyAccount := printf "(%s)|(%s)" $expressions.users $expressions.groups -}}
{{- if include "endpoints-webhook.widePatterns" (dig "namespaces" (list "*") .) | fromJsonArray -}}
  {{- range $who := list
    (dict "names" $anyAccount "user" "system:serviceaccount:any-tenant:default" "groups" (list "system:authenticated" "system:serviceaccounts" "system:serviceaccounts:any-tenant"))
    (dict "names" "^[^A-Za-z0-9]*[*][^A-Za-z0-9]*$" "user" "?" "groups" (list "system:authenticated"))
    (dict "user" "system:anonymous" "groups" (list "system:unauthenticated")) -}}
    {{- $users := dict "patterns" (dig "users" (list "*") $entry) "texts" (list $who.user) "names" $who.names -}}
    {{- $groups := dict "patterns" (dig "groups" (list "*") $entry) "texts" $who.groups "names" $who.names -}}
    {{- if and (include "endpoints-webhook.matchesSome" $users) (include "endpoints-webhook.matchesSome" $groups) -}}true{{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* "true" if a pattern matches one of the texts. "names", if given: a regular expression; "true" also if a pattern is like that. */ -}}
{{- define "endpoints-webhook.matchesSome" -}}
{{- $texts := .texts -}}
{{- $names := .names -}}
{{- range $pattern := .patterns -}}
  {{- if and $names (regexMatch $names $pattern) -}}true{{- end -}}
  {{- range $texts -}}
    {{- if regexMatch (printf "^%s$" (regexQuoteMeta $pattern | replace "\\*" ".*")) . -}}true{{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}
