package main

import (
	"encoding/json"
	"fmt"
	"testing"
)

const ports = `{
  "metadata": {"name": "slices"},
  "spec": {
    "matchConstraints": {"namespaceSelector": {}, "resourceRules": [{"apiGroups": ["discovery.k8s.io"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["endpointslices"]}]},
    "matchConditions": [{"name": "others", "expression": "request.userInfo.username != 'me'"}],
    "variables": [{"name": "ports", "expression": "has(object.ports) && object.ports != null ? object.ports : []"}],
    "validations": [{"expression": "variables.ports.all(p, p.protocol == 'TCP')", "message": "not TCP"}, {"expression": "[1, 2].transformList(i, v, v)[0] == 1"}]
  }
}`

func TestEvaluate(t *testing.T) {
	asked := func(user, object string) request {
		return request{Kind: "EndpointSlice", Operation: "CREATE", Namespace: "shop", User: user, Object: json.RawMessage(object)}
	}
	cases := []request{
		asked("you", `{"ports": null}`),
		asked("you", `{"ports": [{"port": 80}]}`),
		asked("you", `{"ports": [{"protocol": "UDP"}]}`),
		asked("me", `{"ports": [{"protocol": "UDP"}]}`),
		asked("you", `{"ports": 5}`),
	}
	var unread []string
	for i := range cases {
		unread = append(unread, cases[i].read())
	}
	none := `{"matched":false,"failed":[],"messages":[],"errors":[]}`
	good := `{"matched":true,"failed":[],"messages":[],"errors":[]}`
	bad := `{"matched":true,"failed":[0],"messages":["not TCP"],"errors":[]}`
	wanted := fmt.Sprintf("[[%s],[%s],[%s],[%s],[]]", good, good, bad, none)
	for minor, refused := range map[uint]int{32: 1, 33: 0, 36: 0, 37: 0} {
		result, err := set{Minor: minor, Policies: []json.RawMessage{json.RawMessage(ports)}, Cases: []int{0, 1, 2, 3, 4}}.evaluate(cases, unread)
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Refused) != refused {
			t.Errorf("1.%d refuses %q", minor, result.Refused)
		}
		if found, _ := json.Marshal(result.Verdicts); refused == 0 && string(found) != wanted {
			t.Errorf("1.%d: %s", minor, found)
		}
	}
}
