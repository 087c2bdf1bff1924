"""The site map."""

from django.urls import include, path

from oracle.back_office.site import office

urlpatterns = [
    path("", include("articles.urls")),
    path("", include("reviews.urls")),
    path("", include("oracle.audit.urls")),
    path("", include("oracle.accounts.urls")),
    path("", include("oracle.outbox.urls")),
    path("office/", office.urls),
]
handler500 = "oracle.views.broken"
