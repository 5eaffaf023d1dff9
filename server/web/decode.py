"""Decode bodies, queries and the names in paths into types, and report every invalid field."""

import asyncio
import re
from itertools import islice
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from server.errors import ClientError
from server.web.problems import MAX_ERRORS, InvalidField, validation_failed

T = TypeVar("T")

_INTEGER = re.compile("-?[0-9]{1,18}")
# With years of more than four digits, as some date fields of browsers allow.
_DAY = re.compile(r"[+-]?\d{4,}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(_DAY.pattern + r"[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)
NO_DAY = "There is no such date, or its year is not from 1 to 9999."

MAX_BODY_BYTES = 64 * 1024
BODY_DEADLINE_S = 20.0

# "$" alone would also match before a line break at the end.
_END = r"$(?!\n)"
Username = Annotated[str, Meta(pattern=f"^[A-Za-z0-9_-]{{3,20}}{_END}", description="3–20 letters, digits, _ or -.")]
RoomKey = Annotated[str, Meta(pattern=f"^[a-z0-9-]{{1,64}}{_END}", description="A room's key.")]
GameName = Annotated[str, Meta(pattern=f"^[a-z0-9-]{{1,64}}{_END}", description="A game's name.")]
RoundKey = Annotated[
    str,
    Meta(pattern=f"^[a-z0-9-]{{1,64}}\\.[1-9][0-9]{{0,17}}{_END}", description="A round's name, such as crash.812."),
]
SignInId = Annotated[str, Meta(pattern=f"^[1-9][0-9]{{0,17}}{_END}", description="The id of a sign-in.")]
JoinCode = Annotated[
    str, Meta(pattern=f"^[0-9A-Za-z -]{{1,20}}{_END}", description="A room's short code, in any case.")
]
PATH_TYPES: dict[str, Any] = {
    "username": Username,
    "room": RoomKey,
    "name": GameName,
    "round": RoundKey,
    "sign_in": SignInId,
    "code": JoinCode,
}


class NoFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The type of a body or query that has no fields."""


async def read_body(request: web.Request) -> bytes:
    """Raises ClientError ``too_large``, ``unsupported_encoding`` for a compressed body, ``invalid_json`` if the body
    does not arrive."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise ClientError("unsupported_encoding")
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise ClientError("too_large")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_DEADLINE_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise ClientError("too_large")
    except TimeoutError:
        raise ClientError("invalid_json", "The body did not arrive in time.") from None
    except ConnectionResetError:
        raise ClientError("invalid_json", "The connection ended within the body.") from None
    except web.RequestPayloadError:
        raise ClientError("invalid_json", "The body is not framed as its headers state.") from None
    return bytes(body)


def decode_body(body: bytes, type_: type[T]) -> T:
    """Raises ClientError ``invalid_json``, or ``validation_failed`` with every invalid field."""
    try:
        decoded: T = _decode(body, type_)
        return decoded
    except msgspec.ValidationError as error:
        try:
            raw = _decode(body, Any)
        except msgspec.ValidationError:
            # A number too large for any type, so the body can't be decoded to look for more errors.
            raise validation_failed(_first(error)) from None
        raise _explained(raw, type_, error) from None


def decode_part(part: Any, type_: Any, prefix: str) -> Any:
    """Convert a decoded part of a body whose type depends on the rest of it.

    ``prefix`` is the path of the part in the body, such as ``options.``. Raises ClientError ``validation_failed``.
    """
    try:
        return msgspec.convert(part, type_)
    except msgspec.ValidationError as error:
        first = _first(error)
        whole = InvalidField((prefix + first.field).rstrip("."), first.code, first.message)
        raise validation_failed(*(_explain(part, type_, prefix) or [whole])) from None


def _decode(body: bytes, type_: Any) -> Any:
    """Raises msgspec.ValidationError, ClientError ``invalid_json``."""
    try:
        return msgspec.json.decode(body, type=type_)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ClientError("invalid_json") from None


def decode_query(request: web.Request, type_: type[T]) -> T:
    """Raises ClientError ``validation_failed``."""
    given = request.query
    twice = [name for name in set(given) if len(given.getall(name)) > 1]
    if twice:
        raise validation_failed(
            *(InvalidField(name, "repeated", "Give this parameter only once.") for name in sorted(twice))
        )
    whole = {field.encode_name for field in msgspec.structs.fields(type_) if _is_whole(field.type)}  # type: ignore[arg-type]
    raw = {name: int(text) if name in whole and _INTEGER.fullmatch(text) else text for name, text in given.items()}
    try:
        return msgspec.convert(raw, type_)
    except msgspec.ValidationError as error:
        raise _explained(raw, type_, error) from None


def _is_whole(type_: Any) -> bool:
    return type_ is int or (get_origin(type_) is Annotated and get_args(type_)[0] is int)


def decode_path(request: web.Request) -> dict[str, str]:
    """The names in the path. Raises ClientError ``not_found`` for a malformed name."""
    names = dict(request.match_info)
    for name, text in names.items():
        try:
            msgspec.convert(text, PATH_TYPES[name])
        except msgspec.ValidationError:
            raise ClientError("not_found") from None
    return names


def _explained(raw: Any, type_: Any, error: Exception) -> ClientError:
    return validation_failed(*(_explain(raw, type_, "") or [_first(error)]))


def _first(error: Exception) -> InvalidField:
    message, _, path = str(error).partition(" - at `$")
    return InvalidField(path.strip(".`"), _code(message), f"{message}.")


def _explain(raw: Any, type_: type[Struct], prefix: str) -> list[InvalidField]:
    if not isinstance(raw, dict):
        return [InvalidField(prefix.rstrip("."), "wrong_type", "This must be a JSON object.")]
    fields = {field.encode_name: field for field in msgspec.structs.fields(type_)}
    unknown = (name for name in raw if name not in fields)
    found = [
        InvalidField(prefix + str(name), "unknown", "There is no field of this name.")
        for name in islice(unknown, MAX_ERRORS)
    ]
    hints = get_type_hints(type_, include_extras=True)
    for name, field in fields.items():
        if name in raw:
            found += _explain_field(raw[name], hints[field.name], prefix + name)
        elif field.required:
            found.append(InvalidField(prefix + name, "missing", "This field is required."))
    return found


def _explain_field(value: Any, hint: Any, path: str) -> list[InvalidField]:
    nested = next((t for t in (hint, *get_args(hint)) if isinstance(t, type) and issubclass(t, Struct)), None)
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        if nested is not None and isinstance(value, dict):
            return _explain(value, nested, f"{path}.")
        if _is_no_day(value, str(error)):
            return [InvalidField(path, "out_of_range", NO_DAY)]
        return [InvalidField(path, _code(str(error)), _advice(hint) or _first(error).message)]
    return []


def _is_no_day(value: Any, message: str) -> bool:
    """Whether a date or time is written as it should be, but its day does not exist or its year is out of range."""
    if not isinstance(value, str) or not message.startswith("Invalid RFC3339 encoded date"):
        return False
    return (_TIME if message.startswith("Invalid RFC3339 encoded datetime") else _DAY).fullmatch(value) is not None


def _code(message: str) -> str:
    if "regex" in message or message.startswith("Invalid "):
        return "malformed"
    if any(sign in message for sign in (" of length ", ">=", "<=", "out of range", "timezone")):
        return "out_of_range"
    return "wrong_type"


def _advice(hint: Any) -> str:
    """The description in an annotated type, or in the first member of a union that has one; "" if there is none."""
    if get_origin(hint) is Annotated:
        return next((m.description for m in hint.__metadata__ if isinstance(m, Meta) and m.description), "")
    return next(filter(None, map(_advice, get_args(hint))), "")
