"""What seniors do. The caller's transaction commits."""

from app.adjudication.workflow.commenting import answer_note, comment_back, see_note
from app.adjudication.workflow.deciding import Acknowledgement, decide
from app.adjudication.workflow.figures import figures_of
from app.adjudication.workflow.holding import AdjudicationConfig, leave, take
from app.adjudication.workflow.rulings import CommentBack, Decision, Decisions, SceneDecision
from app.adjudication.workflow.wording import screen_wording

__all__ = [
    "Acknowledgement",
    "AdjudicationConfig",
    "CommentBack",
    "Decision",
    "Decisions",
    "SceneDecision",
    "answer_note",
    "comment_back",
    "decide",
    "figures_of",
    "leave",
    "screen_wording",
    "see_note",
    "take",
]
