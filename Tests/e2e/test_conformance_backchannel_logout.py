"""The modules of the plan Back-Channel Logout: an app's server is told that a session is over.

The suite wants https of the app's address too; ours is on the same machine, by http.
"""

import pytest
from support.conformance_checks import check_logout_token
from support.conformance_discovery import check_discovery
from support.conformance_logout import Leaver
from support.waiting import wait_for

pytestmark = pytest.mark.plans("backchannel_logout")

PATH = "/backchannel-logout"


@pytest.fixture(scope="module")
def leaver(leavers, listener) -> Leaver:
    return leavers("Told", backchannelLogoutURL=listener.url + PATH, backchannelLogoutSessionRequired=True)


def test_oidcc_backchannel_logout_discovery_endpoint_verification(provider, plan):
    document = check_discovery(provider.url)
    assert document["backchannel_logout_supported"] is True and document["backchannel_logout_session_supported"] is True
    assert document["end_session_endpoint"].startswith(document["issuer"] + "/")


def test_oidcc_backchannel_rp_initiated_logout(leaver, plan):
    flow = leaver.flow()
    leaver.returns(leaver.parameters(flow))
    wait_for(lambda: leaver.listener.at(PATH), "the app's server is told", 20)
    [arrival] = leaver.listener.at(PATH)
    # Back-Channel Logout §2.5: a form with the token in it.
    assert arrival.method == "POST" and arrival.content_type == "application/x-www-form-urlencoded"
    form = arrival.form()
    assert arrival.query == "" and set(form) == {"logout_token"}
    check_logout_token(form["logout_token"], leaver.provider.keys(), flow.claims)
    leaver.check_over()
