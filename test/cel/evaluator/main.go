// Evaluates ValidatingAdmissionPolicies as an API server does, with its own evaluator, without a cluster: reads what to evaluate
// from standard input, and writes what came of it to standard output. With the argument "fields", writes which fields there are.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sync/errgroup"
)

type input struct {
	Cases []request `json:"cases"`
	Sets  []set     `json:"sets"`
}

// set is what one minor of Kubernetes evaluates: policies, and the indices of the cases.
type set struct {
	Minor    uint              `json:"minor"`
	Policies []json.RawMessage `json:"policies"`
	Cases    []int             `json:"cases"`
}

type output struct {
	// Unread says of each case why an API server cannot decode it; empty where it can.
	Unread []string    `json:"unread"`
	Sets   []setResult `json:"sets"`
}

type setResult struct {
	// Refused says why the API server would not take the policies.
	Refused []string `json:"refused"`
	// Verdicts has one list a case, in which there is one verdict a policy.
	Verdicts [][]verdict `json:"verdicts"`
}

type verdict struct {
	Matched bool `json:"matched"`
	// Failed has the indices of the validations that failed.
	Failed   []int    `json:"failed"`
	Messages []string `json:"messages"`
	// Errors are what could not be evaluated, and so is denied.
	Errors []string `json:"errors"`
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "fields" {
		if err := json.NewEncoder(os.Stdout).Encode(fields()); err != nil {
			fail(err)
		}
		return
	}
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		fail(err)
	}
	var out output
	for i := range in.Cases {
		out.Unread = append(out.Unread, in.Cases[i].read())
	}
	out.Sets = make([]setResult, len(in.Sets))
	var workers errgroup.Group
	workers.SetLimit(runtime.NumCPU())
	for i, one := range in.Sets {
		workers.Go(func() (err error) {
			out.Sets[i], err = one.evaluate(in.Cases, out.Unread)
			return err
		})
	}
	if err := workers.Wait(); err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		fail(err)
	}
}

func (s set) evaluate(cases []request, unread []string) (setResult, error) {
	result := setResult{Refused: []string{}, Verdicts: [][]verdict{}}
	var policies []policy
	for _, raw := range s.Policies {
		compiled, refused, err := compile(raw, s.Minor)
		if err != nil {
			return result, err
		}
		policies = append(policies, compiled)
		result.Refused = append(result.Refused, refused...)
	}
	for _, index := range s.Cases {
		verdicts := []verdict{}
		for _, one := range policies {
			if unread[index] != "" {
				break
			}
			found, err := one.judge(cases[index], s.Minor)
			if err != nil {
				return result, err
			}
			verdicts = append(verdicts, found)
		}
		result.Verdicts = append(result.Verdicts, verdicts)
	}
	return result, nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
