package main

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

// The default policy's forbidden networks.
var cloudMetadata = prefixes("fd00:ec2::254/128", "fd00:ec2::253/128", "fd00:ec2::123/128", "fd00:ec2::23/128",
	"168.63.129.16/32", "fd20:ce::254/128", "100.100.100.200/32", "fd00:100::100:200/128", "192.0.0.192/32",
	"fd00:c1::a9fe:a9fe/128")

var special = prefixes("0.0.0.0/32", "::/128", "127.0.0.0/8", "::1/128", "169.254.0.0/16", "fe80::/10",
	"224.0.0.0/24", "ff02::/16")

var fieldPath = regexp.MustCompile(`^\.?[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*|\[[^\]]+\]|\{[^{}\s]+\})*$`)

// rules collects what it finds in one object.
type rules struct {
	create   bool
	networks []netip.Prefix
	problems []string
	warnings []string
}

func (r *rules) endpoints(object *corev1.Endpoints) {
	r.objectName(object.Name, object.GenerateName)
	if r.create && len(object.Subsets) == 0 {
		r.refuse("subsets", "is missing or empty")
	}
	for i, subset := range object.Subsets {
		path := fmt.Sprintf("subsets[%d]", i)
		if r.create && len(subset.Addresses) == 0 {
			r.refuse(path+".addresses", "holds no ready address")
		}
		if r.create && len(subset.Ports) == 0 {
			r.refuse(path+".ports", "is missing or empty")
		}
		r.addresses(path+".addresses", subset.Addresses)
		r.addresses(path+".notReadyAddresses", subset.NotReadyAddresses)
		if len(subset.Addresses) > 0 && len(subset.NotReadyAddresses) > 0 {
			r.readyAndNotReady(path, subset)
		}
		r.ports(path, subset.Ports)
	}
}

func (r *rules) addresses(path string, list []corev1.EndpointAddress) {
	for i, endpoint := range list {
		r.address(path, i, endpoint.IP)
		r.names(path, i, endpoint.Hostname, endpoint.NodeName)
		if target := endpoint.TargetRef; target != nil {
			if target.ResourceVersion != "" {
				r.refuse(fmt.Sprintf("%s[%d].targetRef.resourceVersion", path, i), "must not be set")
			}
			if target.FieldPath != "" && !fieldPath.MatchString(target.FieldPath) {
				r.warnings = append(r.warnings, fmt.Sprintf("%s[%d].targetRef.fieldPath is not a field access statement", path, i))
			}
		}
	}
}

func (r *rules) readyAndNotReady(path string, subset corev1.EndpointSubset) {
	ready := make(map[netip.Addr]bool, len(subset.Addresses))
	for _, endpoint := range subset.Addresses {
		if address, err := netip.ParseAddr(endpoint.IP); err == nil {
			ready[address] = true
		}
	}
	for i, endpoint := range subset.NotReadyAddresses {
		if address, err := netip.ParseAddr(endpoint.IP); err == nil && ready[address] {
			r.refuse(fmt.Sprintf("%s.notReadyAddresses[%d].ip", path, i), "is in \"addresses\" of this subset too")
		}
	}
}

func (r *rules) ports(path string, ports []corev1.EndpointPort) {
	for i, port := range ports {
		at := fmt.Sprintf("%s.ports[%d]", path, i)
		if len(ports) > 1 && port.Name == "" {
			r.refuse(at+".name", "is missing")
		}
		if port.Protocol != "" && port.Protocol != "TCP" && port.Protocol != "UDP" {
			r.refuse(at+".protocol", "is not an allowed protocol")
		}
		r.port(at, port.Name, port.Port)
	}
}

