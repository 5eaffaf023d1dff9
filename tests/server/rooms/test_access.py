"""Tests of the rules for seats and spectators in private rooms."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw
from msgspec.structs import replace

from game_engine.game import Seat
from server.backends.bus import room_of
from server.backends.directory import Terms
from server.errors import ClientError
from server.messages import RoomKey
from server.rooms.access import CODE_LETTERS, UNRESTRICTED, Access, Admission, code_of, fresh_invite
from server.rooms.membership import Member, Seats

OWNER, SEATED, GUEST, STRANGER = 1, 2, 3, 4
INVITE = "the way in"
NOTHING = "no_such_room"


def access(**terms: Any) -> Access:
    seats = Seats(5)
    seats.take(Member(Seat(0), SEATED, "ben", 7))
    about: dict[str, Any] = {"game": "crash", "options": Raw(b"{}"), "owner": OWNER, "username": "ann"}
    return Access(Terms(**about, invite=INVITE, seats=5, **terms), seats)


def sits(access: Access, user_id: int, invite: str | None = None) -> str:
    try:
        access.require_seat(user_id, invite)
    except ClientError as refusal:
        return refusal.error.code
    return "ok"


def sees(access: Access, user_id: int | None, invite: str | None = None) -> Admission | str:
    try:
        return access.admit(user_id, invite)
    except ClientError as refusal:
        return refusal.error.code


def test_a_room_without_terms_is_open_to_everybody() -> None:
    open_to_all = Access(None, Seats(1))
    assert sits(open_to_all, STRANGER) == "ok"
    assert sees(open_to_all, None) == UNRESTRICTED
    assert not open_to_all.is_owner(None)


@pytest.mark.parametrize(
    ("terms", "stranger"),
    [
        ({}, "ok"),
        ({"invited_only": True}, "invite_needed"),
        ({"listed": False}, "no_such_room"),
        ({"listed": False, "invited_only": True}, "no_such_room"),
    ],
)
def test_terms_decide_who_may_take_a_seat(terms: dict[str, Any], stranger: str) -> None:
    room = access(**terms)
    assert [sits(room, user) for user in (OWNER, SEATED, STRANGER)] == ["ok", "ok", stranger]
    for wrong in ("", "the way", "the way in ", "The way in", "ü" * 64):
        assert sits(room, STRANGER, wrong) == stranger
    assert sits(room, GUEST, INVITE) == "ok"
    assert sits(room, GUEST) == "ok"
    assert sits(room, STRANGER) == stranger


@pytest.mark.parametrize("delay", [0, 5])
def test_terms_decide_who_may_watch(delay: int) -> None:
    at_once, later = Admission(seated=True), Admission(delayed=delay > 0)
    everybody, invited, nobody = (access(watch=who, delay=delay) for who in ("everybody", "invited", "nobody"))
    assert [room.is_guarded for room in (everybody, invited, nobody)] == [delay > 0, True, True]
    for room in (everybody, invited, nobody):
        assert sees(room, SEATED) == (at_once if room.is_guarded else UNRESTRICTED)
        assert sees(room, OWNER) == later
    assert [sees(room, STRANGER) for room in (everybody, invited, nobody)] == [later, NOTHING, NOTHING]
    assert [sees(room, None) for room in (everybody, invited, nobody)] == [later, NOTHING, NOTHING]
    shown = replace(later, invited=True)
    assert [sees(room, None, INVITE) for room in (everybody, invited, nobody)] == [shown, shown, NOTHING]
    assert [sees(room, None) for room in (everybody, invited, nobody)] == [later, NOTHING, NOTHING]
    assert (sees(invited, GUEST, INVITE), sees(invited, GUEST)) == (shown, later)


def test_who_shows_an_invite_is_told_whether_it_is_right() -> None:
    for room in (access(), access(watch="everybody", delay=5)):
        for viewer in (None, STRANGER, SEATED):
            told = [sees(room, viewer, invite) for invite in (None, INVITE[:-1], INVITE)]
            assert [each.invited for each in told if isinstance(each, Admission)] == [None, False, True]


def test_invites_can_t_be_guessed() -> None:
    invites = {fresh_invite() for _ in range(1000)}
    assert len(invites) == 1000
    assert {len(invite) for invite in invites} == {22}


def test_no_client_can_name_the_delayed_view() -> None:
    assert UNRESTRICTED.view_of("crash-a") == "crash-a"
    delayed = Admission(delayed=True).view_of("crash-a")
    assert room_of(delayed) == room_of("crash-a") == "crash-a"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(delayed, RoomKey)


def test_an_invite_has_a_short_code_without_letters_that_look_alike() -> None:
    codes = [code_of(fresh_invite()) for _ in range(500)]
    assert len(set(codes)) > 495
    assert {len(code) for code in codes} == {6}
    assert set("".join(codes)) == set(CODE_LETTERS)
    assert not set("01ILO") & set(CODE_LETTERS)
    assert code_of("invite") == code_of("invite") != code_of("invitf")


def test_guests_count_as_invited() -> None:
    room = access(invited_only=True)
    room.add_guests([GUEST])
    assert [sits(room, user) for user in (GUEST, STRANGER)] == ["ok", "invite_needed"]


def test_a_closed_room_has_new_terms() -> None:
    room = access()
    assert room.close().closing
    assert room.terms is not None
    assert room.terms.closing
