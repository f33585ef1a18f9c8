import pytest

from connector.cli.sync import SHOWN, _show


@pytest.mark.parametrize("more", [0, 3])
def test_a_list_that_is_cut_says_how_many_rows_it_leaves_out(
    capsys: pytest.CaptureFixture[str], more: int
) -> None:
    row = {"object": "Lead", "record": "00Q", "field": "City", "value": "x"}
    _show({"would_write": [row] * (SHOWN + more)})
    shown = capsys.readouterr().out
    assert shown.count("00Q") == SHOWN
    assert ("… and 3 more" in shown) is bool(more)
    assert ("more" in shown) is bool(more)
