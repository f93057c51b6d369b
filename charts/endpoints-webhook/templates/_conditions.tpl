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
["exclude-control-plane-identities","exclude-namespaces-by-prefix","exclude-unchanged-updates","exclude-kubernetes-service","exclude-ordinary-services"]
{{- end -}}

{{- define "endpoints-webhook.identitiesCondition" -}}
!(request.userInfo.username in [{{ include "endpoints-webhook.exemptUsers" . | include "endpoints-webhook.celStrings" }}])
{{- end -}}

{{- define "endpoints-webhook.prefixesCondition" -}}
![{{ include "endpoints-webhook.exemptPrefixes" . | include "endpoints-webhook.celStrings" }}].exists(p, request.namespace.startsWith(p))
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
    object.metadata.?labels[?"service.kubernetes.io/headless"] != oldObject.metadata.?labels[?"service.kubernetes.io/headless"] ||
    object.metadata.?labels[?"service.kubernetes.io/service-proxy-name"] != oldObject.metadata.?labels[?"service.kubernetes.io/service-proxy-name"] ||
    object.metadata.?labels[?"multicluster.kubernetes.io/service-name"] != oldObject.metadata.?labels[?"multicluster.kubernetes.io/service-name"] ||
    object.metadata.?labels[?"multicluster.kubernetes.io/source-cluster"] != oldObject.metadata.?labels[?"multicluster.kubernetes.io/source-cluster"] ||
    object.metadata.?labels[?"lighthouse.submariner.io/sourceNamespace"] != oldObject.metadata.?labels[?"lighthouse.submariner.io/sourceNamespace"] ||
    object.metadata.?labels[?"lighthouse.submariner.io/is-headless"] != oldObject.metadata.?labels[?"lighthouse.submariner.io/is-headless"] ||
    object.metadata.?labels[?"lighthouse.submariner.io/source-name"] != oldObject.metadata.?labels[?"lighthouse.submariner.io/source-name"] ||
    object.metadata.?labels[?"k8s.ovn.org/service-name"] != oldObject.metadata.?labels[?"k8s.ovn.org/service-name"] ||
    {{- range .Values.extraServiceLabels }}
    object.metadata.?labels[?{{ toRawJson . }}] != oldObject.metadata.?labels[?{{ toRawJson . }}] ||
    {{- end }}
    object.metadata.?annotations[?"control-plane.alpha.kubernetes.io/leader"].hasValue() != oldObject.metadata.?annotations[?"control-plane.alpha.kubernetes.io/leader"].hasValue() ||
    object.metadata.?annotations[?"k8s.ovn.org/endpointslice-network"] != oldObject.metadata.?annotations[?"k8s.ovn.org/endpointslice-network"] ||
    object.metadata.?annotations[?"k8s.ovn.org/source-endpointslice"] != oldObject.metadata.?annotations[?"k8s.ovn.org/source-endpointslice"] ||
    object.metadata.?annotations[?"k8s.ovn.org/source-endpointslice-version"] != oldObject.metadata.?annotations[?"k8s.ovn.org/source-endpointslice-version"] ||
    object.metadata.?annotations[?"lighthouse.submariner.io/publish-not-ready-addresses"] != oldObject.metadata.?annotations[?"lighthouse.submariner.io/publish-not-ready-addresses"] ||
    object.metadata.?annotations[?"lighthouse.submariner.io/globalnet-enabled"] != oldObject.metadata.?annotations[?"lighthouse.submariner.io/globalnet-enabled"] ||
    object.metadata.?annotations[?"mirror.linkerd.io/remote-svc-fq-name"] != oldObject.metadata.?annotations[?"mirror.linkerd.io/remote-svc-fq-name"] ||
    object.metadata.?annotations[?"mirror.linkerd.io/remote-gateway-identity"] != oldObject.metadata.?annotations[?"mirror.linkerd.io/remote-gateway-identity"] ||
    object.metadata.?generateName.orValue("") != oldObject.metadata.?generateName.orValue("") ||
    object.metadata.?ownerReferences.orValue([]) != oldObject.metadata.?ownerReferences.orValue([]) ||
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
    object.addressType != oldObject.addressType ||
    (has(object.endpoints) && object.endpoints != null ? object.endpoints : []) != (has(oldObject.endpoints) && oldObject.endpoints != null ? oldObject.endpoints : []) ||
    (has(object.ports) && object.ports != null ? object.ports : []) != (has(oldObject.ports) && oldObject.ports != null ? oldObject.ports : []) ||
    object.metadata.?labels[?"kubernetes.io/service-name"] != oldObject.metadata.?labels[?"kubernetes.io/service-name"] ||
    object.metadata.?labels[?"endpointslice.kubernetes.io/managed-by"] != oldObject.metadata.?labels[?"endpointslice.kubernetes.io/managed-by"] ||
    object.metadata.?labels[?"service.kubernetes.io/headless"] != oldObject.metadata.?labels[?"service.kubernetes.io/headless"] ||
    object.metadata.?labels[?"service.kubernetes.io/service-proxy-name"] != oldObject.metadata.?labels[?"service.kubernetes.io/service-proxy-name"] ||
    object.metadata.?labels[?"multicluster.kubernetes.io/service-name"] != oldObject.metadata.?labels[?"multicluster.kubernetes.io/service-name"] ||
    object.metadata.?labels[?"multicluster.kubernetes.io/source-cluster"] != oldObject.metadata.?labels[?"multicluster.kubernetes.io/source-cluster"] ||
    object.metadata.?labels[?"lighthouse.submariner.io/sourceNamespace"] != oldObject.metadata.?labels[?"lighthouse.submariner.io/sourceNamespace"] ||
    object.metadata.?labels[?"lighthouse.submariner.io/is-headless"] != oldObject.metadata.?labels[?"lighthouse.submariner.io/is-headless"] ||
    object.metadata.?labels[?"lighthouse.submariner.io/source-name"] != oldObject.metadata.?labels[?"lighthouse.submariner.io/source-name"] ||
    object.metadata.?labels[?"k8s.ovn.org/service-name"] != oldObject.metadata.?labels[?"k8s.ovn.org/service-name"] ||
    {{- range .Values.extraServiceLabels }}
    object.metadata.?labels[?{{ toRawJson . }}] != oldObject.metadata.?labels[?{{ toRawJson . }}] ||
    {{- end }}
    object.metadata.?annotations[?"k8s.ovn.org/endpointslice-network"] != oldObject.metadata.?annotations[?"k8s.ovn.org/endpointslice-network"] ||
    object.metadata.?annotations[?"k8s.ovn.org/source-endpointslice"] != oldObject.metadata.?annotations[?"k8s.ovn.org/source-endpointslice"] ||
    object.metadata.?annotations[?"k8s.ovn.org/source-endpointslice-version"] != oldObject.metadata.?annotations[?"k8s.ovn.org/source-endpointslice-version"] ||
    object.metadata.?annotations[?"lighthouse.submariner.io/publish-not-ready-addresses"] != oldObject.metadata.?annotations[?"lighthouse.submariner.io/publish-not-ready-addresses"] ||
    object.metadata.?annotations[?"lighthouse.submariner.io/globalnet-enabled"] != oldObject.metadata.?annotations[?"lighthouse.submariner.io/globalnet-enabled"] ||
    object.metadata.?annotations[?"mirror.linkerd.io/remote-svc-fq-name"] != oldObject.metadata.?annotations[?"mirror.linkerd.io/remote-svc-fq-name"] ||
    object.metadata.?annotations[?"mirror.linkerd.io/remote-gateway-identity"] != oldObject.metadata.?annotations[?"mirror.linkerd.io/remote-gateway-identity"] ||
    object.metadata.?generateName.orValue("") != oldObject.metadata.?generateName.orValue("") ||
    object.metadata.?ownerReferences.orValue([]) != oldObject.metadata.?ownerReferences.orValue([]) ||
    (size(object.metadata.?finalizers.orValue([])) * (size(oldObject.metadata.?finalizers.orValue([])) + 20) > 100000 ||
    object.metadata.?finalizers.orValue([]).exists(f, !(f in oldObject.metadata.?finalizers.orValue([])))))
