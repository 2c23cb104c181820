"""Scoring an evaluation: by rules in chunks, by a model with each raw reply kept, captions at once.

Everything can be begun again: what was judged is not judged anew, and figures are replaced by the same figures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from app.db import SessionMaker, transaction
from app.evaluation.errors import EndpointFailedError, EvaluationError
from app.evaluation.queries import evaluations, items, judgements, scores
from app.evaluation.queries.evaluations import EvaluationRow
from app.evaluation.queries.judgements import NewJudgement, Unjudged
from app.evaluation.workflow.evaluations import get_evaluation, whole_evaluation
from app.evaluation.workflow.figures import answer_figures, caption_figures, confusion_figures

if TYPE_CHECKING:
    from pipeline.drafting.endpoints import Endpoint
    from pipeline.judging.asking import RawReply
    from pipeline.scoring.captions import Mode
    from pipeline.scoring.judgement import Answer, Judgement

JUDGES: Final = ("exact", "sarlang-substring", "synonyms")
"""That decide by rules."""
MODES: Final[tuple[Mode, ...]] = ("ptb", "raw")
CAPTION_VERSION: Final = 1
"""Raised by whatever changes a figure of captions."""

OnStep = Callable[[int, int], None]
"""Told how many answers are judged, of how many."""


def score(sessions: SessionMaker, evaluation_id: int, check: Callable[[], None] = lambda: None) -> None:
    """By all measures that ask nobody; ``check`` is called between chunks and may raise."""
    with transaction(sessions) as session:
        found = get_evaluation(session, evaluation_id)
    try:
        if found.task == "captions":
            score_captions(sessions, evaluation_id)
        else:
            score_answers(sessions, evaluation_id, JUDGES, check)
    except ValueError as error:
        # Figures refuse what they cannot be made of; a worker has nobody else to tell.
        with transaction(sessions) as session:
            evaluations.move(session, evaluation_id, "failed", f"It cannot be scored: {error}")
        raise


def score_answers(
    sessions: SessionMaker, evaluation_id: int, judges: Sequence[str], check: Callable[[], None] = lambda: None
) -> None:
    """Judge the answers by rules, and store the figures.

    Raises
    ------
    NoSuchEvaluationError, EvaluationStateError
    EvaluationError
        If there is no such judge.
    """
    from pipeline.scoring.judges import JUDGES as KNOWN

    if unknown := [name for name in judges if name not in KNOWN]:
        raise EvaluationError(f"There is no judge {unknown[0][:40]!a}; there are {', '.join([*KNOWN, 'llm'])}.")
    with transaction(sessions) as session:
        whole_evaluation(session, evaluation_id, "questions")
    for name in judges:
        judge = KNOWN[name]
        while _judge_chunk(sessions, evaluation_id, name, judge.version, judge.decide):
            check()
        with transaction(sessions) as session:
            _store_answers(session, evaluation_id, name, judge.version)


def _judge_chunk(
    sessions: SessionMaker, evaluation_id: int, judge: str, version: int, decide: Callable[[Answer], Judgement]
) -> int:
    with transaction(sessions) as session:
        judgements.lock_judging(session, evaluation_id)
        page = judgements.list_unjudged(session, evaluation_id, judge, version)
        told = [_as_row(each.item_id, decide(_answer(each))) for each in page]
        judgements.add_judgements(session, evaluation_id, judge, version, told)
    return len(page)


def judge_by_model(
    sessions: SessionMaker, evaluation_id: int, endpoint: Endpoint, concurrency: int, tell: OnStep = lambda *_: None
) -> str:
    """Have a model judge the answers; gives the judge's name, ``llm:MODEL``. Each raw reply is kept as it comes.

    Raises
    ------
    EndpointFailedError
        If the endpoint ends in the middle: the same call goes on with what has no reply yet.
    """
    from pipeline.judging.asking import judging_endpoint
    from pipeline.scoring.model_judge import PROMPT_VERSION

    asked, judge = judging_endpoint(endpoint), f"llm:{endpoint.model}"
    with transaction(sessions) as session:
        total = whole_evaluation(session, evaluation_id, "questions").predictions
    done = 0
    while True:
        with transaction(sessions) as session:
            page = judgements.list_unjudged(session, evaluation_id, judge, PROMPT_VERSION)
        if not page:
            break
        decided = _ask_page(sessions, page, asked, concurrency)
        with transaction(sessions) as session:
            judgements.lock_judging(session, evaluation_id)
            left = {each.item_id for each in judgements.list_unjudged(session, evaluation_id, judge, PROMPT_VERSION)}
            told = [_as_row(item_id, each) for item_id, each in decided if item_id in left]
            judgements.add_judgements(session, evaluation_id, judge, PROMPT_VERSION, told)
        done += len(page)
        tell(done, total)
    with transaction(sessions) as session:
        _store_answers(session, evaluation_id, judge, PROMPT_VERSION)
    return judge


def _ask_page(
    sessions: SessionMaker, page: Sequence[Unjudged], endpoint: Endpoint, concurrency: int
) -> list[tuple[str, Judgement]]:
    """What the model decides of a page; no transaction is open while it is asked."""
    from pipeline.judging.asking import JudgeFailedError, RawReply, as_line, ask_about, key_of
    from pipeline.scoring.model_judge import known_beforehand

    answers = [(each.item_id, _answer(each)) for each in page]
    keys = {item_id: key_of(endpoint, answer) for item_id, answer in answers if known_beforehand(answer) is None}
    with transaction(sessions) as session:
        found = judgements.find_replies(session, sorted(set(keys.values())))
    kept: dict[str, RawReply] = {key: RawReply(**json.loads(line)) for key, line in found.items()}
    # Equal answers have one key, and are asked about once.
    known = {None, *kept}
    wanted = {keys[item_id]: (item_id, answer) for item_id, answer in answers if keys.get(item_id) not in known}
    asked = list(wanted.values())
    try:
        for reply in ask_about(asked, endpoint, concurrency) if asked else ():
            with transaction(sessions) as session:
                judgements.keep_reply(session, reply.key, as_line(reply))
            kept[reply.key] = reply
    except JudgeFailedError as error:
        raise EndpointFailedError(
            f"The judge's endpoint failed: {error.failure.detail.rstrip('.')}. The replies so far are kept; the same"
            " command goes on."
        ) from error
    return [(item_id, known_beforehand(answer) or kept[keys[item_id]].judgement(answer)) for item_id, answer in answers]


def score_captions(sessions: SessionMaker, evaluation_id: int, modes: Sequence[Mode] = MODES) -> None:
    """Score the captions of each kind apart, and store the figures.

    Raises
    ------
    NoSuchEvaluationError, EvaluationStateError
    """
    from pipeline.scoring.captions import score_captions as scored

    with transaction(sessions) as session:
        found = whole_evaluation(session, evaluation_id, "captions")
        told = scores.predicted_captions(session, evaluation_id)
        references = {kind: items.list_references(session, found.target, kind) for kind in found.kinds}
    for kind, by_scene in references.items():
        known = {scene: texts for scene, texts in by_scene.items() if scene in told}
        if not known:
            continue
        for mode in modes:
            figures = caption_figures(scored(known, {scene: told[scene] for scene in known}, mode))
            with transaction(sessions) as session:
                scores.store_score(session, evaluation_id, kind, mode, CAPTION_VERSION, figures)
    with transaction(sessions) as session:
        evaluations.move(session, evaluation_id, "scored")


def _store_answers(session: Session, evaluation_id: int, judge: str, version: int) -> None:
    found: EvaluationRow = get_evaluation(session, evaluation_id)
    sums = judgements.sums_by_scene(session, evaluation_id, judge, version)
    if not sums:
        return
    figures = answer_figures(sums, by_scene=found.quiz_id is None)
    figures["confusion"] = confusion_figures(judgements.confusion(session, evaluation_id, judge, version))
    scores.store_score(session, evaluation_id, "question", judge, version, figures)
    evaluations.move(session, evaluation_id, "scored")


def _answer(each: Unjudged) -> Answer:
    from pipeline.scoring.judgement import Answer

    return Answer(each.question, each.truth, each.prediction, each.question_type)


def _as_row(item_id: str, judgement: Judgement) -> NewJudgement:
    told = judgement.truth_as, judgement.prediction_as, judgement.note
    return NewJudgement(item_id, judgement.is_right, *(_storable(each) for each in told))


def _storable(text: str) -> str:
    """A model may say what no row keeps; its raw reply is kept beside."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
