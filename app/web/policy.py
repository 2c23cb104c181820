"""The one table of who may use which route. Every route has a line; a test walks all routes × all roles.

A route is known by its name. ``ANYONE`` needs no log-in, ``SIGNED`` checks a signature of its own and never reads the
database, ``PEOPLE`` is anyone who is logged in; otherwise one of the roles is needed. An admin is not thereby a
reviewer: who defends a release should not have judged its texts by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ANYONE: Final = frozenset({"anyone"})
SIGNED: Final = frozenset({"signed"})
PEOPLE: Final = frozenset({"reviewer", "adjudicator", "admin"})
REVIEWERS: Final = frozenset({"reviewer", "adjudicator"})
ADJUDICATORS: Final = frozenset({"adjudicator"})
LEADS: Final = frozenset({"adjudicator", "admin"})
ADMINS: Final = frozenset({"admin"})

POLICY: Final[Mapping[str, frozenset[str]]] = {
    # Everybody
    "healthz": ANYONE,
    "readyz": ANYONE,
    "static": ANYONE,
    "login_page": ANYONE,
    "login": ANYONE,
    "read_asset": SIGNED,
    # Who has the token of a link may download what it leads to.
    "download_page": ANYONE,
    "download_by_link": ANYONE,
    # Anyone logged in
    "home_page": PEOPLE,
    "save_viewer_settings": PEOPLE,
    "logout": PEOPLE,
    "account_page": PEOPLE,
    "change_password": PEOPLE,
    "set_credit": PEOPLE,
    "openapi": PEOPLE,
    "docs_page": PEOPLE,
    # Reviewing
    "review_page": REVIEWERS,
    "queue_page": REVIEWERS,
    "own_figures_page": REVIEWERS,
    "download_own_hours": REVIEWERS,
    "claim_packet": REVIEWERS,
    "return_packet": REVIEWERS,
    "renew_assignment": REVIEWERS,
    "save_progress": REVIEWERS,
    "submit_review": REVIEWERS,
    "review_boxes": REVIEWERS,
    "give_first_verdict": REVIEWERS,
    "give_sar_verdicts": REVIEWERS,
    "screen_text": REVIEWERS,
    "nudge_pair": REVIEWERS,
    "write_note": REVIEWERS,
    "change_review_settings": REVIEWERS,
    "read_guidelines": REVIEWERS,
    "comments_page": REVIEWERS,
    "see_comments": REVIEWERS,
    # Adjudicating: an admin reads, and answers notes
    "adjudication_page": LEADS,
    "deciding_page": LEADS,
    "differences_page": LEADS,
    "download_differences": LEADS,
    "notes_page": LEADS,
    "see_note": LEADS,
    "answer_note": LEADS,
    "decide": ADJUDICATORS,
    "take_adjudication": ADJUDICATORS,
    "leave_adjudication": ADJUDICATORS,
    "comment_back": ADJUDICATORS,
    "screen_decision": ADJUDICATORS,
    # Looking at what there is
    "scenes_page": LEADS,
    "drafts_page": LEADS,
    "draft_page": LEADS,
    "holds_page": LEADS,
    "release_holds": LEADS,
    # Running the work
    "dataset_queue_page": ADMINS,
    "order_queue": ADMINS,
    "overview_page": ADMINS,
    "download_figures": ADMINS,
    "metrics": ADMINS,
    "datasets_page": ADMINS,
    "dataset_page": ADMINS,
    "set_guidelines": ADMINS,
    "pairs_page": ADMINS,
    "set_pairs_policy": ADMINS,
    "decide_pairs": ADMINS,
    "scene_page": LEADS,
    "decide_pair": ADMINS,
    "screening_page": ADMINS,
    "set_screening_rules": ADMINS,
    "rule_findings_page": ADMINS,
    "measured_rules_page": ADMINS,
    "download_measured_rules": ADMINS,
    "set_hidden_share": ADMINS,
    "judged_boxes_page": ADMINS,
    "download_judged_boxes": ADMINS,
    "set_box_policy": ADMINS,
    "policy_page": ADMINS,
    "set_review_policy": ADMINS,
    "take_over_sample": ADMINS,
    "sar_first_page": ADMINS,
    "download_sar_first": ADMINS,
    "set_sar_first_share": ADMINS,
    "run_page": ADMINS,
    "cancel_run_page": ADMINS,
    "cancel_run": ADMINS,
    "cancel_run_by_script": ADMINS,
    "read_run": ADMINS,
    "list_datasets": ADMINS,
    "people_page": ADMINS,
    "add_person": ADMINS,
    "deactivate_person": ADMINS,
    "activate_person": ADMINS,
    "pools_page": ADMINS,
    "add_pool": ADMINS,
    "pool_page": ADMINS,
    "change_pool": ADMINS,
    "delete_pool": ADMINS,
    "add_pool_member": ADMINS,
    "remove_pool_member": ADMINS,
    "set_skills": ADMINS,
    "releases_page": ADMINS,
    "new_release_page": ADMINS,
    "release_page": ADMINS,
    "plan_release": ADMINS,
    "plan_page": ADMINS,
    "freeze_release": ADMINS,
    "recount_plan": ADMINS,
    "left_out_page": ADMINS,
    "download_left_out": ADMINS,
    "difference_page": ADMINS,
    "download_difference": ADMINS,
    "make_download_link": ADMINS,
    "revoke_download_link": ADMINS,
    "list_releases": ADMINS,
    "export_release_page": ADMINS,
    "create_export": ADMINS,
    "read_export": ADMINS,
    "download_export": ADMINS,
}
