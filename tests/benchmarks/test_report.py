"""Figures are summarised and compared with their targets."""

import msgspec
import pytest

from benchmarks.report import Figure, show, spread


def test_a_spread_has_minimum_median_and_maximum() -> None:
    found = spread([3.0, 1.0, 10.0])
    assert (found.min, found.median, found.max, found.runs) == (1.0, 3.0, 10.0, 3)
    assert str(spread([4000.4, 1.234, 50.0])) == "50.0 (1.23 – 4,000)"


def test_a_spread_needs_a_value() -> None:
    with pytest.raises(ValueError, match="nothing"):
        spread([])


@pytest.mark.parametrize(
    ("target", "reached"), [(None, None), ((">=", 2), True), ((">=", 3), False), (("<=", 2), True), (("<=", 1), False)]
)
def test_the_median_reaches_the_target(target: tuple[str, float] | None, reached: bool | None) -> None:
    assert Figure(what="x", value=spread([1, 2, 9]), unit="s", target=target).reached is reached


def test_a_table_and_a_line_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    show(
        "nothing",
        [
            Figure(what="rounds", value=spread([5000]), unit="/s", target=(">=", 4000)),
            Figure("wait", spread([0.5]), "ms"),
        ],
        also=1,
    )
    *table, line = capsys.readouterr().out.splitlines()
    assert "4,000" in table[1]
    assert table[1].endswith("reached")
    assert table[2].split() == ["wait", "0.50", "(0.50", "–", "0.50)", "ms"]
    report = msgspec.json.decode(line)
    assert report["also"] == 1
    assert report["figures"][0]["value"]["median"] == 5000
    assert report["machine"]["cores"] >= 1
