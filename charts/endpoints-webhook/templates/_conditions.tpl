{{- /* Printed by npm run docs from src/admission-policy; edit that, not this file. */ -}}
{{- define "endpoints-webhook.alwaysExemptNamespaces" -}}
["kube-system","kube-node-lease"]
{{- end -}}

{{- define "endpoints-webhook.apiServerUsers" -}}
["system:apiserver"]
{{- end -}}

{{- define "endpoints-webhook.systemControllerUsers" -}}
["system:kube-controller-manager","system:serviceaccount:kube-system:endpoint-controller","system:serviceaccount:kube-system:endpointslice-controller","system:serviceaccount:kube-system:endpointslicemirroring-controller","system:serviceaccount:kube-system:generic-garbage-collector"]
{{- end -}}

{{- define "endpoints-webhook.conditionNames" -}}
["exclude-control-plane-identities","exclude-unchanged-updates","exclude-kubernetes-service"]
{{- end -}}

{{- define "endpoints-webhook.identitiesCondition" -}}
!(request.userInfo.username in [{{ include "endpoints-webhook.exemptUsers" . | include "endpoints-webhook.celStrings" }}])
{{- end -}}

{{- define "endpoints-webhook.endpoints.group" -}}

{{- end -}}

{{- define "endpoints-webhook.endpoints.conditions" -}}
- name: exclude-unchanged-updates
  expression: >-
    (request.operation != "UPDATE" ||
    has(object.subsets) != has(oldObject.subsets) ||
    (has(object.subsets) && object.subsets != oldObject.subsets) ||
    object.metadata.?labels[?"endpointslice.kubernetes.io/skip-mirror"].orValue("") != oldObject.metadata.?labels[?"endpointslice.kubernetes.io/skip-mirror"].orValue("") ||
    object.metadata.?labels[?"service.kubernetes.io/headless"].orValue("!") != oldObject.metadata.?labels[?"service.kubernetes.io/headless"].orValue("!") ||
    object.metadata.?labels[?"service.kubernetes.io/service-proxy-name"].orValue("!") != oldObject.metadata.?labels[?"service.kubernetes.io/service-proxy-name"].orValue("!") ||
    object.metadata.?labels[?"multicluster.kubernetes.io/service-name"].orValue("!") != oldObject.metadata.?labels[?"multicluster.kubernetes.io/service-name"].orValue("!") ||
    ("control-plane.alpha.kubernetes.io/leader" in object.metadata.?annotations.orValue({})) != ("control-plane.alpha.kubernetes.io/leader" in oldObject.metadata.?annotations.orValue({})) ||
    (size(object.metadata.?finalizers.orValue([])) * (size(oldObject.metadata.?finalizers.orValue([])) + 20) > 100000 ||
    object.metadata.?finalizers.orValue([]).exists(f, !(f in oldObject.metadata.?finalizers.orValue([])))))
- name: exclude-kubernetes-service
  expression: >-
    !(request.namespace == "default" && request.name == "kubernetes" && ("system:masters" in request.userInfo.?groups.orValue([]) ||
    request.userInfo.username == "system:hosted-cluster-config"))
{{- end -}}

{{- define "endpoints-webhook.endpointslices.group" -}}
discovery.k8s.io
{{- end -}}

{{- define "endpoints-webhook.endpointslices.conditions" -}}
- name: exclude-unchanged-updates
  expression: >-
    (request.operation != "UPDATE" ||
    object.endpoints != oldObject.endpoints ||
    object.ports != oldObject.ports ||
    object.metadata.?labels[?"kubernetes.io/service-name"].orValue("!") != oldObject.metadata.?labels[?"kubernetes.io/service-name"].orValue("!") ||
    object.metadata.?labels[?"endpointslice.kubernetes.io/managed-by"].orValue("!") != oldObject.metadata.?labels[?"endpointslice.kubernetes.io/managed-by"].orValue("!") ||
    object.metadata.?labels[?"service.kubernetes.io/headless"].orValue("!") != oldObject.metadata.?labels[?"service.kubernetes.io/headless"].orValue("!") ||
    object.metadata.?labels[?"service.kubernetes.io/service-proxy-name"].orValue("!") != oldObject.metadata.?labels[?"service.kubernetes.io/service-proxy-name"].orValue("!") ||
    object.metadata.?labels[?"multicluster.kubernetes.io/service-name"].orValue("!") != oldObject.metadata.?labels[?"multicluster.kubernetes.io/service-name"].orValue("!") ||
    object.metadata.?ownerReferences.orValue([]) != oldObject.metadata.?ownerReferences.orValue([]) ||
    (size(object.metadata.?finalizers.orValue([])) * (size(oldObject.metadata.?finalizers.orValue([])) + 20) > 100000 ||
    object.metadata.?finalizers.orValue([]).exists(f, !(f in oldObject.metadata.?finalizers.orValue([])))))
- name: exclude-kubernetes-service
  expression: >-
    !(request.namespace == "default" && request.name == "kubernetes" && ("system:masters" in request.userInfo.?groups.orValue([]) ||
    request.userInfo.username == "system:hosted-cluster-config"))
{{- end -}}