- name: exclude-kubernetes-service
  expression: >-
    !(request.namespace == "default" && request.name == "kubernetes" && ("system:masters" in request.userInfo.?groups.orValue([]) ||
    request.userInfo.username == "system:hosted-cluster-config"))
{{- end -}}

{{- define "endpoints-webhook.services.group" -}}

{{- end -}}

{{- define "endpoints-webhook.services.conditions" -}}
- name: exclude-unchanged-updates
  expression: >-
    (request.operation != "UPDATE" ||
    object.spec != oldObject.spec ||
    {{- range .Values.extraServiceLabels }}
    object.metadata.?labels[?{{ toRawJson . }}] != oldObject.metadata.?labels[?{{ toRawJson . }}] ||
    {{- end }}
    object.metadata.?generateName.orValue("") != oldObject.metadata.?generateName.orValue("") ||
    object.metadata.?ownerReferences.orValue([]) != oldObject.metadata.?ownerReferences.orValue([]) ||
    (size(object.metadata.?finalizers.orValue([])) * (size(oldObject.metadata.?finalizers.orValue([])) + 20) > 100000 ||
    object.metadata.?finalizers.orValue([]).exists(f, !(f in oldObject.metadata.?finalizers.orValue([])))))
- name: exclude-kubernetes-service
  expression: >-
    !(request.namespace == "default" && request.name == "kubernetes" && ("system:masters" in request.userInfo.?groups.orValue([]) ||
    request.userInfo.username == "system:hosted-cluster-config"))
{{- end -}}

