"""A decoder's complaint as an error of the wire that names the field."""

import msgspec

from server.errors import Problem


def bad_request(error: msgspec.ValidationError, inside: str = "") -> Problem:
    """``inside`` is the member that was decoded, when it was not the whole message."""
    complaint, _, path = str(error).partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    if not field and "field `" in complaint:
        field = complaint.split("`")[1]
    field = f"{inside}.{field}" if inside and field else inside or field
    return Problem("bad_request", complaint + ".", **({"field": field} if field else {}))
