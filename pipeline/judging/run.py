"""A file of answers judged by a model, going on where an earlier run was ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.drafting.endpoints import Endpoint
from pipeline.judging.asking import RawReply, ask_about, judging_endpoint, key_of, recipe
from pipeline.judging.replies_file import appended, read_replies, replies_beside, write_reply
from pipeline.scoring.answer_files import judge_file, read_answers
from pipeline.scoring.judgement import Answer, Judgement
from pipeline.scoring.model_judge import known_beforehand


def judge_with_model(
    source: Path, out: Path, endpoint: Endpoint, concurrency: int, tell: Callable[[int, int], None] | None = None
) -> dict[str, int]:
    """Judge ``source`` into ``out``; gives how many answers were right, wrong and undecided.

    Raw replies are kept beside ``out`` as they come; what they hold is not asked again. ``out`` appears at the end.

    Raises
    ------
    AnswerFileError
        With the line, before anything is asked.
    JudgeFailedError
        Where the endpoint fails in the middle.
    """
    asked = judging_endpoint(endpoint)
    path = replies_beside(out)
    kept = read_replies(path)
    wanted = {
        key: (str(line.name), line.answer)
        for line in read_answers(source)
        if known_beforehand(line.answer) is None and (key := key_of(asked, line.answer)) not in kept
    }
    with appended(path) as lines:
        for done, reply in enumerate(_replies(list(wanted.values()), asked, concurrency), start=1):
            write_reply(lines, reply)
            kept[reply.key] = reply
            if tell is not None:
                tell(done, len(wanted))

    def decide(answer: Answer) -> Judgement:
        return known_beforehand(answer) or kept[key_of(asked, answer)].judgement(answer)

    return judge_file(source, out, decide, recipe(asked))


def _replies(answers: list[tuple[str, Answer]], endpoint: Endpoint, concurrency: int) -> Iterator[RawReply]:
    return ask_about(answers, endpoint, concurrency) if answers else iter(())
