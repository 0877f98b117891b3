"""Text with format=flowed put back into whole paragraphs (RFC 3676)."""

from __future__ import annotations


def unflow(text: str, delete_space: bool) -> str:
    """Return the text with soft line breaks joined; quote marks stay at the start of each joined line."""
    out: list[str] = []
    joined: list[str] = []
    depth_open = 0
    for line in text.split("\n"):
        depth, content = _unquote(line)
        soft = content.endswith(" ") and content != "-- "
        if joined and (depth != depth_open or content == "-- "):
            out.append(_emit(depth_open, joined))
            joined = []
        depth_open = depth
        joined.append(content[:-1] if soft and delete_space else content)
        if not soft:
            out.append(_emit(depth, joined))
            joined = []
    if joined:
        out.append(_emit(depth_open, joined))
    return "\n".join(out)


def _unquote(line: str) -> tuple[int, str]:
    content = line.lstrip(">")
    return len(line) - len(content), content.removeprefix(" ")


def _emit(depth: int, joined: list[str]) -> str:
    content = "".join(joined)
    return f"{'>' * depth} {content}" if depth else content
