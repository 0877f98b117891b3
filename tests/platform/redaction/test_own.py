"""Clients' own rules where it is not known whose a text is, and where the strictest policy holds."""

from __future__ import annotations

import pytest

from careloom.platform.redaction.own import STRICT, OwnRules, strict_with
from careloom.platform.redaction.redact import redact
from careloom.platform.redaction.types import Action, Policy, Rule

GONE = "\u00d7\u00d7\u00d7\u00d7"
BADGE = Rule(name="badge", pattern=r"BDG-\d{4}")


def test_what_any_clients_rule_takes_out_is_gone_whatever_it_asks_for() -> None:
    rules = OwnRules((BADGE, Rule(name="badge", pattern="falcon", action=Action.REMOVE, any_case=True)))
    assert rules.redact("Falcon took BDG-1234 and BDG-12") == f"[badge {GONE}] took [badge {GONE}] and BDG-12"


def test_what_a_rule_keeps_is_no_reason_to_take_it_out_nor_to_spare_it() -> None:
    keeping = Rule(name="order", pattern=r"\d{4} \d{4} \d{4} \d{4}", action=Action.KEEP)
    text = "card 4111 1111 1111 1111"
    assert OwnRules((keeping,)).redact(text) == text
    policy = strict_with(Policy(rules=(keeping, BADGE)))
    assert [one.name for one in policy.rules] == ["badge"]
    assert "4111 1111" not in redact(policy, text, agents=True).text


def test_the_strictest_policy_takes_out_what_staff_writes_by_rules_for_customers() -> None:
    assert redact(strict_with(Policy(rules=(BADGE,))), "BDG-1234", agents=True).text != "BDG-1234"
    assert redact(STRICT, "BDG-1234", agents=True).text == "BDG-1234"


@pytest.mark.parametrize("text", ["BDG-\u0661\u0662\u0663\u0664", "BDG\u20111234"])
def test_digits_and_dashes_of_any_script_are_seen(text: str) -> None:
    assert OwnRules((BADGE,)).redact(text) != text


def test_of_thousands_of_rules_each_holds() -> None:
    rules = OwnRules(tuple(Rule(name="project", pattern=f"Falcon{number:04}") for number in range(3000)))
    assert rules.redact("a Falcon2999 b Falcon0000 c") == f"a [project {GONE}] b [project {GONE}] c"
    assert rules.redact("nothing of Falcons") == "nothing of Falcons"


def test_patterns_too_large_for_one_expression_are_looked_for_apart() -> None:
    large = tuple(Rule(name="large", pattern=f"{letter}(?:\\pL{{1,40}}-){{1,3}}Z") for letter in "ABCDEF")
    assert "F" not in OwnRules(large).redact("Fabc-def-Z")
