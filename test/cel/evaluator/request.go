package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/intstr"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// request is a write as a client sends it.
type request struct {
	Kind      string   `json:"kind"`
	Operation string   `json:"operation"`
	Namespace string   `json:"namespace"`
	Name      string   `json:"name"`
	User      string   `json:"user"`
	Groups    []string `json:"groups"`
	// Restricted says whether RBAC lets the user create the subresource "restricted".
	Restricted bool `json:"restricted"`
	// Wildcard says whether it lets the user create whatever subresource: in the namespace ("namespace"), or in all ("cluster"). "failing":
	// where that is asked, the authorizer fails.
	Wildcard  string          `json:"wildcard"`
	Object    json.RawMessage `json:"object"`
	OldObject json.RawMessage `json:"oldObject"`

	object, oldObject runtime.Object
}

type kind struct {
	schema.GroupVersionKind
	resource string
}

var kinds = map[string]kind{
	"Endpoints":     {corev1.SchemeGroupVersion.WithKind("Endpoints"), "endpoints"},
	"EndpointSlice": {discoveryv1.SchemeGroupVersion.WithKind("EndpointSlice"), "endpointslices"},
	"Service":       {corev1.SchemeGroupVersion.WithKind("Service"), "services"},
	"Secret":        {corev1.SchemeGroupVersion.WithKind("Secret"), "secrets"},
	"ValidatingWebhookConfiguration": {
		admissionregistrationv1.SchemeGroupVersion.WithKind("ValidatingWebhookConfiguration"), "validatingwebhookconfigurations",
	},
	"MutatingWebhookConfiguration": {
		admissionregistrationv1.SchemeGroupVersion.WithKind("MutatingWebhookConfiguration"), "mutatingwebhookconfigurations",
	},
}

var decoder = func() runtime.Decoder {
	scheme := runtime.NewScheme()
	utilruntime.Must(admissionregistrationv1.AddToScheme(scheme))
	utilruntime.Must(corev1.AddToScheme(scheme))
	utilruntime.Must(discoveryv1.AddToScheme(scheme))
	return serializer.NewCodecFactory(scheme).UniversalDeserializer()
}()

// setDefaults does as SetDefaults_Endpoints, SetDefaults_EndpointPort and SetDefaults_Service of k8s.io/kubernetes.
func setDefaults(object runtime.Object) {
	switch object := object.(type) {
	case *corev1.Endpoints:
		for _, subset := range object.Subsets {
			for i := range subset.Ports {
				subset.Ports[i].Protocol = cmp.Or(subset.Ports[i].Protocol, corev1.ProtocolTCP)
			}
		}
	case *discoveryv1.EndpointSlice:
		for i := range object.Ports {
			port := &object.Ports[i]
			port.Name = cmp.Or(port.Name, new(string))
			port.Protocol = cmp.Or(port.Protocol, new(corev1.ProtocolTCP))
		}
	case *corev1.Service:
		object.Spec.Type = cmp.Or(object.Spec.Type, corev1.ServiceTypeClusterIP)
		for i := range object.Spec.Ports {
			port := &object.Spec.Ports[i]
			port.Protocol = cmp.Or(port.Protocol, corev1.ProtocolTCP)
			if port.TargetPort == intstr.FromInt32(0) || port.TargetPort == intstr.FromString("") {
				port.TargetPort = intstr.FromInt32(port.Port)
			}
		}
	}
}

// read decodes the objects, and says why that is not possible.
func (r *request) read() string {
	var problems [2]error
	if r.Operation != "DELETE" {
		r.object, problems[0] = decode(r.Object, kinds[r.Kind])
	}
	if r.Operation != "CREATE" {
		r.oldObject, problems[1] = decode(r.OldObject, kinds[r.Kind])
	}
	for _, err := range problems {
		if err != nil {
			return err.Error()
		}
	}
	return ""
}

func decode(data []byte, expected kind) (runtime.Object, error) {
	object, found, err := decoder.Decode(data, &expected.GroupVersionKind, nil)
	if err != nil {
		return nil, err
	}
	if *found != expected.GroupVersionKind {
		return nil, fmt.Errorf("%s where %s is expected", found, expected)
	}
	setDefaults(object)
	object.GetObjectKind().SetGroupVersionKind(*found)
	return object, nil
}

// attributes are what admission is asked about. API servers before 1.37 show CEL the object as JSON has it, and later ones the typed value.
func (r request) attributes(minor uint) (*admission.VersionedAttributes, error) {
	of := kinds[r.Kind]
	resource := schema.GroupVersionResource{Group: of.Group, Version: of.Version, Resource: of.resource}
	who := &user.DefaultInfo{Name: r.User, Groups: r.Groups}
	attributes := admission.NewAttributesRecord(r.object, r.oldObject, of.GroupVersionKind, r.Namespace, r.Name, resource, "", admission.Operation(r.Operation), nil, false, who)
	versioned := &admission.VersionedAttributes{Attributes: attributes, VersionedKind: of.GroupVersionKind}
	object, err := shown(r.object, minor)
	if err != nil {
		return nil, err
	}
	versioned.VersionedObject.Set(object)
	old, err := shown(r.oldObject, minor)
	versioned.VersionedOldObject.Set(old)
	return versioned, err
}

func shown(object runtime.Object, minor uint) (runtime.Object, error) {
	if object == nil || minor >= 37 {
		return object, nil
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	return &unstructured.Unstructured{Object: fields}, err
}

// Authorize is RBAC's answer.
func (r request) Authorize(_ context.Context, asked authorizer.Attributes) (authorizer.Decision, string, error) {
	if asked.GetUser().GetName() != r.User || asked.GetVerb() != "create" ||
		asked.GetAPIGroup() != kinds[r.Kind].Group || asked.GetResource() != kinds[r.Kind].resource {
		return authorizer.DecisionNoOpinion, "", nil
	}
	here := asked.GetNamespace() == r.Namespace && asked.GetName() == r.Name
	isRestricted := asked.GetSubresource() == "restricted"
	switch {
	case r.Wildcard == "failing" && !isRestricted:
		return authorizer.DecisionNoOpinion, "", errors.New("the authorizer fails")
	case r.Wildcard == "cluster", r.Wildcard == "namespace" && here, r.Restricted && here && isRestricted:
		return authorizer.DecisionAllow, "", nil
	}
	return authorizer.DecisionNoOpinion, "", nil
}
