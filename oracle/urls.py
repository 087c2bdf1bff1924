"""The site map."""

from django.urls import include, path

urlpatterns = [
    path("", include("articles.urls")),
    path("", include("reviews.urls")),
    path("", include("oracle.audit.urls")),
    path("", include("oracle.accounts.urls")),
    path("", include("oracle.outbox.urls")),
]
