"""Who may sign in: accounts that are active, and the demonstration's, whose password everybody knows, in DEBUG only."""

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from .demonstration import DEMONSTRATION_EMAILS


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, by e-mail; asked when somebody signs in and again at each request of a session."""

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        """Active, and on a real site not of the demonstration."""
        invented = getattr(user, "email", "") in DEMONSTRATION_EMAILS
        return super().user_can_authenticate(user) and (settings.DEBUG or not invented)
