{{- /* Printed by npm run docs from src/rules; edit that, not this file. */ -}}
{{- /* The rules from which RBAC can exempt, with their default settings. */ -}}
{{- define "endpoints-webhook.exemptibleRules" -}}
[
  {"id":"forbidden-network","resources":["endpoints","endpointslices"],"settings":{"enforcement":"deny","networks":[],"presets":["cloud-metadata"],"nat64Prefixes":[]}},
  {"id":"forbidden-port","resources":["endpoints","endpointslices"],"settings":{"enforcement":"deny","ports":[],"presets":[]}},
  {"id":"fqdn-address","resources":["endpointslices"],"settings":{"enforcement":"deny"}}
]
{{- end -}}

{{- /* The rules that keep tenants from sending traffic to what is not theirs. */ -}}
{{- define "endpoints-webhook.tenantRules" -}}
["special-address","forbidden-network","forbidden-port","fqdn-address"]
{{- end -}}
