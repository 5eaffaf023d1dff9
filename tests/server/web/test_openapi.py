"""The OpenAPI document: it is complete and consistent."""

import re
from typing import Any

from server.errors import ERRORS
from server.web.app import ROUTES
from server.web.openapi import describe
from tests.server.web.world import World, answer


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    document = describe(ROUTES)
    return [(path, method, operation) for path, item in document["paths"].items() for method, operation in item.items()]


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


async def test_the_document_is_served(world: World) -> None:
    assert await answer(await world.call("GET", "/openapi.json")) == describe(ROUTES)


def test_every_route_is_described_once() -> None:
    assert {(m.upper(), p) for p, m, _ in operations()} == {(r.method, r.path) for r in ROUTES}
    ids = [operation["operationId"] for *_, operation in operations()]
    assert len(ids) == len(set(ids)) == len(ROUTES)


def test_every_reference_resolves() -> None:
    document = describe(ROUTES)
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) <= known


def test_components_have_their_names_as_titles() -> None:
    schemas = describe(ROUTES)["components"]["schemas"]
    assert {name for name, schema in schemas.items() if schema.get("title") != name} == set()


def test_errors_are_described_by_status() -> None:
    document = describe(ROUTES)
    for route in ROUTES:
        responses = document["paths"][route.path][route.method.lower()]["responses"]
        for code in route.all_errors():
            assert f"`{code}`" in responses[str(ERRORS[code].status)]["description"]


def test_operations_state_their_security_and_path_parameters() -> None:
    document = describe(ROUTES)
    for route in ROUTES:
        operation = document["paths"][route.path][route.method.lower()]
        ways_in: dict[bool, list[Any]] = {True: [{"bearer": []}], False: [{}, {"bearer": []}]}
        assert operation.get("security", []) == (ways_in[route.auth] if route.auth or route.may_sign_in else [])
        in_path = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
        assert sorted(in_path) == sorted(re.findall(r"{(\w+)}", route.path))
        assert ("requestBody" in operation) == route.wants_fields


def test_bodies_allow_no_unknown_fields() -> None:
    schemas = describe(ROUTES)["components"]["schemas"]
    for route in ROUTES:
        if route.wants_fields:
            assert schemas[route.body.__name__]["additionalProperties"] is False
