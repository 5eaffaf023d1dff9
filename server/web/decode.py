"""Decode bodies, queries and the names in paths into types, and report every invalid field."""

import asyncio
import re
from itertools import islice
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import web
from msgspec import Meta, Struct
from msgspec.structs import replace

from server.errors import REASONS, ClientError
from server.messages import explain
from server.web.problems import MAX_ERRORS, InvalidField, validation_failed

T = TypeVar("T")

_INTEGER = re.compile("-?[0-9]{1,18}")
# With years of more than four digits, as some date fields of browsers allow.
_DAY = re.compile(r"[+-]?\d{4,}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(_DAY.pattern + r"[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)

MAX_BODY_BYTES = 64 * 1024
BODY_DEADLINE_S = 20.0

# "$" alone would also match before a line break at the end.
_END = r"$(?!\n)"


def described(reason: str, **bounds: Any) -> Meta:
    """The bounds of a field, with the description that is also the message about an invalid value."""
    return Meta(description=REASONS["validation_failed", reason].message, extra={"reason": reason}, **bounds)


Username = Annotated[str, described("username", pattern=f"^[A-Za-z0-9_-]{{3,20}}{_END}")]
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
        raise ClientError("invalid_json", reason="late") from None
    except ConnectionResetError:
        raise ClientError("invalid_json", reason="cut_off") from None
    except web.RequestPayloadError:
        raise ClientError("invalid_json", reason="framing") from None
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
        whole = replace(first, field=(prefix + first.field).rstrip("."))
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
        raise validation_failed(*(InvalidField.of(name, "repeated", "repeated") for name in sorted(twice)))
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
    reason, values = explain(message)
    return InvalidField(
        field=path.strip(".`"), code=_code(message), message=f"{message}.", reason=reason, values=values
    )


def _explain(raw: Any, type_: type[Struct], prefix: str) -> list[InvalidField]:
    if not isinstance(raw, dict):
        return [InvalidField.of(prefix.rstrip("."), "wrong_type", "not_an_object")]
    fields = {field.encode_name: field for field in msgspec.structs.fields(type_)}
    unknown = (name for name in raw if name not in fields)
    found = [InvalidField.of(prefix + str(name), "unknown", "unknown") for name in islice(unknown, MAX_ERRORS)]
    hints = get_type_hints(type_, include_extras=True)
    for name, field in fields.items():
        if name in raw:
            found += _explain_field(raw[name], hints[field.name], prefix + name)
        elif field.required:
            found.append(InvalidField.of(prefix + name, "missing", "missing"))
    return found


def _explain_field(value: Any, hint: Any, path: str) -> list[InvalidField]:
    nested = next((t for t in (hint, *get_args(hint)) if isinstance(t, type) and issubclass(t, Struct)), None)
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        if nested is not None and isinstance(value, dict):
            return _explain(value, nested, f"{path}.")
        if _is_no_day(value, str(error)):
            return [InvalidField.of(path, "out_of_range", "no_such_day")]
        return [_advised(replace(_first(error), field=path), hint)]
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


def _advised(error: InvalidField, hint: Any) -> InvalidField:
    """The error with what the description of the type says instead, if there is one."""
    about = _about(hint)
    if about is None:
        return error
    reason = (about.extra or {}).get("reason")
    return InvalidField.of(error.field, error.code, reason) if reason else replace(error, message=about.description)


def _about(hint: Any) -> Meta | None:
    """The description of an annotated type, or of the first member of a union that has one."""
    if get_origin(hint) is Annotated:
        return next((m for m in hint.__metadata__ if isinstance(m, Meta) and m.description), None)
    return next(filter(None, map(_about, get_args(hint))), None)
