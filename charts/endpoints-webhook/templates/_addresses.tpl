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

{{- /* The groups of an address without the bits beyond a prefix, as a JSON list. Call with (list groups prefix). */ -}}
{{- define "endpoints-webhook.networkStart" -}}
{{- $groups := first . -}}
{{- $prefix := last . -}}
{{- $width := len $groups | eq 4 | ternary 8 16 -}}
{{- $first := list -}}
{{- range $index, $group := $groups -}}
  {{- $free := sub (add1 $index | mul $width) $prefix | max 0 | min $width -}}
  {{- $first = append $first (sub $group (mod $group (index (list 1 2 4 8 16 32 64 128 256 512 1024 2048 4096 8192 16384 32768 65536) $free))) -}}
{{- end -}}
{{- toJson $first -}}
{{- end -}}
