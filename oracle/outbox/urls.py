"""The address of the demonstration's mail."""

from django.urls import path

from . import views

urlpatterns = [path("mail/", views.mail, name="mail")]
