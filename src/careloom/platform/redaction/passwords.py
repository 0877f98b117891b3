"""Passwords and keys that people spell out: "my password is ..."."""

import re
from typing import Final

_LINK: Final = (
    r":|=|->|→|\b(?:is|are|was|lautet|ist|war|es|era|est|était|seria|será)(?![a-zà-ÿ])|(?<![a-zà-ÿ])é(?![a-zà-ÿ])|هي|هو"
)
_WEAK_LINK: Final = r"\b(?:to|a|para|auf|zu|en|à|into|as|von|with|mit|con|com|avec)(?![a-zà-ÿ])|إلى|الى"
_BETWEEN: Final = r"(?:[ \t]{1,3}[^\s:=.!?¡¿,;]{1,20}){0,5}?"
_VALUE: Final = r"(?:[\"'`«„“‘](?P<quoted>[^\"'`»“”’\n]{3,64})[\"'`»“”’]|(?P<bare>[^\s\"«„“]{3,80}))"
_AFTER: Final = re.compile(
    rf"{_BETWEEN}[ \t]{{0,3}}(?:(?P<link>{_LINK})|{_WEAK_LINK}):?[ \t]{{0,3}}\r?\n?[ \t]{{0,3}}"
    rf"(?:now |still |jetzt |ahora |agora )?{_VALUE}",
    re.IGNORECASE,
)
_BESIDE: Final = re.compile(rf"[ \t]{{1,3}}{_VALUE}", re.IGNORECASE)
_ENDS: Final = re.compile(r"\s*(?:$|[.,;:!?)\n]|and\b|but\b|und\b|aber\b|y\b|pero\b|e\b|mas\b|et\b|mais\b|و)")
_TRAILING: Final = ".,;:?)]}>\u200b،؛؟"
_ORDINARY_WORDS: Final = """
    wrong incorrect invalid expired correct right reset blocked locked changed required missing forgotten
    lost secure safe strong weak fine gone new same different private secret compromised stolen hacked
    leaked rejected refused accepted unknown empty protected disabled working not still too now never being
    mine here there this that what which the a an my your our their his her its it in on at for with from
    very also just only always good bad okay case-sensitive sensitive needed unavailable temporary old long
    short easy hard simple complicated saved stored sent broken useless recognised recognized exposed known
    visible hidden set valid inactive active failing updated falsch abgelaufen ungültig korrekt richtig
    gesperrt vergessen weg sicher unsicher neu alt geändert nicht kein immer wieder auch noch schon zu sehr
    mein dein ihr das der die den dem ein eine leider unbekannt gültig nötig erforderlich zurückgesetzt
    gehackt gestohlen verloren schwach stark lang kurz gleich anders da hier abgelehnt bekannt leer
    incorrecta incorrecto inválida inválido caducada expirada expirado correcta correcto bloqueada bloqueado
    nueva nuevo errónea erróneo equivocada segura seguro insegura débil fuerte vieja olvidada perdida
    cambiada robada la el lo una un muy no ya mi tu su que demasiado siempre también válida válido necesaria
    obligatoria misma distinta errada errado incorreta incorreto correta correto nova novo velha antiga
    esquecida trocada roubada fraca forte não já minha sua meu seu o os as uma um muito sempre também
    necessária obrigatória mesma correcte erroné erronée expiré expirée bloqué bloquée invalide valide
    nouveau oublié perdu changé volé faible fort sûr pas trop toujours déjà mon ton son votre notre le les
    des une obligatoire nécessaire identique refusé rejeté refusée inconnu périmé faux bon mauvais خاطئة خطأ
    غير صحيحة منتهية قديمة جديدة ضعيفة قوية مفقودة مغلقة لا ليست ليس التي الذي نفسها معطلة مطلوبة
"""
_ORDINARY: Final = frozenset(_ORDINARY_WORDS.split())


def password_after(piece: str, end: int) -> tuple[int, int] | None:
    """The password that a label, ending at `end`, names; None for "my password is wrong" and its like."""
    match = _AFTER.match(piece, end, end + 220)
    if match is not None:
        found = _trimmed(piece, match)
        if found is not None and _is_told(piece, match, *found):
            return found
    match = _BESIDE.match(piece, end, end + 100)
    if match is None:
        return None
    found = _trimmed(piece, match)
    return found if found is not None and _is_strong(piece[slice(*found)]) else None


def key_after(piece: str, end: int) -> tuple[int, int] | None:
    """The key or token that a label names: long, with letters and digits."""
    for pattern in (_AFTER, _BESIDE):
        match = pattern.match(piece, end, end + 240)
        found = None if match is None else _trimmed(piece, match)
        if found is not None and _is_key(piece[slice(*found)]):
            return found
    return None


def _trimmed(piece: str, match: re.Match[str]) -> tuple[int, int] | None:
    start, end = match.span("quoted") if match["quoted"] is not None else match.span("bare")
    if match["quoted"] is None:
        while end > start and piece[end - 1] in _TRAILING:
            end -= 1
    return (start, end) if end - start >= 3 else None


def _is_told(piece: str, match: re.Match[str], start: int, end: int) -> bool:
    value, link, quoted = piece[start:end], match["link"], match["quoted"] is not None
    if link is None and not quoted:
        return _is_strong(value)
    word = value.strip("!").lower()
    if word in _ORDINARY:
        return False
    if _is_strong(value):
        return True
    if quoted:
        return " " not in value
    if not value.strip("!*_-").isalpha() and not value.isdigit():
        return True
    ends = _ENDS.match(piece, end) is not None
    return ends and (link in (":", "=", "->", "→") or len(word) >= 4 or value.isdigit())


def _is_strong(value: str) -> bool:
    if len(value) < 4 or "://" in value or value.startswith("["):
        return False
    letters, digits = any(one.isalpha() for one in value), any(one.isdigit() for one in value)
    odd = any(not one.isalnum() and one not in "-'’./:@" for one in value[:-1])
    inner = any(one.isupper() for one in value[1:]) and any(one.islower() for one in value)
    return (letters and (digits or inner or odd)) or (digits and odd)


def _is_key(value: str) -> bool:
    letters, digits = sum(one.isalpha() for one in value), sum(one.isdigit() for one in value)
    plain = all(one.isascii() and (one.isalnum() or one in "-_.+/=~:") for one in value)
    return plain and len(value) >= 10 and digits >= 2 and letters >= 2
