{{- define "endpoints-webhook.policy" -}}
{{- merge (dict "apiVersion" "endpoints-webhook.io/v1alpha1" "kind" "Policy") .Values.policy | toYaml -}}
{{- end -}}

{{- define "endpoints-webhook.policyName" -}}
{{- printf "%s-policy-%s" (include "endpoints-webhook.fullname" .) (include "endpoints-webhook.policy" . | sha256sum | trunc 10) -}}
{{- end -}}

{{- /* Of what the policy says, with every default written, as the program computes it (src/policy/digest.ts); test/chart/decisions.ts compares both. */ -}}
{{- define "endpoints-webhook.policyDigest" -}}
{{- $policy := include "endpoints-webhook.defaultPolicy" . | fromJson -}}
{{- include "endpoints-webhook.overlay" (list $policy .Values.policy) -}}
{{- $policy | toRawJson | sha256sum -}}
{{- end -}}

{{- /* Writes what a map says into another, key by key: `merge` would take what is empty or false for unsaid. Call with (list $map $overlay). */ -}}
{{- define "endpoints-webhook.overlay" -}}
{{- $map := first . -}}
{{- range $key, $value := last . -}}
  {{- $under := get $map $key -}}
  {{- if and (kindIs "map" $value) (kindIs "map" $under) -}}
    {{- include "endpoints-webhook.overlay" (list $under $value) -}}
  {{- else -}}
    {{- $_ := set $map $key $value -}}
  {{- end -}}
{{- end -}}
{{- end -}}
