{{- define "endpoints-webhook.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "endpoints-webhook.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "endpoints-webhook.selectorLabels" -}}
app.kubernetes.io/name: {{ include "endpoints-webhook.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: webhook
{{- end -}}

{{- /* Merged, so that no key is there twice; the chart's own win. Call with (list $ map…). */ -}}
{{- define "endpoints-webhook.labels" -}}
{{- $ := index . 0 -}}
{{- $labels := dict
  "app.kubernetes.io/name" (include "endpoints-webhook.name" $)
  "app.kubernetes.io/instance" $.Release.Name
  "app.kubernetes.io/version" ($.Chart.AppVersion | toString)
  "app.kubernetes.io/managed-by" $.Release.Service
  "helm.sh/chart" (printf "%s-%s" $.Chart.Name $.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- range rest . -}}{{- $labels = merge $labels . -}}{{- end -}}
{{- merge $labels $.Values.commonLabels | toYaml -}}
{{- end -}}

{{- /* Name, namespace (unless cluster; the release's where none is given), labels and annotations. Call with (dict "context" $ "name" … "cluster" bool
"namespace" … "labels" … "annotations" …). */ -}}
{{- define "endpoints-webhook.metadata" -}}
{{- $ := .context -}}
name: {{ .name }}
{{- if not .cluster }}
namespace: {{ .namespace | default (include "endpoints-webhook.namespace" $) }}
{{- end }}
labels:
  {{- include "endpoints-webhook.labels" (list $ (default dict .labels)) | nindent 2 }}
{{- with merge (dict) (default dict .annotations) $.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "endpoints-webhook.image" -}}
{{- $repository := default "endpoints-webhook" .Values.image.repository -}}
{{- $registry := default .Values.image.registry .Values.global.imageRegistry -}}
{{- if not (or $registry .Values.image.repository) -}}{{- $registry = "localhost" -}}{{- end -}}
{{- with $registry }}{{ . }}/{{ end -}}
{{- $repository }}:{{ default .Chart.AppVersion .Values.image.tag -}}
{{- with .Values.image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{- /* As a JSON list, the names that a parent chart gives to all its charts first. */ -}}
{{- define "endpoints-webhook.imagePullSecrets" -}}
{{- $secrets := list -}}
{{- range concat (default list .Values.global.imagePullSecrets) .Values.imagePullSecrets -}}
{{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) -}}
{{- end -}}
{{- $secrets | uniq | toJson -}}
{{- end -}}

{{- /* By which labels and annotations meshes leave a pod alone. Cilium's knows none: docs/platforms.md. */ -}}
{{- define "endpoints-webhook.meshLabels" -}}
{{- if .Values.meshOptOut -}}
{"sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none", "kuma.io/sidecar-injection": "disabled"}
{{- else -}}{}{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.meshAnnotations" -}}
{{- if .Values.meshOptOut -}}
{"linkerd.io/inject": "disabled", "consul.hashicorp.com/connect-inject": "false"}
{{- else -}}{}{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "endpoints-webhook.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.caSecretName" -}}
{{- include "endpoints-webhook.fullname" . }}-ca
{{- end -}}

{{- define "endpoints-webhook.tlsSecretName" -}}
{{- if eq .Values.tls.mode "existingSecret" -}}
{{- .Values.tls.existingSecret.name -}}
{{- else -}}
{{- include "endpoints-webhook.fullname" . }}-tls
{{- end -}}
{{- end -}}

{{- define "endpoints-webhook.serviceHost" -}}
{{- include "endpoints-webhook.fullname" . }}.{{ include "endpoints-webhook.namespace" . }}.svc
{{- end -}}

{{- define "endpoints-webhook.urlHost" -}}
{{- with .Values.webhooks.url }}{{ (urlParse .).hostname }}{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.demandsClientCertificate" -}}
{{- with .Values.webhooks.clientCertificate }}{{ if or .configMap .secret .names }}true{{ end }}{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.hasTest" -}}
{{- $missing := and (include "endpoints-webhook.demandsClientCertificate" .) (not .Values.webhooks.clientCertificate.testSecret) -}}
{{- if and .Values.test.enabled (not $missing) }}true{{ end -}}
{{- end -}}

{{- /* "true" if `helm test` runs verify: it makes an account for that, with rights. */ -}}
{{- define "endpoints-webhook.hasVerifyTest" -}}
{{- if and .Values.test.enabled .Values.rbac.create }}true{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.isAddress" -}}
{{- if or (contains ":" .) (regexMatch "^[0-9.]+$" .) }}true{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.seconds" -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+[hms]" . -1 -}}
{{- $number := regexFind "[0-9]+" . | int64 -}}
{{- $unit := regexFind "[hms]" . -}}
{{- $sum = add $sum (mul $number (get (dict "h" 3600 "m" 60 "s" 1) $unit)) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}

{{- /* "true" or "": values that are true, false or auto. */ -}}
{{- define "endpoints-webhook.hasQuota" -}}
{{- $enabled := toString .Values.resourceQuota.enabled -}}
{{- if and .Values.priorityClassName (or (eq $enabled "true") (and (eq $enabled "auto") (hasPrefix "system-" .Values.priorityClassName))) }}true{{ end -}}
{{- end -}}

{{- define "endpoints-webhook.isOpenShift" -}}
{{- $openshift := toString .Values.openshift -}}
{{- if or (eq $openshift "true") (and (eq $openshift "auto") (.Capabilities.APIVersions.Has "security.openshift.io/v1")) }}true{{ end -}}
{{- end -}}

{{- /* OpenShift chooses from the namespace's ranges, and refuses anything else. Call with (list $ context). */ -}}
{{- define "endpoints-webhook.securityContext" -}}
{{- $context := index . 1 -}}
{{- if include "endpoints-webhook.isOpenShift" (first .) }}{{ $context = omit $context "runAsUser" "runAsGroup" "fsGroup" }}{{ end -}}
{{- toYaml $context -}}
{{- end -}}

{{- /* A volume with the token of the pod's account, for where `automountServiceAccountToken` puts it. */ -}}
{{- define "endpoints-webhook.apiAccess" -}}
- name: api-access
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3607
      - configMap:
          name: kube-root-ca.crt
          items: [{key: ca.crt, path: ca.crt}]
      - downwardAPI:
          items: [{path: namespace, fieldRef: {apiVersion: v1, fieldPath: metadata.namespace}}]
{{- end -}}

{{- define "endpoints-webhook.subjects" -}}
- kind: ServiceAccount
  name: {{ include "endpoints-webhook.serviceAccountName" . }}
  namespace: {{ include "endpoints-webhook.namespace" . }}
{{- end -}}

{{- /* What the pods that end have in common: of the probe, of verify and of the audit. */ -}}
{{- define "endpoints-webhook.taskPod" -}}
restartPolicy: Never
{{- with include "endpoints-webhook.imagePullSecrets" . | fromJsonArray }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "endpoints-webhook.securityContext" (list . .Values.podSecurityContext) | nindent 2 }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
