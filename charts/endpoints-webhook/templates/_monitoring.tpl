{{- /* "true" if a kind of the Prometheus Operator is to be made. Call with (list $ kind values). */ -}}
{{- define "endpoints-webhook.makes" -}}
{{- $ := index . 0 -}}
{{- $values := index . 2 -}}
{{- $isKnown := $.Capabilities.APIVersions.Has (printf "monitoring.coreos.com/v1/%s" (index . 1)) -}}
{{- if and $values.enabled (or $isKnown (eq $values.renderMode "always")) }}true{{ end -}}
{{- end -}}

{{- /* The kinds that are wanted and that the cluster does not know, as a JSON map of the names of their values. */ -}}
{{- define "endpoints-webhook.missingKinds" -}}
{{- $missing := dict -}}
{{- range $name := list "serviceMonitor" "podMonitor" "prometheusRule" -}}
{{- $kind := printf "%s%s" (substr 0 1 $name | upper) (substr 1 -1 $name) -}}
{{- $values := get $.Values $name -}}
{{- if and $values.enabled (not (include "endpoints-webhook.makes" (list $ $kind $values))) }}{{ $_ := set $missing $name $kind }}{{ end -}}
{{- end -}}
{{- toJson $missing -}}
{{- end -}}

{{- define "endpoints-webhook.metricsName" -}}
{{- include "endpoints-webhook.fullname" . | trunc 55 | trimSuffix "-" }}-metrics
{{- end -}}

{{- define "endpoints-webhook.metricsLabels" -}}
app.kubernetes.io/name: {{ include "endpoints-webhook.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: metrics
{{- end -}}

{{- /* What ServiceMonitors and PodMonitors say of a port. Call with (dict "port" … "values" …). */ -}}
{{- define "endpoints-webhook.scrape" -}}
{{- $endpoint := dict "port" .port "path" "/metrics" -}}
{{- with .values -}}
{{- $given := dict "interval" .interval "scrapeTimeout" .scrapeTimeout "relabelings" .relabelings "metricRelabelings" .metricRelabelings -}}
{{- range $name, $value := $given }}{{ if $value }}{{ $_ := set $endpoint $name $value }}{{ end }}{{ end -}}
{{- merge (dict) .endpointAdditionalProperties $endpoint | toYaml -}}
{{- end -}}
{{- end -}}

{{- /* The seconds that are left when the certificate, and the CA, should have been renewed long since, as a JSON map: a quarter and a half of what is left
when that is due. A Secret of the user's own says nothing about that: a week. */ -}}
{{- define "endpoints-webhook.expiry" -}}
{{- $certificate := 604800 -}}
{{- $ca := 0 -}}
{{- if eq .Values.tls.mode "selfManaged" -}}
{{- $certificate = div (include "endpoints-webhook.seconds" .Values.tls.selfManaged.servingDuration) 12 -}}
{{- $ca = div (include "endpoints-webhook.seconds" .Values.tls.selfManaged.caDuration) 6 -}}
{{- else if eq .Values.tls.mode "certManager" -}}
{{- $certificate = div (include "endpoints-webhook.seconds" .Values.tls.certManager.renewBefore) 4 -}}
{{- end -}}
{{- dict "certificate" $certificate "ca" $ca | toJson -}}
{{- end -}}

{{- /* What stands in angle brackets in files/alerts.yaml, and is not of one alert, as a JSON map. */ -}}
{{- define "endpoints-webhook.alertTerms" -}}
{{- $rule := .Values.prometheusRule -}}
{{- $expiry := include "endpoints-webhook.expiry" . | fromJson -}}
{{- dict
  "pods" (default (printf "namespace=%q,job=%q" (include "endpoints-webhook.namespace" .) .Release.Name) $rule.selector)
  "window" $rule.window
  "window seconds" (include "endpoints-webhook.seconds" $rule.window)
  "replicas" (ternary .Values.autoscaling.minReplicas .Values.replicaCount .Values.autoscaling.enabled | int64 | toString)
  "certificate seconds" ($expiry.certificate | int64 | toString)
  "CA seconds" ($expiry.ca | int64 | toString)
  | toJson -}}
{{- end -}}

{{- /* The rules of files/alerts.yaml, with what it leaves to this release, as a JSON list. */ -}}
{{- define "endpoints-webhook.alerts" -}}
{{- $ := . -}}
{{- $values := .Values.prometheusRule -}}
{{- $runbooks := default "docs/runbooks" $values.runbookUrl | trimSuffix "/" -}}
{{- $rules := list -}}
{{- range .Files.Get "files/alerts.yaml" | fromYamlArray -}}
{{- $alert := merge (dict) (default dict (get $values.alerts .alert)) . -}}
{{- if dig "enabled" true $alert -}}
{{- $annotations := dict
  "summary" $alert.summary
  "description" (include "endpoints-webhook.filledIn" (list $ $alert $alert.description))
  "runbook_url" (printf "%s/%s.md" $runbooks $alert.alert) -}}
{{- $rules = append $rules (dict
  "alert" $alert.alert
  "expr" (include "endpoints-webhook.filledIn" (list $ $alert $alert.expr))
  "for" (get $alert "for")
  "labels" (merge (dict "severity" $alert.severity) $values.alertLabels)
  "annotations" $annotations) -}}
{{- end -}}
{{- end -}}
{{- toJson $rules -}}
{{- end -}}

{{- /* A text of an alert without angle brackets. Call with (list $ alert text). */ -}}
{{- define "endpoints-webhook.filledIn" -}}
{{- $alert := index . 1 -}}
{{- $terms := include "endpoints-webhook.alertTerms" (first .) | fromJson -}}
{{- $threshold := kindIs "string" $alert.threshold | ternary $alert.threshold (int64 $alert.threshold | toString) -}}
{{- $rise := "(${1} unless ${1} offset <window>) or increase(${1}[<window>])" -}}
{{- $text := index . 2 | replace "<threshold>" $threshold | replace "<pods>" $terms.pods -}}
{{- $text = regexReplaceAll "<rise of\\s+([^>]+)>" $text $rise -}}
{{- range $term, $value := $terms }}{{ $text = replace (printf "<%s>" $term) $value $text }}{{ end -}}
{{- $text -}}
{{- end -}}
