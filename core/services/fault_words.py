"""What people read about why articles failed: the kinds of fault, in English unless told otherwise. The database, the
API and `/metrics` keep the short names, for programs."""

from __future__ import annotations

KINDS = {
    "Rejected": "Refused by the site",
    "AlreadyPublished": "Its draft is an article already",
    "RetryLater": "The site did not do its part",
    "DraftLost": "The draft was gone",
    "DraftChanged": "The draft was changed on the site",
    "SiteBusy": "Slowed by the site",
    "NeedsLogin": "The sign-in has ended",
    "SignedInAsAnother": "Signed in as another person",
    "NeedsHuman": "The site asks for verification",
    "BrowserLost": "The browser broke",
    "Crashed": "Crashed again and again",
    "DeadlinePassed": "A step took too long",
    "NotPublished": "The site did not publish it",
    "NotSeenYet": "Not seen on the site yet",
    "MayBeOnline": "May be online",
    "PoolTimeout": "No browser came free",
    "ServiceUnavailable": "A part of the service was away",
    "InvalidInput": "The article cannot be published as it is",
    "Conflict": "Another article is in the way",
}
"""Short name, that of a class of errors → what it means to who hands in articles."""
ANOTHER = "Unexpected fault"
"""Nothing in TOP_N foresaw it; its reason tells more."""


def kind_words(name: str) -> str:
    """The kind of fault behind a short name."""
    return KINDS.get(name, ANOTHER)
