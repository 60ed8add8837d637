"""The pages of the Django relying party, and how it takes groups over. Imported by Django alone, once it is set up."""

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


urlpatterns = [
    path("who", who),
    path("refused", lambda request: HttpResponse("refused", status=403), name="refused"),
    path("expire", expire, name="expire"),
    path("oidc/", include("mozilla_django_oidc.urls")),
]
