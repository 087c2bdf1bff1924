"""The addresses of people. Of allauth's own pages only those that this product uses exist."""

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from django.urls import path, re_path

from . import factor_views, views

urlpatterns = [
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    # Closed; allauth's sign-in page asks for its address.
    path("accounts/signup/", allauth.signup, name="account_signup"),
    path("accounts/password/change/", views.change_password, name="account_change_password"),
    path("accounts/mail/", views.mail_choice, name="mail_choice"),
    path("accounts/password/reset/", allauth.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.set_password,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("accounts/login/code/", mfa.authenticate, name="mfa_authenticate"),
    path("accounts/factors/", factor_views.overview, name="factors"),
    path("accounts/factors/app/", factor_views.app, name="factor_app"),
    path("accounts/factors/challenge/", factor_views.challenge, name="factor_challenge"),
    path("accounts/factors/codes/", factor_views.codes, name="factor_codes"),
    path("accounts/factors/lost/", factor_views.lost, name="factor_lost"),
    path("accounts/factors/passkey/", factor_views.passkey, name="factor_passkey"),
    path("accounts/factors/<int:factor>/remove/", factor_views.remove, name="factor_remove"),
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/<int:person>/", views.person, name="person"),
    path("people/<int:person>/link/", views.new_link, name="new_link"),
]
