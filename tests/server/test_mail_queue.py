"""The order of mails, by example and over random runs."""

from hypothesis import given
from hypothesis import strategies as st

from server.mail_queue import Entry, MailQueue


def queue_of(size: int = 100, at_once: int = 2, retry_after_s: tuple[float, ...] = (10.0, 60.0)) -> MailQueue[str]:
    return MailQueue(size, at_once, retry_after_s)


def taken(queue: MailQueue[str], now_s: float) -> Entry[str]:
    entry = queue.take(now_s)
    assert entry is not None
    return entry


def test_a_mail_is_tried_again_after_each_pause_and_then_given_up() -> None:
    queue = queue_of()
    assert queue.put("a") is None
    assert queue.wait_s(0) == 0
    assert queue.put_off(taken(queue, 0), 0) == 10
    assert (queue.take(9.9), queue.wait_s(4)) == (None, 6)
    assert queue.put_off(taken(queue, 10), 12) == 60
    assert queue.wait_s(12) == 60
    assert queue.put_off(taken(queue, 72), 72) is None
    assert (len(queue), queue.take(10_000), queue.wait_s(72)) == (0, None, None)


def test_new_mails_come_before_those_that_were_put_off() -> None:
    queue = queue_of()
    queue.put("late")
    queue.put_off(taken(queue, 0), 0)
    queue.put("new")
    assert taken(queue, 1_000).mail == "new"
    assert taken(queue, 1_000).mail == "late"


def test_one_delivery_is_left_for_new_mails() -> None:
    """However long a try takes, those who are put off never use every delivery."""
    queue = queue_of(at_once=3)
    for name in "abcd":
        queue.put(name)
    for entry in [taken(queue, 0) for _ in range(4)]:
        queue.put_off(entry, 0)
    trying = [taken(queue, 10), taken(queue, 10)]
    assert (queue.take(10), queue.wait_s(10)) == (None, None)
    queue.put("new")
    assert taken(queue, 10).mail == "new"
    queue.done(trying[0])
    assert taken(queue, 10).mail == "c"


def test_a_full_queue_gives_up_the_mail_whose_next_try_is_furthest_away() -> None:
    queue = queue_of(size=2)
    queue.put("early")
    queue.put("late")
    queue.put_off(taken(queue, 0), 0)
    queue.put_off(taken(queue, 0), 5)
    assert queue.put("new") == "late"
    assert queue.put("newer") == "early"
    assert queue.put("newest") == "newest"
    assert [taken(queue, 0).mail, taken(queue, 0).mail] == ["new", "newer"]


def test_at_the_end_everything_is_tried_once_more() -> None:
    queue = queue_of()
    queue.put("a")
    queue.put_off(taken(queue, 0), 0)
    queue.make_all_due()
    assert queue.wait_s(0) == 0
    assert queue.put_off(taken(queue, 0), 0) is None
    assert len(queue) == 0


@given(st.lists(st.tuples(st.sampled_from(["put", "take", "deliver", "refuse"]), st.floats(0, 100)), max_size=200))
def test_no_mail_is_lost_or_tried_too_often(steps: list[tuple[str, float]]) -> None:
    queue, now_s, number = queue_of(size=5), 0.0, 0
    trying: list[Entry[str]] = []
    tries: dict[str, int] = {}
    ended: list[str] = []
    for step, pause_s in steps:
        now_s += pause_s
        if step == "put":
            number += 1
            mail = f"{number}"
            dropped = queue.put(mail)
            ended += [dropped] if dropped else []
        elif step == "take" and len(trying) < 2 and (entry := queue.take(now_s)):
            tries[entry.mail] = tries.get(entry.mail, 0) + 1
            trying.append(entry)
        elif trying and step in ("deliver", "refuse"):
            entry = trying.pop(0)
            if step == "deliver":
                queue.done(entry)
                ended.append(entry.mail)
            elif queue.put_off(entry, now_s) is None:
                ended.append(entry.mail)
        assert len(queue) + len(trying) + len(ended) == number
        assert len(queue) <= 7
    assert all(count <= 3 for count in tries.values())
    assert len(set(ended)) == len(ended)
