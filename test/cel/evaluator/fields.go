package main

import (
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fields are the paths of all fields that objects of a kind have, [*] for any item of a list. Maps and managed fields are taken as one.
func fields() map[string][]string {
	return map[string][]string{
		"Endpoints":     fieldsOf(reflect.TypeFor[corev1.Endpoints](), ""),
		"EndpointSlice": fieldsOf(reflect.TypeFor[discoveryv1.EndpointSlice](), ""),
	}
}

func fieldsOf(of reflect.Type, path string) []string {
	switch {
	case of.Kind() == reflect.Pointer:
		return fieldsOf(of.Elem(), path)
	case of.Kind() == reflect.Slice && of.Elem() != reflect.TypeFor[metav1.ManagedFieldsEntry]():
		return fieldsOf(of.Elem(), path+"[*]")
	case of.Kind() != reflect.Struct || of == reflect.TypeFor[metav1.Time]():
		return []string{path}
	}
	var found []string
	for i := range of.NumField() {
		field := of.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if strings.Contains(options, "inline") {
			found = append(found, fieldsOf(field.Type, path)...)
		} else {
			found = append(found, fieldsOf(field.Type, strings.TrimPrefix(path+"."+name, "."))...)
		}
	}
	return found
}
