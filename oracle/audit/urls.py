"""The addresses of the record."""

from django.urls import path

from . import views

urlpatterns = [
    path("record/", views.timeline, name="timeline"),
    path("record/articles/<int:article>/", views.story, name="story"),
    path("record/entries/<slug:table>/<int:entry>/", views.entry, name="entry"),
]
