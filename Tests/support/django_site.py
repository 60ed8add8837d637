"""The pages of the Django relying party, and how it takes groups over. Imported by Django alone, once it is set up."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import Group
from django.http import HttpResponse, JsonResponse
from django.urls import include, path
from mozilla_django_oidc.auth import OIDCAuthenticationBackend


class GroupsBackend(OIDCAuthenticationBackend):
    """People by their username, in exactly the groups that the provider names."""

    def get_username(self, claims):
        return claims["preferred_username"]

    def filter_users_by_claims(self, claims):
        return self.UserModel.objects.filter(username=claims["preferred_username"])

    def create_user(self, claims):
        return self.update_user(super().create_user(claims), claims)

    def update_user(self, user, claims):
        user.groups.set([Group.objects.get_or_create(name=name)[0] for name in claims["groups"]])
        return user


def who(request):
    user = request.user
    if not user.is_authenticated:
        return JsonResponse({"user": None})
    names = sorted(group.name for group in user.groups.all())
    return JsonResponse({"user": user.username, "email": user.email, "groups": names})


def expire(request):
    """The site's patience with the ID token is over: the next page asks the provider again."""
    request.session["oidc_id_token_expiration"] = 0
    return HttpResponse(status=204)


def leaving_url(request):
    """Where the library sends the browser after it has ended its own session."""
    return settings.OIDC_OP_LOGOUT_ENDPOINT + "?" + urlencode({
        "id_token_hint": request.session["oidc_id_token"], "post_logout_redirect_uri": settings.LOGOUT_REDIRECT_URL})


# The library signs out by POST alone.
LEAVE = "<!doctype html><title>Leave</title><form method=post action=/oidc/logout/><button>Leave</button></form>"

urlpatterns = [
    path("who", who),
    path("refused", lambda request: HttpResponse("refused", status=403), name="refused"),
    path("expire", expire, name="expire"),
    path("leave", lambda request: HttpResponse(LEAVE), name="leave"),
    path("oidc/", include("mozilla_django_oidc.urls")),
]
