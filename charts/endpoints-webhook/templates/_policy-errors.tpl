{{- /* What the program would refuse of networks, ports and durations, which the schema cannot tell, in the program's words: as a JSON list. Call with the policy. */ -}}
{{- define "endpoints-webhook.policyErrors" -}}
{{- $errors := list -}}
{{- $places := dict "policy.rules" (dig "rules" (dict) .) -}}
{{- range $index, $entry := dig "namespaces" (list) . -}}
  {{- $_ := set $places (printf "policy.namespaces[%d].rules" $index) $entry.rules -}}
{{- end -}}
{{- range $place, $rules := $places -}}
  {{- range $index, $text := dig "forbidden-network" "networks" (list) $rules -}}
    {{- with include "endpoints-webhook.networkError" $text -}}
      {{- $errors = append $errors (printf "%s.forbidden-network.networks[%d]: %s" $place $index .) -}}
    {{- end -}}
  {{- end -}}
  {{- range $index, $text := dig "forbidden-port" "ports" (list) $rules -}}
    {{- with include "endpoints-webhook.portError" $text -}}
      {{- $errors = append $errors (printf "%s.forbidden-port.ports[%d]: %s" $place $index .) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with include "endpoints-webhook.cacheError" (dig "pardons" "cache" "10s" .) -}}
  {{- $errors = append $errors (printf "policy.pardons.cache: %s" .) -}}
{{- end -}}
{{- toJson $errors -}}
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
  {{- $first := list -}}
  {{- range $index, $group := $groups -}}
    {{- $free := sub (add1 $index | mul $width) $prefix | max 0 | min $width -}}
    {{- $first = append $first (sub $group (mod $group (index (list 1 2 4 8 16 32 64 128 256 512 1024 2048 4096 8192 16384 32768 65536) $free))) -}}
  {{- end -}}
  {{- if ne (toJson $first) (toJson $groups) -}}
    {{- printf "%q has bits set beyond its prefix: write %s/%d" . (include "endpoints-webhook.addressText" $first) $prefix -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The four octets or eight hextets of an address, as a JSON list; an empty one for what is no address. */ -}}
{{- define "endpoints-webhook.addressGroups" -}}
{{- $octet := "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])" -}}
{{- $dotted := regexFind (printf "(%s\\.){3}%s$" $octet $octet) . -}}
{{- $octets := list -}}
{{- range regexFindAll "[0-9]+" $dotted -1 -}}{{- $octets = append $octets (atoi .) -}}{{- end -}}
{{- $before := trimSuffix $dotted . -}}
{{- $text := lower . -}}
{{- if and $dotted (hasSuffix ":" $before) -}}
  {{- $text = printf "%s%02x%02x:%02x%02x" (lower $before) (index $octets 0) (index $octets 1) (index $octets 2) (index $octets 3) -}}
{{- end -}}
{{- $sides := splitList "::" $text -}}
{{- $gap := sub 8 (regexFindAll "[^:]+" $text -1 | len) -}}
{{- if and (len $sides | eq 2) (gt $gap 0) -}}
  {{- $text = list (first $sides) (repeat (int $gap) "0:" | trimSuffix ":") (last $sides) | compact | join ":" -}}
{{- end -}}
{{- $groups := list -}}
{{- if and $dotted (not $before) -}}
  {{- $groups = $octets -}}
{{- else if regexMatch "^[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}$" $text -}}
  {{- range splitList ":" $text -}}
    {{- $value := 0 -}}
    {{- range splitList "" . -}}{{- $value = splitList . "0123456789abcdef" | first | len | add (mul 16 $value) -}}{{- end -}}
    {{- $groups = append $groups $value -}}
  {{- end -}}
{{- end -}}
{{- toJson $groups -}}
{{- end -}}

{{- define "endpoints-webhook.hextets" -}}
{{- $hextets := list -}}
{{- range . -}}{{- $hextets = append $hextets (int . | printf "%x") -}}{{- end -}}
{{- join ":" $hextets -}}
{{- end -}}

{{- /* An address from its groups; of IPv6 the longest run of zeros is left out (RFC 5952). */ -}}
{{- define "endpoints-webhook.addressText" -}}
{{- $text := join "." . -}}
{{- if len . | eq 8 -}}
  {{- $text = include "endpoints-webhook.hextets" . -}}
  {{- range untilStep 7 0 -1 -}}
    {{- if not (contains "::" $text) -}}{{- $text = regexReplaceAll (printf "^(.*?)(^|:)0(:0){%d}(:|$)(.*)$" .) $text "${1}::${5}" -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- $text -}}
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

{{- /* In thousandths of a millisecond, and never far beyond the most, so that nothing overflows. */ -}}
{{- define "endpoints-webhook.cacheError" -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+(\\.[0-9]+)?[a-z]+" . -1 -}}
  {{- $whole := regexFind "^[0-9]+" . | atoi | mul 1000 -}}
  {{- $thousandths := regexFind "\\.[0-9]+" . | trimPrefix "." | printf "%s000" | trunc 3 | printf "1%s" | atoi -}}
  {{- $sum = add $whole $thousandths -1000 | mul (get (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000) (regexFind "[a-z]+" .)) | add $sum | min 10000001 -}}
{{- end -}}
{{- if or (not (regexMatch "^(0|([0-9]{1,9}(\\.[0-9]{1,3})?(ms|s|m|h))+)$" .)) (gt $sum 10000000) -}}
  {{- printf "%q is not a duration from 0s to 10s" . -}}
{{- end -}}
{{- end -}}
