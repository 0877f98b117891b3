"""The peer: presidio-analyzer with all its recognisers by pattern, each in every language; no model of a language.

Only what it finds with a score of 0.5 or more counts, where its precision is best. Models of spaCy would add names and
places, which are none of our classes. It is not installed with the rest, as it brings 28 packages: `pip install --group
bench` does it.
"""

import importlib
import logging
import pkgutil
from collections.abc import Iterable
from typing import Any

from bench.redaction_set.examples import Example
from bench.redaction_set.scoring import Found

NAME = "presidio-analyzer"
_LANGUAGES = ("en", "es", "de", "pt", "fr", "ar")
_OURS = {
    "card": "CREDIT_CARD",
    "bank_account": "IBAN_CODE US_BANK_NUMBER CRYPTO ABA_ROUTING_NUMBER",
    "health_id": "UK_NHS US_MBI AU_MEDICARE US_NPI MEDICAL_LICENSE DE_HEALTH_INSURANCE US_HEALTH_INSURANCE_MEMBER_ID",
    "national_id": "AU_TFN CA_SIN DE_ID_CARD DE_PASSPORT DE_SOCIAL_SECURITY DE_TAX_ID DE_TAX_NUMBER ES_NIE ES_NIF "
    "ES_PASSPORT FI_PERSONAL_IDENTITY_CODE IN_AADHAAR IN_PAN IN_PASSPORT IT_FISCAL_CODE IT_IDENTITY_CARD IT_PASSPORT "
    "KR_PASSPORT KR_RRN NG_NIN PH_PASSPORT PL_PESEL SE_PERSONNUMMER SG_NRIC_FIN TH_TNIN TR_NATIONAL_ID UK_NINO "
    "UK_PASSPORT US_ITIN US_PASSPORT US_SSN ZA_ID_NUMBER ZA_PASSPORT",
}
CLASSES = frozenset(_OURS)
"""Our classes for which the peer has recognisers."""

_CLASS_OF = {entity: data_class for data_class, entities in _OURS.items() for entity in entities.split()}
_LEAST_SCORE = 0.5


def recogniser(analyzer: Any) -> Any:
    """What the peer finds, by our classes; what has none of ours is left out, and so counts neither way."""

    def found(one: Example) -> Iterable[Found]:
        best: list[Any] = []
        results = analyzer.analyze(one.text, language=one.language, score_threshold=_LEAST_SCORE)
        for result in sorted(results, key=lambda each: -each.score):
            if result.entity_type in _CLASS_OF and not any(_overlap(result, each) for each in best):
                best.append(result)
        return [(each.start, each.end, _CLASS_OF[each.entity_type]) for each in best]

    return found


def analyzer() -> Any | None:
    """The peer, or None where it is not installed."""
    try:
        spacy: Any = importlib.import_module("spacy")
        presidio: Any = importlib.import_module("presidio_analyzer")
        engines: Any = importlib.import_module("presidio_analyzer.nlp_engine")
    except ImportError:
        return None
    logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)
    engine = engines.SpacyNlpEngine(models=[{"lang_code": one, "model_name": "blank"} for one in _LANGUAGES])
    engine.nlp = {one: spacy.blank(one) for one in _LANGUAGES}
    registry = presidio.RecognizerRegistry(supported_languages=list(_LANGUAGES))
    for kind in _kinds(presidio):
        for language in _LANGUAGES:
            registry.add_recognizer(kind(supported_language=language))
    return presidio.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=list(_LANGUAGES))


def _kinds(presidio: Any) -> list[Any]:
    root: Any = importlib.import_module("presidio_analyzer.predefined_recognizers")
    found: dict[str, Any] = {}
    for module in pkgutil.walk_packages(root.__path__, root.__name__ + "."):
        try:
            loaded = importlib.import_module(module.name)
        except ImportError:
            continue
        found |= {
            name: value
            for name, value in vars(loaded).items()
            if isinstance(value, type)
            and issubclass(value, presidio.PatternRecognizer)
            and value.__module__ == module.name
        }
    return [found[name] for name in sorted(found)]


def _overlap(one: Any, other: Any) -> bool:
    return bool(one.start < other.end and other.start < one.end)
