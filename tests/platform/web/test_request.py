"""Bodies that are no JSON, whoever sends them, are refused and explained."""

import httpx
import pytest

BODIES = [b"{", b"nothing", b'{"email": "\xff"}', b"\xff\xfe{", b"[" * 90_000, b'{"a":' * 90_000]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", ["/api/session", "/api/sign-in/passkey"])
async def test_a_stranger_whose_body_is_no_json_is_told_so(api: httpx.AsyncClient, path: str, body: bytes) -> None:
    answer = await api.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"]
