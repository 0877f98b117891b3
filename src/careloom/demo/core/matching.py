"""The macro that answers a text best, by words shared with what customers wrote before that reply."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from careloom.demo.core.text import words
from careloom.demo.types import Dialogue, MacroSpec

_EXAMPLES = 40
_LEAST_LIKENESS = 0.08


class MacroIndex:
    """TF-IDF vectors of one client's macros; a macro's document is its body and the texts that led to it."""

    def __init__(self, macros: Sequence[MacroSpec], dialogues: Iterable[Dialogue]) -> None:
        examples = _texts_before_reply(dialogues)
        self._macros = [macro for macro in macros if "[" not in macro.body]
        documents = [
            Counter(words(" ".join((macro.body, *examples.get(macro.label, [])[:_EXAMPLES])))) for macro in self._macros
        ]
        spread = Counter(word for document in documents for word in document)
        self._rarity = {word: math.log((1 + len(documents)) / (1 + count)) + 1 for word, count in spread.items()}
        self._vectors = [self._vector(document) for document in documents]

    def best(self, text: str) -> MacroSpec | None:
        """Return the macro nearest to the text by cosine, or None where none shares enough with it."""
        vector = self._vector(Counter(words(text)))
        likeness = [sum(weight * other.get(word, 0.0) for word, weight in vector.items()) for other in self._vectors]
        if not likeness or max(likeness) < _LEAST_LIKENESS:
            return None
        return self._macros[likeness.index(max(likeness))]

    def labelled(self, *labels: str) -> MacroSpec | None:
        """Return the first macro with one of these labels, in the order of the labels."""
        return next((macro for label in labels for macro in self._macros if macro.label == label), None)

    def _vector(self, counts: Counter[str]) -> dict[str, float]:
        weights = {
            word: (1 + math.log(count)) * self._rarity[word] for word, count in counts.items() if word in self._rarity
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {word: weight / length for word, weight in weights.items()} if length else {}


def _texts_before_reply(dialogues: Iterable[Dialogue]) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {}
    for dialogue in dialogues:
        last = ""
        for line in dialogue.lines:
            if line.customer:
                last = line.text
            elif line.label and last:
                texts.setdefault(line.label, []).append(last)
    return texts
