"""The modules of the plan Front-Channel Logout: the browser tells an app, in a frame, that a session is over."""

import pytest
from support.conformance_discovery import check_discovery
from support.conformance_logout import Leaver
from support.waiting import wait_for

pytestmark = pytest.mark.plans("frontchannel_logout")

PATH = "/frontchannel-logout"


@pytest.fixture(scope="module")
def leaver(leavers, listener) -> Leaver:
    return leavers("Framed", frontchannelLogoutURL=listener.url + PATH, frontchannelLogoutSessionRequired=True)


def test_oidcc_frontchannel_logout_discovery_endpoint_verification(provider, plan):
    document = check_discovery(provider.url)
    assert document["frontchannel_logout_supported"] is True and document["frontchannel_logout_session_supported"] is True
    assert document["end_session_endpoint"].startswith(document["issuer"] + "/")


def test_oidcc_frontchannel_rp_initiated_logout(leaver, plan):
    flow = leaver.flow()
    leaver.returns(leaver.parameters(flow))
    wait_for(lambda: leaver.listener.at(PATH), "the frame is loaded", 20)
    [arrival] = leaver.listener.at(PATH)
    assert arrival.method == "GET"
    assert arrival.parameters() == {"iss": flow.claims["iss"], "sid": flow.claims["sid"]}
    leaver.check_over()
