"""The rooms of one node, as they are asked: a room that is not here is another node's."""

from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.node.room_calls import LocalRoomCalls, NotOwnerError, RoomCalls
from server.node.room_rpc import METHODS
from tests.server.node.generated import values_of


@given(st.data())
@pytest.mark.parametrize("name", sorted(METHODS))
async def test_a_node_does_not_answer_for_a_room_of_another_node(name: str, data: st.DataObject) -> None:
    hints = get_type_hints(getattr(RoomCalls, name))
    del hints["return"]
    arguments: dict[str, Any] = {parameter: data.draw(values_of(kind)) for parameter, kind in hints.items()}
    with pytest.raises(NotOwnerError):
        await getattr(LocalRoomCalls({}), name)(**arguments)
