"""The addresses of the board's desk."""

from django.urls import path

from .views import (
    assignment,
    assignments,
    board_record,
    correction,
    desk,
    discussion,
    interests,
    public,
    reaffirm,
    review,
)

urlpatterns = [
    path("board/", public.board, name="board"),
    path("desk/articles/<slug:slug>/reviews/", desk.reviews, name="reviews"),
    path("desk/articles/<slug:slug>/take/", desk.take, name="take"),
    path("desk/articles/<slug:slug>/since/", desk.since, name="since"),
    path("desk/articles/<slug:slug>/reaffirm/", reaffirm.reaffirm, name="reaffirm"),
    path("desk/assignments/", assignments.assignments, name="assignments"),
    path("desk/articles/<slug:slug>/invite/", assignment.invite, name="invite_reviewers"),
    path("desk/articles/<slug:slug>/invite/outside/", assignment.outside_reviewer, name="name_outside"),
    path("desk/articles/<slug:slug>/invite/<int:review>/", assignment.one, name="one_reviewer"),
    path("desk/articles/<slug:slug>/decline/", assignment.decline, name="decline"),
    path("desk/my-board-record/", board_record.page, name="my_board_record"),
    path("desk/articles/<slug:slug>/declare/", interests.declare, name="declare"),
    path("desk/articles/<slug:slug>/clear-conflict/<int:review>/", interests.clear_conflict, name="clear_conflict"),
    path("desk/articles/<slug:slug>/set-aside/", desk.set_aside, name="set_aside"),
    path("desk/objections/<int:comment>/answer/", discussion.answer, name="answer_objection"),
    path("desk/objections/<int:comment>/apply/", discussion.apply, name="apply_suggestion"),
    path("desk/objections/<int:comment>/reply/", discussion.reply, name="reply"),
    path("desk/objections/<int:comment>/mended/", discussion.mended, name="mended_objection"),
    path("desk/objections/<int:comment>/resolve/", discussion.resolve, name="resolve_objection"),
    path("desk/signatures/<int:signoff>/revoke/", desk.revoke, name="revoke"),
    path("desk/rounds/<int:round_id>/", review.page, name="review"),
    path("desk/rounds/<int:round_id>/correction/", correction.correction, name="correction"),
    path("desk/rounds/<int:round_id>/judge/", review.judge, name="judge"),
    path("desk/rounds/<int:round_id>/section/", review.support_section, name="support_section"),
    path("desk/rounds/<int:round_id>/comment/", review.comment, name="comment"),
    path("desk/rounds/<int:round_id>/add-claim/", review.add_claim, name="add_claim"),
    path("desk/rounds/<int:round_id>/give-back/", review.give_back, name="give_back"),
    path("desk/rounds/<int:round_id>/decide/", review.decide, name="decide"),
    path("desk/rounds/<int:round_id>/challenge/", review.challenge, name="sign_challenge"),
]
