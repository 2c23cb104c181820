"""``python -m pipeline score-captions`` on files, good and bad."""

from __future__ import annotations

import json

import pytest

from pipeline.__main__ import main


def run(tmp_path, references, predictions, *options):
    """Exit code of the command on two files of this text (or these bytes)."""
    files = []
    for name, content in (("references.json", references), ("predictions.json", predictions)):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        files.append(str(file))
    return main(["score-captions", *files, *options])


def test_figures_are_printed_as_json_with_their_mode(tmp_path, capsys):
    references, predictions = '{"1": ["Two ships."], "2": ["A pier."]}', '{"2": "A pier", "1": "two ships"}'
    assert run(tmp_path, references, predictions) == 0
    out, err = capsys.readouterr()
    assert set(json.loads(out)) == {"BLEU_1", "BLEU_2", "BLEU_3", "BLEU_4", "ROUGE_L", "CIDEr", "mode"}
    assert (json.loads(out)["ROUGE_L"], json.loads(out)["mode"], err) == (1.0, "ptb", "")
    assert run(tmp_path, references, predictions, "--mode", "raw") == 0
    assert json.loads(capsys.readouterr().out)["ROUGE_L"] == 0.25


def test_what_must_be_known_of_figures_goes_to_standard_error(tmp_path, capsys):
    assert run(tmp_path, b'\xef\xbb\xbf{"1": ["Two ships."]}', '{"1": ""}') == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["CIDEr"] == 0
    assert err.splitlines() == [
        'warning: 1 prediction has no word and scores 0: "1".',
        "warning: CIDEr is 0 because there is one image only: it weighs words by how many images have them.",
    ]


@pytest.mark.parametrize(
    ("references", "told"),
    [
        ("", "references.json: the file is not JSON"),
        ("[" * 100_000, "references.json: the file is not JSON"),
        (b'{"1": ["\xff"]}', "references.json: the file is not UTF-8 (byte 8)"),
        ("[]", "references.json: the file must hold one object"),
        ('{"1": ["x"], "1": ["y"]}', 'references.json: the id "1" stands there twice'),
        ("{}", "predictions.json: there are no references"),
        ('{"1": "x"}', 'predictions.json: the references of "1" must be a list'),
        ('{"1": ["x"], "2": ["x"]}', 'without a prediction: "2"'),
        ('{"1": ["\\u0000"]}', 'a reference of "1" has a NUL'),
        ('{"1": ["\\ud83d"]}', 'a reference of "1" has half a character'),
    ],
)
def test_files_that_cannot_be_scored_end_with_one_sentence(tmp_path, capsys, references, told):
    assert run(tmp_path, references, '{"1": "x"}') == 1
    out, err = capsys.readouterr()
    assert told in err
    assert (out, err.count("\n")) == ("", 1)


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    assert main(["score-captions", str(tmp_path / "none.json"), str(tmp_path / "none.json")]) == 1
    assert capsys.readouterr().err == f"{tmp_path}/none.json: the file cannot be read (No such file or directory).\n"
