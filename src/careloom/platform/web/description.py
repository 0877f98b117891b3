"""What the API's own description needs beyond what the framework knows: problems, lists and limits inside lists."""

from typing import Any, get_args, get_origin

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.plugins import OpenAPISchemaPlugin, ReceiveRoutePlugin
from litestar.routes import BaseRoute, HTTPRoute
from litestar.typing import FieldDefinition
from msgspec import Meta

from careloom.platform.web.problem import PROBLEM_TYPE, Problem

_PROBLEMS = {
    400: "The request is not valid; `errors` says where.",
    401: "Sign in first.",
    403: "You may not do this.",
    404: "There is no such thing, or it is not yours to see.",
    409: "This contradicts what is stored.",
    413: "This is larger than allowed.",
    415: "This type is not accepted.",
    429: "Too many attempts; `Retry-After` says when to come back.",
    503: "The database is not reachable, or the process is about to stop; nothing was changed.",
}
_LIMITS = ("max_length", "min_length", "pattern")
_RANGES = {"ge": "minimum", "gt": "exclusive_minimum", "le": "maximum", "lt": "exclusive_maximum"}


class DescribedProblems(ReceiveRoutePlugin):
    """Every operation says which problems it may answer; those of a path are described by method, in order."""

    def receive_route(self, route: BaseRoute) -> None:
        """Adds the problem documents to the route's operations."""
        if not isinstance(route, HTTPRoute):
            return
        # The framework keeps them in a set. Of a type that several name, the first decides how it is described.
        route.route_handler_map = dict(sorted(route.route_handler_map.items()))
        for handler in route.route_handlers:
            problems = {
                status: ResponseSpec(Problem, generate_examples=False, description=words, media_type=PROBLEM_TYPE)
                for status, words in _PROBLEMS.items()
            }
            handler.responses = {**problems, **(handler.responses or {})}


class DescribedTypes(OpenAPISchemaPlugin):
    """Tuples of any length are arrays; the limits of a type hold also inside lists and mappings."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """For types with limits and for tuples of any length."""
        return bool(_limits(field_definition)) or _is_list(field_definition)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """The type's schema, with its limits."""
        if not _limits(field_definition):
            inner = FieldDefinition.from_annotation(get_args(field_definition.annotation)[0])
            return Schema(type=OpenAPIType.ARRAY, items=schema_creator.for_field_definition(inner))
        plain = FieldDefinition.from_annotation(field_definition.annotation, name=field_definition.name)
        found = schema_creator.for_field_definition(plain)
        schema = found if isinstance(found, Schema) else Schema(all_of=[found])
        for limit in _limits(field_definition):
            _apply(schema, limit)
        return schema


def _is_list(field: FieldDefinition) -> bool:
    return get_origin(field.annotation) is tuple and get_args(field.annotation)[-1:] == (...,)


def _limits(field: FieldDefinition) -> list[Meta]:
    return [one for one in field.metadata if isinstance(one, Meta)]


def _apply(schema: Schema, limit: Meta) -> None:
    of_list = schema.type == OpenAPIType.ARRAY
    of_mapping = schema.additional_properties is not None
    values: dict[str, Any] = {name: getattr(limit, name) for name in (*_LIMITS, *_RANGES)}
    for name, value in values.items():
        if value is None:
            continue
        target = _RANGES.get(name, name)
        if of_list:
            target = target.replace("_length", "_items")
        elif of_mapping:
            target = target.replace("_length", "_properties")
        setattr(schema, target, value)
    schema.description = limit.description or schema.description
