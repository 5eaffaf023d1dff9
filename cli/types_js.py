"""The browser client's types, written from the server's messages, so that neither can drift from the other."""

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, inspect

from cli.protocol_docs import inner_types
from server import messages

TARGET = Path(__file__).parent.parent / "server" / "client" / "types.d.ts"
HEAD = """// Written by `python -m cli.types_js` from server/messages.py. Change that file, not this one.
"""
SIMPLE: dict[type, str] = {
    inspect.StrType: "string",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
}
FRAMES: tuple[type[Struct], ...] = (
    messages.Reply,
    messages.ErrorReply,
    messages.Frame,
    messages.SnapshotFrame,
    messages.PrivateFrame,
    *messages.NOTICES,
)


def generate() -> str:
    """The text of ``types.d.ts``: an interface a struct, then the unions and the table of verbs."""
    verbs = messages.OK_TYPES
    roots = [*verbs, *verbs.values(), *messages.COMMON_EVENTS, *FRAMES, messages.Snapshot, messages.RoomSummary]
    found: dict[str, inspect.StructType] = {}
    for root in roots:
        _collect(inspect.type_info(root), found)
    parts = [HEAD, *(_declare(found[name]) for name in sorted(found))]
    parts.append(_union("CommonEvent", messages.COMMON_EVENTS))
    parts.append(_union("ServerMessage", FRAMES))
    parts.append(_verbs(verbs))
    return "\n".join(parts)


def _collect(info: inspect.Type, found: dict[str, inspect.StructType]) -> None:
    if isinstance(info, inspect.StructType):
        if info.cls.__name__ not in found:
            found[info.cls.__name__] = info
            for field in info.fields:
                _collect(field.type, found)
        return
    for inner in inner_types(info):
        _collect(inner, found)


def _declare(info: inspect.StructType) -> str:
    doc = info.cls.__doc__
    lines = [f"/** {' '.join(doc.split())} */"] if doc and not doc.startswith("Struct(") else []
    lines.append(f"export interface {info.cls.__name__} {{")
    if info.tag_field:
        lines.append(f"  {info.tag_field}: {msgspec.json.encode(info.tag).decode()};")
    for field in info.fields:
        lines.append(f"  {field.encode_name}{'' if field.required else '?'}: {_type(field.type)};")
    return "\n".join([*lines, "}", ""])


def _type(info: inspect.Type) -> str:
    match info:
        case inspect.StructType():
            return info.cls.__name__
        case inspect.LiteralType():
            return " | ".join(msgspec.json.encode(value).decode() for value in info.values)
        case inspect.UnionType():
            return " | ".join(dict.fromkeys(_type(each) for each in info.types))
        case inspect.ListType() | inspect.VarTupleType():
            return f"Array<{_type(info.item_type)}>"
        case inspect.DictType():
            return f"Record<string, {_type(info.value_type)}>"
        case inspect.Metadata():
            return _type(info.type)
    return SIMPLE.get(type(info), "any")


def _union(name: str, members: tuple[type[Struct], ...]) -> str:
    return f"export type {name} = {' | '.join(member.__name__ for member in members)};\n"


def _verbs(verbs: dict[type[messages.Request], Any]) -> str:
    lines = ["/** What each verb takes, beside its id, and answers. */", "export interface Verbs {"]
    for request, ok in verbs.items():
        tag = request.__struct_config__.tag
        answer = ok.__name__ if isinstance(ok, type) and issubclass(ok, Struct) else "Record<string, any>"
        extra = " & Record<string, unknown>" if not request.__struct_config__.forbid_unknown_fields else ""
        lines.append(f'  {tag}: {{ args: Omit<{request.__name__}, "id" | "do">{extra}; ok: {answer} }};')
    return "\n".join([*lines, "}", ""])


def main(argv: list[str] | None = None) -> int:
    """Write the file; with ``--check`` only say whether it is up to date."""
    parser = argparse.ArgumentParser(prog="python -m cli.types_js", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the file is out of date")
    wanted = generate()
    if parser.parse_args(argv).check:
        if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == wanted:
            return 0
        print(f"{TARGET.name} is out of date: run `python -m cli.types_js`", file=sys.stderr)
        return 1
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
