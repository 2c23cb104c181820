"""Tables of ratings as files, and ``python -m pipeline agreement``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.scoring.agreement_table import TableError, read_rating_table
from pipeline.scoring.ratings import Level


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_command_prints_the_figures_and_says_what_is_not_defined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, "anna,ben,cem\nyes,yes,yes\nno,no,\nyes,no,\n,,unsure\n")
    assert main(["agreement", str(path)]) == 0
    printed = capsys.readouterr()
    figures = json.loads(printed.out)
    assert list(figures) == ["krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "cohen_kappa", "units_used"]
    assert figures["fleiss_kappa"] is None
    assert figures["cohen_kappa"] == {"anna|ben": pytest.approx(0.4), "anna|cem": None, "ben|cem": None}
    assert figures["units_used"] == 3
    assert "fleiss_kappa is not defined: units have from 1 to 3 ratings" in printed.err


def test_cells_are_numbers_where_all_are(tmp_path: Path) -> None:
    table = read_rating_table(written(tmp_path, "a,b\n1,1.0\n 2 ,\n\n,3e0\r\n"), "nominal")
    assert table.rows == [(1.0, 1.0), (2.0, None), (None, 3.0)]
    assert read_rating_table(written(tmp_path, "a,b\n1,1.0\nx,1\n"), "nominal").rows[0] == ("1", "1.0")


def test_a_byte_order_mark_and_quoted_names_are_read(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf"Doe, Jane",b\r\n"two\nlines",x\r\n'
    table = read_rating_table(written(tmp_path, content), "nominal")
    assert table.raters == ("Doe, Jane", "b")
    assert table.rows == [("two\nlines", "x")]


def test_a_first_line_of_numbers_is_told(tmp_path: Path) -> None:
    assert "names of the raters" in read_rating_table(written(tmp_path, "1,2\n1,1\n"), "nominal").notes[0]


@pytest.mark.parametrize(
    ("content", "level", "said"),
    [
        ("", "nominal", "the file is empty"),
        ("a,b\n", "nominal", "no rating below the first line"),
        ("a,b\n,\n, \n", "nominal", "no rating below the first line"),
        ("a\n1\n", "nominal", "line 1: there is one column"),
        ("a;b\n1;2\n", "nominal", "separated by semicolons"),
        ("a\tb\n1\t2\n", "nominal", "separated by tabs"),
        ("a,b,a\n1,2,3\n", "nominal", 'the name "a" is there twice (columns 1 and 3)'),
        ("1,1\n1,2\n", "nominal", 'the name "1" is there twice'),
        (",a,b\n0,1,1\n", "nominal", "column 1 has no name"),
        ("a|b,c\n1,2\n", "nominal", 'holds "|"'),
        ("a,b\n1,2\n1\n", "nominal", "line 3: the line has 1 cells"),
        ("a,b\n1,2\n1,2,3\n", "nominal", "line 3: the line has 3 cells"),
        ("a,b\n1,2\n3,many\n", "interval", "line 3, rater b: 'many' is no finite number"),
        ("a,b\n1,inf\n", "ordinal", "line 2, rater b: 'inf' is no finite number"),
        ("a,b\n1,1_0\n", "ratio", "'1_0' is no finite number"),
        ("a,b\n1,nan\n", "nominal", "'nan' is no category"),
        ('a,b\n1,"2\n', "nominal", "is not CSV"),
        (b"a,b\n1,\xe9\n", "nominal", "is no UTF-8"),
        (b"\xff\xfea\x00", "nominal", "is UTF-16"),
        ("a,b\n1,\0\n", "nominal", "holds NUL"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(
    tmp_path: Path, content: str | bytes, level: Level, said: str
) -> None:
    with pytest.raises(TableError) as refused:
        read_rating_table(written(tmp_path, content), level)
    assert said in str(refused.value)


def test_the_command_refuses_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    negative = written(tmp_path, "a,b\n1,-2\n")
    assert main(["agreement", str(negative), "--level", "ratio"]) == 1
    assert "below 0" in capsys.readouterr().err
    assert main(["agreement", str(tmp_path / "none.csv")]) == 1
    assert "No such file" in capsys.readouterr().err
