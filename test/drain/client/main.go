// Command drain asks webhooks for reviews the way an API server does, and counts what goes wrong.
//
// Its transport has the settings of the API server's webhook client (client.go in k8s.io/apiserver/pkg/util/webhook, cache.go in
// k8s.io/client-go/transport: HTTP/1.1, 25 idle connections kept for 90 s, nothing asked twice), and dials a "Service": each connection goes to one of the backends that are in service at
// that moment, which standard input names: one line for each change, with the addresses of all of them.
//
//	drain -ca ca.crt -review review.json -workers 20
//
// It ends when standard input does, and prints a JSON object: {"calls": 1, "connections": 1, "errors": {"text": 1}}.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// service is what kube-proxy is to an API server: a connection goes to a backend of now, and stays there.
type service struct {
	backends    atomic.Pointer[[]string]
	connections atomic.Int64
}

func (s *service) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	backends := *s.backends.Load()
	if len(backends) == 0 {
		return nil, errors.New("no backend is in service")
	}
	s.connections.Add(1)
	dialer := net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	return dialer.DialContext(ctx, network, backends[rand.Intn(len(backends))])
}

// follow reads who is in service until there is nothing more to read.
func (s *service) follow(in io.Reader, first func()) {
	for lines := bufio.NewScanner(in); lines.Scan(); {
		backends := strings.Fields(lines.Text())
		s.backends.Store(&backends)
		if first != nil {
			first()
			first = nil
		}
	}
}

func newClient(s *service, ca []byte) (*http.Client, error) {
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, errors.New("no certificate in the CA file")
	}
	return &http.Client{
		Timeout: 5 * time.Second,
		Transport: &http.Transport{
			TLSHandshakeTimeout: 10 * time.Second,
			TLSClientConfig:     &tls.Config{RootCAs: roots, NextProtos: []string{"http/1.1"}, ServerName: "localhost"},
			MaxIdleConnsPerHost: 25,
			IdleConnTimeout:     90 * time.Second,
			DialContext:         s.dial,
		},
	}, nil
}

// tally counts calls, and errors by their text.
type tally struct {
	mu     sync.Mutex
	calls  int
	errors map[string]int
}

// What differs from one error to the next of the same kind.
var varying = regexp.MustCompile(`127\.0\.0\.1:\d+`)

func (t *tally) add(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls++
	if err != nil {
		t.errors[varying.ReplaceAllString(err.Error(), "127.0.0.1")]++
	}
}

// ask posts one review and demands the right answer.
func ask(client *http.Client, before, after []byte, uid string) error {
	body := bytes.Join([][]byte{before, []byte(uid), after}, nil)
	answer, err := client.Post("https://webhook.test:443/validate?timeout=5s", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	var review struct {
		Response struct {
			UID     string `json:"uid"`
			Allowed bool   `json:"allowed"`
		} `json:"response"`
	}
	if err := json.Unmarshal(text, &review); err != nil {
		return fmt.Errorf("HTTP %d: %w", answer.StatusCode, err)
	}
	if answer.StatusCode != http.StatusOK || review.Response.UID != uid || !review.Response.Allowed {
		return fmt.Errorf("wrong answer: HTTP %d: %s", answer.StatusCode, strings.ReplaceAll(string(text), uid, "UID"))
	}
	return nil
}

func run() error {
	caFile := flag.String("ca", "", "PEM file of the authorities to trust")
	reviewFile := flag.String("review", "", "AdmissionReview to send, with UID where its uid belongs")
	workers := flag.Int("workers", 20, "how many ask at the same time")
	pause := flag.Duration("pause", 5*time.Millisecond, "how long each waits between two calls")
	flag.Parse()

	ca, err := os.ReadFile(*caFile)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(*reviewFile)
	if err != nil {
		return err
	}
	before, after, found := bytes.Cut(text, []byte("UID"))
	if !found {
		return errors.New("the review has no UID to replace")
	}
	s := &service{}
	client, err := newClient(s, ca)
	if err != nil {
		return err
	}

	counted := &tally{errors: map[string]int{}}
	done := make(chan struct{})
	var group sync.WaitGroup
	s.follow(os.Stdin, func() {
		for worker := range *workers {
			group.Add(1)
			go func() {
				defer group.Done()
				for call := 0; ; call++ {
					select {
					case <-done:
						return
					case <-time.After(*pause):
						counted.add(ask(client, before, after, fmt.Sprintf("worker-%d-%d", worker, call)))
					}
				}
			}()
		}
	})
	close(done)
	group.Wait()
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"calls": counted.calls, "connections": s.connections.Load(), "errors": counted.errors,
	})
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "drain:", err)
		os.Exit(1)
	}
}
