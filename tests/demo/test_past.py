"""What happened at the demo's clients before today, as the demo's people find it when the demo has started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from careloom.demo.past.contacts import LOST
from careloom.demo.past.hands import HANDS
from careloom.demo.past.partner import PARTNER
from careloom.demo.world.build import demo_world
from tests.ports import free_port

_SECONDS = 600


class Demo:
    """A running demo without traffic, seen by its personas."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._port = free_port()
        self._sessions: dict[str, httpx.Client] = {}
        ports = {"CARELOOM_SMTP_PORT": str(free_port()), "CARELOOM_RELAY_PORT": str(free_port())}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CARELOOM_")}
        environment = {**kept, **ports, "CARELOOM_HOME": str(home / "home"), "CARELOOM_PORT": str(self._port)}
        with (home / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "careloom.cli", "demo", "--no-traffic"], env=environment, stdout=log, stderr=log
            )

    def wait(self) -> None:
        until = time.monotonic() + _SECONDS
        while b"Careloom is running" not in (said := (self._home / "log").read_bytes()):
            assert self._process.poll() is None, said.decode()
            assert time.monotonic() < until, said.decode()
            time.sleep(0.1)

    def stop(self) -> None:
        for one in self._sessions.values():
            one.close()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(120)

    def of(self, persona: str, path: str) -> Any:
        if persona not in self._sessions:
            one = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=30, trust_env=False)
            one.post("/api/demo/session", json={"key": persona}).raise_for_status()
            self._sessions[persona] = one
        answer = self._sessions[persona].get(f"/api/{path}")
        answer.raise_for_status()
        return answer.json()

    def items(self, persona: str, path: str) -> list[Any]:
        return self.of(persona, path)["items"]

    def once(self, persona: str, path: str, true: Callable[[list[Any]], bool]) -> list[Any]:
        """What background work will have made."""
        until = time.monotonic() + 120
        while not true(found := self.items(persona, path)):
            assert time.monotonic() < until, found
            time.sleep(0.1)
        return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    os.chmod(tmp_path_factory.getbasetemp(), 0o755)
    running = Demo(tmp_path_factory.mktemp("demo"))
    try:
        running.wait()
        yield running
    finally:
        running.stop()


def test_the_past_is_made_by_people_of_the_world() -> None:
    assert set(HANDS) <= {one.key for one in demo_world().people}


def test_old_conversations_came_in_and_a_list_of_which_some_rows_were_refused(demo: Demo) -> None:
    found = {one["name"]: one for one in demo.items("admin", "imports")}
    assert {one["state"] for one in found.values()} == {"done"}
    stays, tenants = found["stonequill-desk-export.jsonl"], found["brackenrow-tenants.csv"]
    assert stays["counts"]["conversations_made"] == 24
    assert stays["counts"]["refused"] == 0
    assert tenants["counts"]["refused"] == 2
    refusals = demo.items("admin", f"imports/{tenants['id']}/refusals")
    assert [one["outcome"] for one in refusals] == ["changed", "refused", "refused"]


def test_an_archive_can_be_fetched(demo: Demo) -> None:
    (one,) = demo.once("admin", "exports", lambda found: all(each["state"] != "running" for each in found))
    assert (one["state"], one["error"]) == ("ready", None)


def test_an_archive_of_a_client_that_is_here_is_not_restored(demo: Demo) -> None:
    (one,) = demo.once("admin", "restores", lambda found: found[0]["state"] != "checking")
    assert one["state"] == "failed"
    assert "Brackenrow Homes" in one["error"]


def test_texts_were_answered_and_what_became_of_each_answer_is_known(demo: Demo) -> None:
    (contact,) = demo.items("lead", "conversations?view=all&channel=sms")
    answers = [
        one for one in demo.items("lead", f"conversations/{contact['id']}/messages") if one["kind"] == "outbound"
    ]
    assert [one["delivery"] for one in answers] == ["read", "failed"]


def test_sign_in_has_rules_and_an_identity_provider_waits_switched_off(demo: Demo) -> None:
    rules = demo.items("admin", "sign-in-policies")
    assert sorted(one["password_length"] for one in rules) == [12, 14]
    (one,) = demo.items("admin", "identity-providers")
    assert (one["active"], one["has_secret"], len(one["rules"])) == (False, True, 1)


def test_rules_of_networks_and_countries_shut_out_nobody_who_looks_around(demo: Demo) -> None:
    clients = {one["name"]: one for one in demo.items("admin", "clients")}
    clinic, bank = clients["Medlarfield Clinics"]["id"], clients["Larkstead Bank"]
    assert len(demo.of("admin", f"clients/{clinic}/networks")["networks"]) > 2
    assert bank["countries"] == ["CO", "PH", "US"]
    for persona in ("qa", "planner", "lead"):
        seen = {one["name"] for one in demo.items(persona, "clients")}
        assert {"Medlarfield Clinics", "Larkstead Bank"} <= seen
    assert "Larkstead Bank" in {one["name"] for one in demo.items("account", "clients")}
    assert "Larkstead Bank" in {one["name"] for one in demo.items("agent", "clients")}


def test_a_client_has_own_rules_of_masking_and_a_key_was_rotated(demo: Demo) -> None:
    (clinic,) = [one["id"] for one in demo.items("admin", "clients") if one["name"] == "Medlarfield Clinics"]
    assert len(demo.of("compliance", f"clients/{clinic}/privacy")["rules"]) == 2
    keys = demo.items("compliance", "client-keys")
    assert [one["version"] for one in keys if one["rotation"]] == [2]


