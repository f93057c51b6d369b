// A validating webhook as controller-runtime documents one, with the rules of the default policy. The bench starts it:
// controller-runtime <port> <folder with tls.crt and tls.key> [<forbidden network>...]
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

func main() {
	port, err := strconv.Atoi(os.Args[1])
	must(err)
	networks := cloudMetadata
	for _, text := range os.Args[3:] {
		networks = append(networks, netip.MustParsePrefix(text))
	}
	scheme := runtime.NewScheme()
	must(corev1.AddToScheme(scheme))
	must(discoveryv1.AddToScheme(scheme))
	ctrllog.SetLogger(logr.Discard())
	server := webhook.NewServer(webhook.Options{Host: "127.0.0.1", Port: port, CertDir: os.Args[2]})
	server.Register("/validate", &webhook.Admission{Handler: &validator{admission.NewDecoder(scheme), networks}})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		for server.StartedChecker()(nil) != nil {
			time.Sleep(5 * time.Millisecond)
		}
		fmt.Printf("{\"port\":%d}\n", port)
	}()
	must(server.Start(ctx))
}

type validator struct {
	decoder  admission.Decoder
	networks []netip.Prefix
}

// Handle judges as the webhook does: what is deleted is allowed.
func (v *validator) Handle(_ context.Context, request admission.Request) admission.Response {
	if request.Operation != "CREATE" && request.Operation != "UPDATE" {
		return admission.Allowed("")
	}
	rules := rules{create: request.Operation == "CREATE", networks: v.networks}
	switch request.Kind.Kind {
	case "Endpoints":
		object := &corev1.Endpoints{}
		if err := v.decoder.Decode(request, object); err != nil {
			return admission.Errored(http.StatusBadRequest, err)
		}
		rules.endpoints(object)
	case "EndpointSlice":
		object := &discoveryv1.EndpointSlice{}
		if err := v.decoder.Decode(request, object); err != nil {
			return admission.Errored(http.StatusBadRequest, err)
		}
		rules.slice(object)
	}
	if len(rules.problems) == 0 {
		return admission.Allowed("")
	}
	response := admission.Denied(rules.message())
	response.Warnings = rules.warnings
	return response
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
