"""A decoder's complaint as an error of the wire that names the field."""

import re

from server.errors import ClientError

MALFORMED = (ValueError, RecursionError)
"""What the decoder raises: not JSON, not UTF-8 or not of the type; nested too deeply."""

_PLACE = re.compile(r" - at (?:`key` in )?`\$\.?(.*)`$")


def bad_request(error: Exception, inside: str = "") -> ClientError:
    """``inside`` is the member that was decoded, when it was not the whole message."""
    complaint = str(error)
    place = _PLACE.search(complaint)
    field = place[1] if place else ""
    complaint = complaint[: place.start()] if place else complaint
    if not field and "field `" in complaint:
        field = complaint.split("`")[1]
    field = f"{inside}.{field}" if inside and field else inside or field
    return ClientError("bad_request", complaint + ".", **({"field": field} if field else {}))
