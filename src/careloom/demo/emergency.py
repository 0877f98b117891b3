"""What the compliance officer finds on the first day: an emergency access that was reviewed, and one that waits."""

import httpx

from careloom.platform.wire import from_json_text

_ON_CALL, _OFFICER = "duty", "compliance"
_ACCESSES = (
    ("airline", "INC-2041", "Stranded families wait since the storm and nobody of the night shift answers."),
    ("clinic", None, "A patient writes of chest pain in the chat and nobody of the clinics' team is signed in."),
)
_NOTE = "The site was dark for forty minutes, as the incident says. Nothing was read beyond the waiting contacts."


async def leave_emergencies(base_url: str, clients: dict[str, str]) -> None:
    """Breaks the glass to clients, by their keys, as the person on call; the officer accepts the first.

    Raises httpx.HTTPStatusError where the installation refuses it.
    """
    async with httpx.AsyncClient(base_url=f"{base_url}/api", trust_env=False) as on_call:
        await _become(on_call, _ON_CALL)
        for key, reference, reason in _ACCESSES:
            asked = {"client_id": clients[key], "reason": reason, "reference": reference, "minutes": 60}
            # Demo people have no password: the sign-in of a moment ago is the proof.
            await _sent(await on_call.post("/session/glass", json=asked | {"proof": dict[str, str]()}))
            await _sent(await on_call.get("/conversations", params={"view": "all", "client_id": clients[key]}))
            await _sent(await on_call.delete("/session/glass"))
    async with httpx.AsyncClient(base_url=f"{base_url}/api", trust_env=False) as officer:
        await _become(officer, _OFFICER)
        *_, first = from_json_text((await _sent(await officer.get("/break-glass"))).content)["items"]
        verdict = {"verdict": "accepted", "note": _NOTE}
        await _sent(await officer.post(f"/break-glass/{first['id']}/review", json=verdict))


async def _become(http: httpx.AsyncClient, persona: str) -> None:
    me = (await _sent(await http.post("/demo/session", json={"key": persona}))).json()
    http.headers["X-CSRF-Token"] = me["csrf_token"]


async def _sent(answer: httpx.Response) -> httpx.Response:
    answer.raise_for_status()
    return answer
