"""Keys, tokens and private keys that tell themselves by how they begin."""

import re
from collections.abc import Generator
from typing import Final

from careloom.platform.redaction.linear import LinearPattern
from careloom.platform.redaction.types import DataClass, Evidence, Finding

_TABLE: Final = (
    ("aws_key", r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}"),
    ("github_token", r"gh[pousr]_[0-9A-Za-z]{30,255}|github_pat_\w{22,255}"),
    ("gitlab_token", r"glpat-[\w-]{20,64}"),
    ("slack_token", r"xox[abeoprs]-[0-9A-Za-z-]{10,250}"),
    ("slack_hook", r"https://hooks\.slack\.com/services/[\w/-]{20,120}"),
    ("stripe_key", r"(?:sk|pk|rk|whsec)_(?:live_|test_)?[0-9A-Za-z]{16,250}"),
    ("openai_key", r"sk-(?:proj-|ant-)?[\w-]{20,250}"),
    ("google_key", r"AIza[\w-]{35}|ya29\.[\w-]{20,250}"),
    ("jwt", r"eyJ[\w-]{8,2000}\.eyJ[\w-]{4,4000}(?:\.[\w-]{0,2000})?"),
    ("sendgrid_key", r"SG\.[\w-]{16,64}\.[\w-]{16,64}"),
    ("npm_token", r"npm_[0-9A-Za-z]{36}"),
    ("pypi_token", r"pypi-[\w-]{50,250}"),
    ("huggingface_token", r"hf_[0-9A-Za-z]{30,64}"),
    ("shopify_token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    ("twilio_key", r"SK[0-9a-f]{32}"),
    ("careloom_key", r"clk_[\w-]{16,250}"),
)
_COMPILED: Final = tuple((kind, re.compile(rf"(?:{pattern})(?![0-9A-Za-z])")) for kind, pattern in _TABLE)
_ANY: Final = LinearPattern(
    r"\b(?:AKIA|ASIA|ABIA|ACCA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|https://hooks\.slack|sk_|pk_|rk_|"
    r"whsec_|sk-|"
    r"AIza|ya29\.|eyJ|SG\.|npm_|pypi-|hf_|shp(?:at|ca|pa|ss)_|SK[0-9a-f]|clk_)[\w.-]{4}"
)
_HINTS: Final = LinearPattern(r"-----BEGIN |(?i:bearer )|://[^\s/@]{1,80}:[^\s/@]{1,80}@|[?&;][A-Za-z_]{2,20}=")
_ARMOUR: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_ARMOUR_END: Final = re.compile(r"-----END [A-Z0-9 ]{0,40}-----")
_BEARER: Final = re.compile(r"\bbearer\s{1,3}([\w.~+/-]{16,2000}=*)", re.IGNORECASE)
_IN_URL: Final = re.compile(r"://[^\s/:@]{1,64}:([^\s/@]{1,80})@")
_PARAMETER: Final = re.compile(
    r"[?&;](?:access_?token|auth_?token|id_?token|token|api_?key|key|secret|client_secret|password|passwd|pwd|sig|"
    r"signature|session_?id|sid|otp|reset_?token|magic)=([^&\s\"'<>#]{6,500})",
    re.IGNORECASE,
)


def find_tokens(piece: str, raw: bytes) -> Generator[Finding]:
    """Tokens by their beginnings, armoured private keys, credentials in addresses of the web."""
    for start, _ in _ANY.spans(piece, raw):
        for kind, compiled in _COMPILED:
            match = compiled.match(piece, start)
            if match is not None:
                yield _finding(kind, *match.span())
                break
    if _HINTS.found_in(raw):
        yield from _hinted(piece)


def _hinted(piece: str) -> Generator[Finding]:
    at = 0
    while (begin := _ARMOUR.search(piece, at)) is not None:
        end = _ARMOUR_END.search(piece, begin.end())
        at = len(piece) if end is None else end.end()
        yield _finding("private_key", begin.start(), at)
    for kind, pattern in (("bearer", _BEARER), ("url_password", _IN_URL), ("url_token", _PARAMETER)):
        for match in pattern.finditer(piece):
            yield _finding(kind, *match.span(1))


def _finding(kind: str, start: int, end: int) -> Finding:
    return Finding(start, end, DataClass.SECRET, kind, (Evidence.FORM,))
