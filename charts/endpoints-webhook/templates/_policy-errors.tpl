{{- /* What the schema cannot check of networks, ports and durations, and the program refuses, in its words: a JSON list. Call with the policy. */ -}}
{{- define "endpoints-webhook.policyErrors" -}}
{{- $errors := list -}}
{{- $places := dict "policy.rules" (dig "rules" (dict) .) -}}
{{- range $index, $entry := dig "namespaces" (list) . -}}
  {{- $_ := set $places (printf "policy.namespaces[%d].rules" $index) $entry.rules -}}
{{- end -}}
{{- $readers := dict "networks" "networkError" "nat64Prefixes" "nat64Error" "ports" "portError" -}}
{{- range $place, $rules := $places -}}
  {{- range $rule, $settings := $rules -}}
    {{- range $list, $reader := merge (ternary (dict "allowed" "networkError") (dict) (eq $rule "service-external-ip")) $readers -}}
      {{- range $index, $text := dig $list (list) $settings -}}
        {{- with include (printf "endpoints-webhook.%s" $reader) $text -}}
          {{- $errors = append $errors (printf "%s.%s.%s[%d]: %s" $place $rule $list $index .) -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
    {{- with include "endpoints-webhook.domainError" (dig "clusterDomain" "cluster.local" $settings) -}}
      {{- $errors = append $errors (printf "%s.%s.clusterDomain: %s" $place $rule .) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range $index, $entry := dig "exempt" (list) . -}}
  {{- range include "endpoints-webhook.anyAccountPatterns" $entry | fromJsonArray -}}
    {{- $errors = append $errors (printf "policy.exempt[%d].%s matches service accounts in namespaces that it does not name, and whoever may create one there would be exempt: write the namespace, or add \"namespaces\" to the entry" $index .) -}}
  {{- end -}}
{{- end -}}
{{- with include "endpoints-webhook.durationError" (dict "text" (dig "authorization" "cacheTTL" "10s" .) "least" 0 "most" 10 "range" "0s to 10s") -}}
  {{- $errors = append $errors (printf "policy.authorization.cacheTTL: %s" .) -}}
{{- end -}}
{{- with include "endpoints-webhook.durationError" (dict "text" (dig "cluster" "staleAfter" "5s" .) "least" 1 "most" 60 "range" "1s to 1m") -}}
  {{- $errors = append $errors (printf "policy.cluster.staleAfter: %s" .) -}}
{{- end -}}
{{- toJson $errors -}}
{{- end -}}

{{- /* As the program reads it (src/rules/inside-name.ts). */ -}}
{{- define "endpoints-webhook.domainError" -}}
{{- $label := "[a-z0-9]([-a-z0-9]*[a-z0-9])?" -}}
{{- if not (regexMatch (printf "^%s(\\.%s)*[.]*$" $label $label) (trim . | lower)) }}{{ toRawJson . }} is not a domain such as cluster.local{{ end -}}
{{- end -}}

{{- /* Of an entry of policy.exempt: what the program finds (src/policy/any-account.ts), as a JSON list of `users[0]: "the pattern"`. */ -}}
{{- define "endpoints-webhook.anyAccountPatterns" -}}
{{- $entry := . -}}
{{- $expressions := include "endpoints-webhook.anyAccount" . | fromJson -}}
{{- $open := dict "users" (not .users) "groups" (not .groups) -}}
{{- $found := list -}}
{{- range $list := list "users" "groups" -}}
  {{- range $index, $pattern := dig $list (list) $entry -}}
    {{- if regexMatch "^[*]+$" $pattern -}}{{- $_ := set $open $list true -}}
    {{- else if regexMatch (get $expressions $list) $pattern -}}
      {{- $_ := set $open $list true -}}
      {{- $found = append $found (printf "%s[%d]: %s" $list $index (toRawJson $pattern)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $ofAll := dict "patterns" (dig "groups" (list) .) "texts" (list "system:authenticated" "system:serviceaccounts") -}}
{{- $isOpen := and $open.users (or $open.groups (include "endpoints-webhook.matchesSome" $ofAll)) -}}
{{- if not (and $isOpen (include "endpoints-webhook.matchesAll" (dig "namespaces" (list "*") .))) -}}{{- $found = list -}}{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{- define "endpoints-webhook.networkError" -}}
{{- $slash := regexFind "(?s)/.*" . -}}
{{- $written := trimPrefix "/" $slash -}}
{{- $prefix := regexMatch "^(0|[1-9][0-9]{0,2})$" $written | ternary $written "-1" | atoi -}}
{{- $groups := trimSuffix $slash . | include "endpoints-webhook.addressGroups" | fromJsonArray -}}
{{- $width := len $groups | eq 4 | ternary 8 16 -}}
{{- $bits := len $groups | mul $width -}}
{{- if not $groups -}}
  {{- printf "%q is not a network such as 10.0.0.0/8 or 2001:db8::/32" . -}}
{{- else if include "endpoints-webhook.hextets" $groups | hasPrefix "0:0:0:0:0:ffff:" -}}
  {{- $ipv4 := list -}}
  {{- range slice $groups 6 -}}{{- $ipv4 = append $ipv4 (printf "%d.%d" (div . 256) (mod . 256)) -}}{{- end -}}
  {{- printf "%q is not a network: it is an IPv4 network written as IPv6, write %s/%d" . (join "." $ipv4) (and (ge $prefix 96) (le $prefix 128) | ternary (sub $prefix 96) 32) -}}
{{- else if not $slash -}}
  {{- printf "%q is not a network: write %s/%d for this one address" . . $bits -}}
{{- else if or (lt $prefix 0) (gt $prefix (int $bits)) -}}
  {{- printf "%q is not a network: write a prefix from 0 to %d" . $bits -}}
{{- else -}}
  {{- $first := include "endpoints-webhook.networkStart" (list $groups $prefix) | fromJsonArray -}}
  {{- if ne (toJson $first) (toJson $groups) -}}
    {{- printf "%q has bits set beyond its prefix: write %s/%d" . (include "endpoints-webhook.addressText" $first) $prefix -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.nat64Error" -}}
{{- with include "endpoints-webhook.networkError" . -}}
  {{- . -}}
{{- else -}}
  {{- $prefix := regexFind "[0-9]+$" . | atoi -}}
  {{- if or (not (contains ":" .)) (lt $prefix 32) (gt $prefix 96) -}}
    {{- printf "%q is not a NAT64 prefix: write an IPv6 network with a prefix from 32 to 96" . -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.portError" -}}
{{- $form := "^(TCP|UDP|SCTP)/([1-9][0-9]{0,4})(-([1-9][0-9]{0,4}))?$" -}}
{{- $first := regexReplaceAll $form . "${2}" -}}
{{- $last := regexReplaceAll $form . "${4}" | default $first -}}
{{- if not (regexMatch $form .) -}}
  {{- $hint := "" -}}
  {{- if regexMatch "^[0-9-]+$" . -}}{{- $hint = printf ": write TCP/%s if TCP is meant" . -}}
  {{- else if and (regexMatch "^(?i)(tcp|udp|sctp)/" .) (ne . (upper .)) -}}{{- $hint = ": write the protocol in capitals" -}}
  {{- end -}}
  {{- printf "%q is not a port such as TCP/10250 or TCP/2379-2380%s" . $hint -}}
{{- else if gt (max (atoi $first) (atoi $last)) 65535 -}}
  {{- printf "%q goes beyond the last port, 65535" . -}}
{{- else if gt (atoi $first) (atoi $last) -}}
  {{- printf "%q ends before it begins: write %s/%s-%s" . (regexFind "^[A-Z]+" .) $last $first -}}
{{- end -}}
{{- end -}}

{{- /* In billionths of a millisecond, and never far beyond a minute, so that nothing overflows. Call with (dict "text" … "least" seconds "most" seconds
"range" …). */ -}}
{{- define "endpoints-webhook.durationError" -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+(\\.[0-9]+)?[a-z]+" .text -1 -}}
  {{- $unit := regexFind "[a-z]+" . -}}
  {{- $whole := regexFind "^[0-9]+" . | atoi | min (eq $unit "ms" | ternary 60001 61) | mul 1000000000 -}}
  {{- $billionths := regexFind "\\.[0-9]+" . | trimPrefix "." | printf "%s000000000" | trunc 9 | printf "1%s" | atoi -}}
  {{- $factor := get (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000) $unit | default 0 -}}
  {{- $sum = add $whole $billionths -1000000000 | mul $factor | add $sum | min 60000000000001 -}}
{{- end -}}
{{- $isInRange := and (ge $sum (mul .least 1000000000000)) (le $sum (mul .most 1000000000000)) -}}
{{- if not (and $isInRange (regexMatch "^(0|([0-9]{1,9}(\\.[0-9]{1,9})?(ms|s|m|h))+)$" .text)) -}}
  {{- printf "%q is not a duration from %s" .text .range -}}
{{- end -}}
{{- end -}}
