package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	v1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/matchconditions"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

type policy struct {
	v1.ValidatingAdmissionPolicy
	validator validating.Validator
}

// New expressions may use only what an API server of the minor before knows too.
func compilerFor(minor uint) (*cel.CompositedCompiler, error) {
	return cel.NewCompositedCompiler(environment.MustBaseEnvSet(version.MajorMinor(1, minor-1)))
}

// compile does as compilePolicy of k8s.io/apiserver/pkg/admission/plugin/policy/validating, with what each expression is refused for.
func compile(raw json.RawMessage, minor uint) (policy, []string, error) {
	var p policy
	if err := json.Unmarshal(raw, &p.ValidatingAdmissionPolicy); err != nil {
		return p, nil, err
	}
	compiler, err := compilerFor(minor)
	if err != nil {
		return p, nil, err
	}
	refused := []string{}
	withAuthorizer := cel.OptionalVariableDeclarations{HasAuthorizer: true}
	note := func(what string, result cel.CompilationResult) {
		if result.Error != nil {
			refused = append(refused, fmt.Sprintf("%s, %s: %s", p.Name, what, result.Error.Detail))
		}
	}
	for _, one := range p.Spec.Variables {
		accessor := &validating.Variable{Name: one.Name, Expression: one.Expression}
		note("variable "+one.Name, compiler.CompileAndStoreVariable(accessor, withAuthorizer, environment.NewExpressions))
	}
	condition := func(what string, accessors []cel.ExpressionAccessor, optional cel.OptionalVariableDeclarations) cel.ConditionEvaluator {
		for i, accessor := range accessors {
			if accessor != nil {
				note(fmt.Sprintf("%s %d", what, i), compiler.CompileCELExpression(accessor, optional, environment.NewExpressions))
			}
		}
		return compiler.CompileCondition(accessors, optional, environment.NewExpressions)
	}
	conditions, validations, messages := accessorsOf(p.Spec)
	p.validator = validating.NewValidator(
		condition("validation", validations, withAuthorizer),
		matchconditions.NewMatcher(condition("matchCondition", conditions, withAuthorizer), p.Spec.FailurePolicy, "policy", "validate", p.Name),
		condition("auditAnnotation", nil, withAuthorizer),
		condition("messageExpression", messages, cel.OptionalVariableDeclarations{}),
		p.Spec.FailurePolicy,
		nil,
	)
	return p, refused, nil
}

func accessorsOf(spec v1.ValidatingAdmissionPolicySpec) (conditions, validations, messages []cel.ExpressionAccessor) {
	for _, one := range spec.MatchConditions {
		condition := matchconditions.MatchCondition(one)
		conditions = append(conditions, &condition)
	}
	for _, one := range spec.Validations {
		validations = append(validations, &validating.ValidationCondition{Expression: one.Expression, Message: one.Message, Reason: one.Reason})
		var message cel.ExpressionAccessor
		if one.MessageExpression != "" {
			message = &validating.MessageExpressionCondition{MessageExpression: one.MessageExpression}
		}
		messages = append(messages, message)
	}
	return conditions, validations, messages
}

func (p policy) judge(asked request, minor uint) (verdict, error) {
	result := verdict{Failed: []int{}, Messages: []string{}, Errors: []string{}}
	attributes, err := asked.attributes(minor)
	if err != nil {
		return result, err
	}
	constrained, err := p.constrains(attributes)
	if err != nil || !constrained {
		return result, err
	}
	decisions := p.validator.Validate(context.Background(), attributes.GetResource(), attributes, nil, nil, celconfig.RuntimeCELCostBudget, asked).Decisions
	result.Matched = len(decisions) > 0
	for i, decision := range decisions {
		switch decision.Evaluation {
		case validating.EvalError:
			result.Errors = append(result.Errors, decision.Message)
		case validating.EvalDeny:
			result.Failed = append(result.Failed, i)
			result.Messages = append(result.Messages, decision.Message)
		}
	}
	return result, nil
}

// constrains says whether the matchConstraints let the request through.
func (p policy) constrains(attributes *admission.VersionedAttributes) (bool, error) {
	selector, err := metav1.LabelSelectorAsSelector(cmp.Or(p.Spec.MatchConstraints.NamespaceSelector, &metav1.LabelSelector{}))
	if err != nil || !selector.Matches(labels.Set{"kubernetes.io/metadata.name": attributes.GetNamespace()}) {
		return false, err
	}
	for _, rule := range p.Spec.MatchConstraints.ResourceRules {
		matcher := rules.Matcher{Rule: rule.RuleWithOperations, Attr: attributes}
		if matcher.Matches() && (len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, attributes.GetName())) {
			return true, nil
		}
	}
	return false, nil
}