func (r *rules) slice(object *discoveryv1.EndpointSlice) {
	for i, endpoint := range object.Endpoints {
		path := fmt.Sprintf("endpoints[%d].addresses", i)
		for j, text := range endpoint.Addresses {
			if object.AddressType == discoveryv1.AddressTypeFQDN {
				r.refuse(fmt.Sprintf("%s[%d]", path, j), "is a name")
				continue
			}
			address, ok := r.address(path, j, text)
			if ok && address.Is4() != (object.AddressType == discoveryv1.AddressTypeIPv4) {
				r.refuse(fmt.Sprintf("%s[%d]", path, j), "is of another family")
			}
		}
		hostname := ""
		if endpoint.Hostname != nil {
			hostname = *endpoint.Hostname
		}
		r.names("endpoints", i, hostname, endpoint.NodeName)
	}
	for i, port := range object.Ports {
		at, name := fmt.Sprintf("ports[%d]", i), ""
		if port.Name != nil {
			name = *port.Name
		}
		if port.Port != nil {
			r.port(at, name, *port.Port)
		}
	}
}

// address reads one strictly, and compares it, and the IPv4 address inside it, with the networks.
func (r *rules) address(path string, i int, text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(text)
	if err != nil || address.Zone() != "" || address.Is4In6() {
		r.refuse(fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("%q is not an IP address", text))
		return address, false
	}
	for _, one := range []netip.Addr{address, embedded(address)} {
		if !one.IsValid() {
			continue
		}
		for _, list := range [][]netip.Prefix{special, r.networks} {
			for _, network := range list {
				if network.Contains(one) {
					r.refuse(fmt.Sprintf("%s[%d]", path, i), fmt.Sprintf("%q is inside %s", text, network))
				}
			}
		}
	}
	return address, true
}

func (r *rules) names(path string, i int, hostname string, nodeName *string) {
	if hostname != "" && len(validation.IsDNS1123Label(hostname)) > 0 {
		r.refuse(fmt.Sprintf("%s[%d].hostname", path, i), "is not a DNS label")
	}
	if nodeName != nil && len(validation.IsDNS1123Subdomain(*nodeName)) > 0 {
		r.refuse(fmt.Sprintf("%s[%d].nodeName", path, i), "is not a DNS subdomain")
	}
}

func (r *rules) port(path, name string, number int32) {
	if name != "" && len(validation.IsDNS1123Label(name)) > 0 {
		r.refuse(path+".name", "is not a DNS label")
	}
	if number < 1 || number > 65535 {
		r.refuse(path+".port", fmt.Sprintf("%d is not a port", number))
	}
}

func (r *rules) objectName(name, generateName string) {
	if name == "" && generateName == "" {
		r.refuse("metadata.name", "is missing")
	}
	if name != "" && len(validation.IsDNS1123Subdomain(name)) > 0 {
		r.refuse("metadata.name", "is not a DNS subdomain")
	}
}

func (r *rules) refuse(path, problem string) {
	r.problems = append(r.problems, path+": "+problem)
}

// message names ten problems and counts the rest.
func (r *rules) message() string {
	if len(r.problems) <= 10 {
		return strings.Join(r.problems, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(r.problems[:10], "; "), len(r.problems)-10)
}

// embedded is the IPv4 address that an IPv6 address contains (compatible, translated, NAT64, 6to4, ISATAP), or none.
func embedded(address netip.Addr) netip.Addr {
	if address.Is4() {
		return netip.Addr{}
	}
	bytes := address.As16()
	at := func(i int) netip.Addr { return netip.AddrFrom4([4]byte(bytes[i : i+4])) }
	leading := func(text string) bool { return strings.HasPrefix(string(bytes[:]), text) }
	switch {
	case leading("\x20\x02"):
		return at(2)
	case leading("\x00\x64\xff\x9b"), string(bytes[10:12]) == "\x5e\xfe":
		return at(12)
	case leading(strings.Repeat("\x00", 12)), leading(strings.Repeat("\x00", 8) + "\xff\xff\x00\x00"):
		return at(12)
	}
	return netip.Addr{}
}

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}