def test_a_directory_keeps_people_in_groups_of_which_one_gives_something(demo: Demo) -> None:
    (token,) = demo.items("admin", "scim-tokens")
    assert token["last_used_at"] is not None
    groups = {one["name"]: one["grants"] for one in demo.items("admin", "scim-groups")}
    assert [bool(grants) for grants in groups.values()].count(True) == 1
    assert len(groups) == 2
    names = {one["name"] for one in demo.items("admin", "people?search=Noor")}
    assert names == {"Noor Tavares"}


def test_a_second_provider_answers_in_one_program_and_its_people_see_nothing_else(demo: Demo) -> None:
    providers = {one["id"]: one["name"] for one in demo.items("admin", "providers")}
    shared = [one for one in demo.items("admin", "programs?limit=100") if len(one["provider_ids"]) > 1]
    assert [one["name"] for one in shared] == ["Bookings"]
    assert {providers[one] for one in shared[0]["provider_ids"]} == {PARTNER, "Brindlewick Care"}
    (agent,) = demo.items("admin", "people?search=Amparo")
    seen = demo.of("admin", f"people/{agent['id']}/view")
    assert [one["name"] for one in seen["clients"]] == ["Wheelwren Rides"]
    ask = f"people/{agent['id']}/may?permission=conversations.reply&client_id={shared[0]['client_id']}"
    elsewhere = next(
        one["id"]
        for one in demo.items("admin", "programs?limit=100")
        if one["client_id"] == shared[0]["client_id"] and one["id"] != shared[0]["id"]
    )
    assert demo.of("admin", f"{ask}&program_id={shared[0]['id']}")["because"]
    assert demo.of("admin", f"{ask}&program_id={elsewhere}")["why_not"]


def test_numbers_of_a_card_were_taken_out_and_who_looked_at_what_was_masked_stands_in_the_trail(demo: Demo) -> None:
    (contact,) = [one for one in demo.items("lead", "conversations?view=all") if one["customer_name"] == "Maren Abara"]
    messages = demo.items("lead", f"conversations/{contact['id']}/messages")
    said = [one["text"] for one in messages]
    assert any("[card ×××× 1111]" in one and "•••• 3000" in one for one in said)
    assert {"recording_paused", "recording_resumed"} <= set(said)
    assert not any("4111" in one or "DE89" in one for one in said)
    deeds = [one["action"] for one in demo.items("compliance", f"audit?subject_id={contact['id']}&limit=100")]
    assert {"conversation.pause_recording", "conversation.resume_recording", "conversation.reveal"} <= set(deeds)


def test_requests_are_answered_due_waiting_and_erased_with_proof(demo: Demo) -> None:
    found = demo.once(
        "compliance", "privacy-requests", lambda some: not any(one["status"] == "running" for one in some)
    )
    assert sorted((one["kind"], one["status"]) for one in found) == [
        ("access", "done"),
        ("access", "received"),
        ("erasure", "done"),
        ("erasure", "waiting"),
    ]
    (erased,) = [one for one in found if (one["kind"], one["status"]) == ("erasure", "done")]
    assert erased["outcome"]["left_over"] == {}
    assert {one["scope"] for one in demo.items("compliance", "holds")} == {"customer", "conversation"}
    (purge,) = demo.once("compliance", "purges", lambda some: bool(some) and some[0]["left_over"] is not None)
    assert purge["items"] > 0
    assert purge["left_over"] == 0


def test_deadlines_of_an_incident_run(demo: Demo) -> None:
    found = {one["status"]: one for one in demo.items("compliance", "incidents")}
    assert found.keys() == {"open", "contained", "closed"}
    assert found["open"]["next_due_at"] is not None
    due = {one["kind"] for one in demo.items("compliance", "compliance/deadlines")}
    assert due == {"request", "duty", "review", "hold"}


def test_customers_said_what_they_agree_to(demo: Demo) -> None:
    (access,) = [
        one
        for one in demo.items("compliance", "privacy-requests")
        if (one["kind"], one["status"]) == ("access", "done")
    ]
    words = demo.items("compliance", f"customers/{access['customer_id']}/consents/records")
    assert [one["granted"] for one in words].count(False) == 1
    assert len(words) == 3


def test_mail_is_signed_some_addresses_rest_and_mailboxes_wait_to_be_used(demo: Demo) -> None:
    assert [one["active"] for one in demo.items("admin", "signing-keys")].count(True) == 1
    assert {one["reason"] for one in demo.items("admin", "suppressed-addresses")} == {"manual"}
    mailboxes = demo.items("admin", "mailboxes")
    assert {one["auth"] for one in mailboxes} == {"password", "refresh_token"}
    assert {(one["active"], one["connected_at"], one["checked_at"]) for one in mailboxes} == {(False, None, None)}
    written = {one["customer_name"] for one in demo.items("lead", "conversations?view=all&channel=email")}
    assert written == set(LOST)


def test_one_emergency_access_was_accepted_and_one_waits_to_be_looked_at(demo: Demo) -> None:
    waits, accepted = demo.items("compliance", "break-glass")
    assert [(one["reference"], one["verdict"]) for one in (accepted, waits)] == [("INC-2041", "accepted"), (None, None)]
    for one in (accepted, waits):
        assert one["ended_how"] == "hand"
        during = {each["action"] for each in demo.items("compliance", f"audit?glass_id={one['id']}&limit=100")}
        assert during == {"request.read", "break_glass.end"}