{{- define "endpoints-webhook.services.judged" -}}
- name: exclude-ordinary-services
  expression: >-
    ((!(object.spec.type != "ExternalName" && size(object.spec.?selector.orValue({})) > 0) && (request.operation == "CREATE" ||
    (oldObject.spec.type != "ExternalName" && size(oldObject.spec.?selector.orValue({})) > 0) ||
    (object.spec.type == "ExternalName") != (oldObject.spec.type == "ExternalName") ||
    object.spec.?externalName.orValue("") != oldObject.spec.?externalName.orValue("") ||
    object.spec.?ports.orValue([]) != oldObject.spec.?ports.orValue([]))) ||
    (size(object.spec.?externalIPs.orValue([])) > 0 && (request.operation == "CREATE" ||
    (size(object.spec.?externalIPs.orValue([])) * (size(oldObject.spec.?externalIPs.orValue([])) + 20) > 100000 ||
    object.spec.?externalIPs.orValue([]).exists(f, !(f in oldObject.spec.?externalIPs.orValue([])))))))
- name: exclude-kubernetes-service
  expression: >-
    !(request.namespace == "default" && request.name == "kubernetes" && ("system:masters" in request.userInfo.?groups.orValue([]) ||
    request.userInfo.username == "system:hosted-cluster-config"))
{{- end -}}

{{- define "endpoints-webhook.services.adopting" -}}
- name: exclude-ordinary-services
  expression: >-
    ((object.spec.type != "ExternalName" && size(object.spec.?selector.orValue({})) > 0) && (request.operation == "CREATE" ||
    oldObject.spec.type == "ExternalName"))
- name: exclude-kubernetes-service
  expression: >-
    !(request.namespace == "default" && request.name == "kubernetes" && ("system:masters" in request.userInfo.?groups.orValue([]) ||
    request.userInfo.username == "system:hosted-cluster-config"))
{{- end -}}
