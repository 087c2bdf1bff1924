"""The addresses of the board's desk."""

from django.urls import path

from .views import desk, discussion, interests, overview, public, review

urlpatterns = [
    path("board/", public.board, name="board"),
    path("desk/board-overview/", overview.board_overview, name="board_overview"),
    path("desk/my-reviews/", overview.my_reviews, name="my_reviews"),
    path("desk/articles/<slug:slug>/reviews/", desk.reviews, name="reviews"),
    path("desk/articles/<slug:slug>/take/", desk.take, name="take"),
    path("desk/articles/<slug:slug>/declare/", interests.declare, name="declare"),
    path("desk/articles/<slug:slug>/clear-conflict/<int:review>/", interests.clear_conflict, name="clear_conflict"),
    path("desk/articles/<slug:slug>/set-aside/", desk.set_aside, name="set_aside"),
    path("desk/objections/<int:comment>/answer/", discussion.answer, name="answer_objection"),
    path("desk/objections/<int:comment>/mended/", discussion.mended, name="mended_objection"),
    path("desk/objections/<int:comment>/resolve/", discussion.resolve, name="resolve_objection"),
    path("desk/signatures/<int:signoff>/revoke/", desk.revoke, name="revoke"),
    path("desk/rounds/<int:round_id>/", review.page, name="review"),
    path("desk/rounds/<int:round_id>/judge/", review.judge, name="judge"),
    path("desk/rounds/<int:round_id>/comment/", review.comment, name="comment"),
    path("desk/rounds/<int:round_id>/add-claim/", review.add_claim, name="add_claim"),
    path("desk/rounds/<int:round_id>/give-back/", review.give_back, name="give_back"),
    path("desk/rounds/<int:round_id>/decide/", review.decide, name="decide"),
]
