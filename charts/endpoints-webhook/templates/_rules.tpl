{{- /* Printed by npm run docs from src/rules; edit that, not this file. */ -}}
{{- /* The rules from which RBAC can exempt, with their default settings. */ -}}
{{- define "endpoints-webhook.exemptibleRules" -}}
[
  {"id":"forbidden-network","resources":["endpoints","endpointslices"],"settings":{"enforcement":"deny","networks":[],"presets":["cloud-metadata"],"nat64Prefixes":[]}},
  {"id":"forbidden-port","resources":["endpoints","endpointslices"],"settings":{"enforcement":"deny","ports":[],"presets":[]}},
  {"id":"fqdn-address","resources":["endpointslices"],"settings":{"enforcement":"deny"}},
  {"id":"foreign-pod","resources":["endpoints","endpointslices"],"settings":{"enforcement":"none","trust":[],"nat64Prefixes":[]}},
  {"id":"unclaimed-address","resources":["endpoints","endpointslices"],"settings":{"enforcement":"none","networks":[],"presets":["node-pod-cidrs"],"nat64Prefixes":[]}},
  {"id":"service-address","resources":["endpoints","endpointslices"],"settings":{"enforcement":"none","networks":[],"presets":["service-cidrs"],"externalIPs":false,"trust":[],"nat64Prefixes":[]}},
  {"id":"node-address","resources":["endpoints","endpointslices"],"settings":{"enforcement":"none","ports":[],"nat64Prefixes":[]}},
  {"id":"service-external-ip","resources":["services"],"settings":{"enforcement":"deny","allowed":[]}},
  {"id":"service-external-name","resources":["services"],"settings":{"enforcement":"deny","clusterDomain":"cluster.local","names":[],"allowed":[]}},
  {"id":"service-target-port","resources":["services"],"parametersOf":"forbidden-port","settings":{"enforcement":"deny","ports":[],"presets":[]}}
]
{{- end -}}

{{- /* The rules that have to know the cluster, each with what of it. */ -}}
{{- define "endpoints-webhook.clusterRules" -}}
{"foreign-pod":["pods"],"unclaimed-address":["pods","nodes"],"service-address":["services","servicecidrs"],"node-address":["nodes","endpointslices"]}
{{- end -}}

{{- /* The rules that keep tenants from sending traffic to what is not theirs by endpoints. */ -}}
{{- define "endpoints-webhook.tenantRules" -}}
["special-address","forbidden-network","forbidden-port","fqdn-address","foreign-pod","unclaimed-address","service-address","node-address"]
{{- end -}}

{{- /* Regular expressions over patterns of exemptions that match service accounts of any namespace. */ -}}
{{- define "endpoints-webhook.anyAccount" -}}
{"users":"^system:serviceaccount:[a-z0-9-]*\\*|^(|s|sy|sys|syst|syste|system|system:|system:s|system:se|system:ser|system:serv|system:servi|system:servic|system:service|system:servicea|system:serviceac|system:serviceacc|system:serviceacco|system:serviceaccou|system:serviceaccoun|system:serviceaccount)\\*(([a-z0-9.*-]*|[a-z0-9*-]*:[a-z0-9.*-]*)|(system:serviceaccount|ystem:serviceaccount|stem:serviceaccount|tem:serviceaccount|em:serviceaccount|m:serviceaccount|:serviceaccount|serviceaccount|erviceaccount|rviceaccount|viceaccount|iceaccount|ceaccount|eaccount|account|ccount|count|ount|unt|nt|t|[a-z:]*\\*[a-z:*]*|):[a-z0-9-]*\\*([a-z0-9.*-]*|[a-z0-9*-]*:[a-z0-9.*-]*)|(system|ystem|stem|tem|em|m):(|s|se|ser|serv|servi|servic|service|servicea|serviceac|serviceacc|serviceacco|serviceaccou|serviceaccoun)\\*([a-z0-9.*-]*|[a-z0-9*-]*:[a-z0-9.*-]*))$","groups":"^system:serviceaccounts:[a-z0-9-]*\\*|^(|s|sy|sys|syst|syste|system|system:|system:s|system:se|system:ser|system:serv|system:servi|system:servic|system:service|system:servicea|system:serviceac|system:serviceacc|system:serviceacco|system:serviceaccou|system:serviceaccoun|system:serviceaccount|system:serviceaccounts)\\*(([a-z0-9.*-]*|[a-z0-9*-]*)|(system:serviceaccounts|ystem:serviceaccounts|stem:serviceaccounts|tem:serviceaccounts|em:serviceaccounts|m:serviceaccounts|:serviceaccounts|serviceaccounts|erviceaccounts|rviceaccounts|viceaccounts|iceaccounts|ceaccounts|eaccounts|accounts|ccounts|counts|ounts|unts|nts|ts|s|[a-z:]*\\*[a-z:*]*|):[a-z0-9-]*\\*([a-z0-9.*-]*|[a-z0-9*-]*)|(system|ystem|stem|tem|em|m):(|s|se|ser|serv|servi|servic|service|servicea|serviceac|serviceacc|serviceacco|serviceaccou|serviceaccoun|serviceaccount)\\*([a-z0-9.*-]*|[a-z0-9*-]*))$"}
{{- end -}}
